"""The Batch Compliance endpoints."""

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.api.service import Incoming
from tests.unit.sandbox.support import END, START, Client, small_world

WORLD = small_world()
VIDEOS = [row["id"] for row in WORLD.videos_of("exact", START, END)]
COMMENTS = [row["id"] for row in WORLD.comments_of(VIDEOS[0])]
REPLIES = [row["id"] for comment in COMMENTS[:5] for row in WORLD.replies_of(comment)]
CREATE, STATUS, DOWNLOAD = "validation_task/create", "validation_task_status/get", "validation_task/download"
KEPT = {"archive_lag_scale": 0, "stats_staleness_scale": 0}


class Answer(NamedTuple):
    status: int
    data: dict[str, Any]
    error: dict[str, Any]
    text: str
    content_type: str


def client(*faults: dict[str, Any], **settings: Any) -> Client:
    api = Client(WORLD, **(KEPT | settings))
    api.service.world.bring_back()
    for each in faults:
        api.service.faults.add(each["kind"], **{name: value for name, value in each.items() if name != "kind"})
    return api


def form(content: bytes | None, category: str | None = "video") -> bytes:
    parts = [] if category is None else [b'Content-Disposition: form-data; name="category"\r\n\r\n' + category.encode()]
    if content is not None:
        head = (
            b'Content-Disposition: form-data; name="file_data"; filename="ids.txt"\r\nContent-Type: text/plain\r\n\r\n'
        )
        parts.append(head + content)
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def send(api: Client, endpoint: str, raw: bytes, content_type: str = "multipart/form-data; boundary=edge") -> Answer:
    sent = api.service.handle(Incoming(endpoint, raw, "", f"Bearer {api.token}", content_type=content_type)).answer
    is_json = sent.content_type == "application/json"
    decoded = json.loads(sent.body) if is_json else {}
    return Answer(sent.status, decoded.get("data", {}), decoded.get("error", {}), sent.body.decode(), sent.content_type)


def create(api: Client, ids: list[int], category: str = "video", line_end: str = "\n") -> Answer:
    return send(api, CREATE, form("".join(f"{number}{line_end}" for number in ids).encode(), category))


def ask(api: Client, endpoint: str, task_id: Any) -> Answer:
    return send(api, endpoint, json.dumps({"task_id": task_id}).encode(), "application/json")


def validated(api: Client, ids: list[int], category: str = "video") -> list[int]:
    task = create(api, ids, category).data["task_id"]
    api.clock.advance(api.service.settings.validation_seconds)
    return [int(line) for line in ask(api, DOWNLOAD, task).text.split()]


class TestATask:
    def test_its_way_from_upload_to_download(self) -> None:
        api = client(validation_seconds=90)
        api.service.world.vanish({"videos": VIDEOS[3:5]})
        created = create(api, VIDEOS[:10])
        assert created.error | {"log_id": ""} == {
            "code": "ok", "http_status_code": 200, "message": "ok.", "log_id": "",
        }  # fmt: skip
        task = created.data["task_id"]
        assert len(str(task)) == 20
        assert task >= 2**63
        api.clock.advance(89)
        assert ask(api, STATUS, task).data == {"task_status": "Processing"}
        early = ask(api, DOWNLOAD, task)
        assert (early.status, early.error["code"], early.error["http_status_code"]) == (400, "invalid_params", 400)
        api.clock.advance(1)
        assert ask(api, STATUS, str(task)).data == {"task_status": "Completed"}
        file = ask(api, DOWNLOAD, task)
        assert file.content_type.startswith("text/plain")
        assert file.text == "".join(f"{number}\n" for number in VIDEOS[:3] + VIDEOS[5:10])
        assert ask(api, DOWNLOAD, task).text == file.text

    def test_what_was_valid_when_it_was_done_counts(self) -> None:
        api = client()
        task = create(api, VIDEOS[:2]).data["task_id"]
        api.clock.advance(60)
        api.service.world.bind(api.clock, lambda: api.service.settings)
        api.clock.advance(60)
        api.service.world.vanish({"videos": VIDEOS[:1]})
        assert ask(api, DOWNLOAD, task).text.split() == [str(number) for number in VIDEOS[:2]]
        assert validated(api, VIDEOS[:2]) == VIDEOS[1:2]

    def test_comments_and_replies(self) -> None:
        api = client()
        known = COMMENTS + REPLIES
        assert len(REPLIES) == 15
        assert validated(api, known, "comment") == known
        assert validated(api, known) == []
        api.service.world.vanish({"comments": [COMMENTS[0], REPLIES[4]]})
        left = [number for number in known if number not in {COMMENTS[0], *REPLIES[:3], REPLIES[4]}]
        assert validated(api, known, "comment") == left
        api.service.world.vanish({"videos": VIDEOS[:1]})
        assert validated(api, known, "comment") == []

    @pytest.mark.parametrize("leaving", ["private", "deleted"])
    def test_of_accounts_that_left_nothing_is_valid(self, leaving: str) -> None:
        api = client()
        api.service.world.vanish({leaving: ["exact"]})
        assert validated(api, VIDEOS) == []

    def test_unknown_ids_are_not_valid_and_repeated_ones_are_told_once(self) -> None:
        assert validated(client(), [VIDEOS[1], 1, VIDEOS[0], VIDEOS[1], 2**62, COMMENTS[0]]) == [VIDEOS[1], VIDEOS[0]]

    @given(st.sets(st.sampled_from(VIDEOS)), st.sets(st.sampled_from(VIDEOS)))
    def test_the_file_is_what_was_asked_without_what_is_gone(self, asked: set[int], gone: set[int]) -> None:
        api = client()
        api.service.world.vanish({"videos": gone})
        assert set(validated(api, sorted(asked) or VIDEOS[:1])) == (asked or set(VIDEOS[:1])) - gone

    def test_a_task_may_fail_or_never_end(self) -> None:
        api = client({"kind": "task_failed", "times": 1}, {"kind": "task_stuck", "after": 1})
        failed, stuck = (create(api, VIDEOS).data["task_id"] for _ in range(2))
        api.clock.advance(10**6)
        api.token = api.grant()["access_token"]
        assert [ask(api, STATUS, task).data["task_status"] for task in (failed, stuck)] == ["Failed", "Processing"]
        assert ask(api, DOWNLOAD, failed).error["code"] == "invalid_params"

    def test_tasks_fail_with_a_probability_and_are_forgotten_after_a_lifetime(self) -> None:
        api = client(validation_failure_probability=0.5, validation_task_lifetime_seconds=100)
        tasks = [create(api, VIDEOS[:1]).data["task_id"] for _ in range(100)]
        api.clock.advance(99)
        states = [ask(api, STATUS, task).data["task_status"] for task in tasks]
        assert 25 < states.count("Failed") < 75
        api.clock.advance(1)
        assert ask(api, STATUS, tasks[0]).error["code"] == "invalid_params"


class TestUploads:
    @pytest.mark.parametrize(
        "text", ["{0}\n{1}", "{0}\n{1}\n", "{0}\r\n{1}\r\n", "\ufeff{0}\r\n{1}", " {0} \n\n{1}\n\n"]
    )
    def test_one_id_a_line_however_lines_end(self, text: str) -> None:
        api = client()
        task = send(api, CREATE, form(text.format(*VIDEOS[:2]).encode())).data["task_id"]
        assert api.service.validations.by_id[task].ids == VIDEOS[:2]

    def test_the_answer_may_end_lines_the_other_way(self) -> None:
        api = client(validation_line_ends="crlf")
        task = create(api, VIDEOS[:2]).data["task_id"]
        api.clock.advance(60)
        assert ask(api, DOWNLOAD, task).text == f"{VIDEOS[0]}\r\n{VIDEOS[1]}\r\n"

    @pytest.mark.parametrize(
        ("raw", "code"),
        [
            (form(None), "invalid_file_upload"),
            (form(b""), "invalid_file_upload"),
            (form(b"\n\n"), "invalid_file_upload"),
            (form(b"id\n1"), "invalid_file_upload"),
            (form(b"1,2,3"), "invalid_file_upload"),
            (form(b"-1"), "invalid_file_upload"),
            (form(b"12345678901234567890"), "invalid_file_upload"),
            (form(b"\xff\xfe1"), "invalid_file_upload"),
            (form("\n".join(["7"] * 10_001).encode()), "invalid_file_upload"),
            (form(b"1", None), "invalid_params"),
            (form(b"1", "user"), "invalid_params"),
            (b"", "invalid_params"),
            (b'{"category": "video"}', "invalid_params"),
        ],
    )
    def test_what_cannot_be_used_is_refused_and_charged(self, raw: bytes, code: str) -> None:
        api = client()
        refused = send(api, CREATE, raw)
        assert (refused.status, refused.error["code"], refused.error["http_status_code"]) == (400, code, 400)
        assert api.service.journal.served(None, "research", CREATE).charged == 1
        assert not api.service.validations.by_id

    def test_ten_thousand_ids_are_taken(self) -> None:
        api = client()
        assert create(api, list(range(1, 10_001))).status == 200

    def test_another_form_of_body_is_refused(self) -> None:
        refused = send(client(), CREATE, b'{"category": "video"}', "application/json")
        assert (refused.status, refused.error["code"]) == (400, "invalid_params")

    @given(
        st.binary(max_size=200),
        st.sampled_from(["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=e"]),
    )
    def test_nonsense_is_never_a_crash(self, raw: bytes, content_type: str) -> None:
        assert send(client(), CREATE, raw, content_type).status == 400

    @pytest.mark.parametrize("task_id", [None, "", "x", True, 1.5, [], {}, -1, 12, 10**30])
    @pytest.mark.parametrize("endpoint", [STATUS, DOWNLOAD])
    def test_a_task_that_is_none(self, endpoint: str, task_id: Any) -> None:
        refused = ask(client(), endpoint, task_id)
        assert (refused.status, refused.error["code"]) == (400, "invalid_params")


class TestAdmission:
    def test_every_request_counts_against_the_daily_quota(self) -> None:
        api = client(research_quota=3)
        task = create(api, VIDEOS[:1]).data["task_id"]
        assert [ask(api, STATUS, task).status for _ in range(2)] == [200, 200]
        refused = ask(api, DOWNLOAD, task)
        assert (refused.status, refused.error["code"]) == (429, "daily_quota_limit_exceeded")
        assert refused.error["http_status_code"] == 429

    def test_a_client_without_access(self) -> None:
        api = client(compliance_scope=False)
        for refused in (create(api, VIDEOS[:1]), ask(api, STATUS, 1), ask(api, DOWNLOAD, 1)):
            assert (refused.status, refused.error["code"]) == (401, "scope_not_authorized")
            assert refused.error["http_status_code"] == 401
        assert api.call("user/info", {"username": "exact"}, "display_name").status == 200
        assert api.service.journal.served(None, "research", None).charged == 1

    def test_a_token_is_needed(self) -> None:
        api = client()
        api.token = "wrong"
        assert create(api, VIDEOS[:1]).error["code"] == "access_token_invalid"

    @pytest.mark.parametrize(
        ("fault", "status", "code"),
        [
            ({"kind": "internal_error"}, 500, "internal_error"),
            ({"kind": "json_timeout"}, 504, "timeout"),
            ({"kind": "rate_limited", "retry_after": 30}, 429, "rate_limit_exceeded"),
            ({"kind": "daily_quota"}, 429, "daily_quota_limit_exceeded"),
            ({"kind": "token_expired"}, 401, "access_token_invalid"),
            ({"kind": "scope_missing"}, 401, "scope_not_authorized"),
            ({"kind": "ok_with_error"}, 200, "internal_error"),
            ({"kind": "error", "status": 400, "code": "invalid_file_upload"}, 400, "invalid_file_upload"),
            ({"kind": "error", "status": 401, "code": "scope_permission_missed"}, 401, "scope_permission_missed"),
        ],
    )  # fmt: skip
    def test_each_error_can_be_made_to_happen_on_each_endpoint(
        self, fault: dict[str, Any], status: int, code: str
    ) -> None:
        api = client(fault | {"endpoint": "compliance"})
        for answer in (create(api, VIDEOS[:1]), ask(api, STATUS, 1), ask(api, DOWNLOAD, 1)):
            assert (answer.status, answer.error["code"], answer.error["http_status_code"]) == (status, code, status)
            assert answer.content_type == "application/json"

    def test_downloads_that_lie(self) -> None:
        api = client({"kind": "empty_download", "times": 1}, {"kind": "strange_lines", "lines": ["x", "1"]})
        task = create(api, VIDEOS[:2]).data["task_id"]
        api.clock.advance(60)
        assert ask(api, DOWNLOAD, task).text == ""
        assert ask(api, DOWNLOAD, task).text.split() == [*map(str, VIDEOS[:2]), "x", "1"]

    def test_the_journal_knows_what_was_asked_without_the_file(self) -> None:
        api = client()
        task = create(api, VIDEOS[:5], "video").data["task_id"]
        api.clock.advance(60)
        ask(api, DOWNLOAD, task)
        first, second = api.service.journal.records()[-2:]
        assert (first.endpoint, first.family, first.body) == (
            CREATE, "research", {"category": "video", "file_name": "ids.txt", "lines": 5},
        )  # fmt: skip
        assert (second.body, second.rows, second.status) == ({"task_id": task}, 5, 200)
