"""A new user's day with nothing but `tiktok-collector`: in good weather, in the worst, and while all is paused."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.command import Answer, Command, name_of
from tests.e2e.conftest import Checkout
from tests.e2e.local_stack import LocalStack, digests_of, gaps_of, named_gaps

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

STUDY = "mine/study.yaml"
CLIENT = ("sandbox-client-key", "sandbox-client-secret")
FAMILIES = ("research", "followers", "creative_center", "business_api")
FEW = ("--max-videos", "10", "--days-back", "30")
WORST: dict[str, Any] = {
    "settings": {
        "search_id_visible_after_seconds": 1,
        "search_id_change_probability": 0.5,
        "drop_rate": 0.25,
        "latency_seconds": {"*": 0.05},
        "playlist_500_probability": 0.3,
        "user_500_probability": 0.3,
        "rate_limit_requests": 60,
        "rate_limit_window_seconds": 10,
        "rate_limit_retry_after": 2,
    },
    "faults": [
        {"kind": "error", "endpoint": "user/pinned_videos"},
        {"kind": "stuck_cursor", "endpoint": "user/reposted_videos", "match": {"username": "sandbox_alice"}},
        {"kind": "reset_before", "endpoint": "video/query", "after": 1, "times": 1},
        {"kind": "internal_error", "every": 7},
        {"kind": "gateway_timeout", "endpoint": "video/query", "every": 5},
        {"kind": "bad_gateway", "endpoint": "comment/list", "every": 6},
        {"kind": "ok_with_error", "every": 11},
        {"kind": "reset_after", "every": 13},
        {"kind": "invalid_cursor", "endpoint": "video/query", "probability": 0.1},
        {"kind": "search_id_rejected", "probability": 0.1},
        {"kind": "late_videos", "probability": 0.3, "count": 2},
        {"kind": "vanishing_videos", "probability": 0.3, "count": 2},
        {"kind": "extra_fields", "probability": 0.3},
        {"kind": "body_with_500", "every": 9},
        {"kind": "token_revoked", "after": 4, "times": 1},
        {"kind": "token_expired", "after": 9, "times": 1},
        {"kind": "rate_limited", "after": 12, "times": 1, "retry_after": 2},
        {"kind": "deprecated", "endpoint": "business/hashtags"},
    ],
}
ABOUT_THE_STACK = (
    ("status",),
    ("quota",),
    ("runs",),
    ("gaps",),
    ("logs",),
    ("extract", "@sandbox_alice"),
    ("search", "trips", "--hashtag", "travel"),
    ("trends",),
    ("download",),
    ("pause",),
    ("resume",),
    ("study", "plan"),
    ("study", "push", STUDY),
    ("study", "diff", STUDY),
    ("credentials", "set"),
    ("credentials", "test"),
)


@pytest.fixture(scope="module")
def command(copy: Checkout) -> Command:
    """With a local cloud that has collected one profile, which is the least that `make run` does."""
    command = Command(copy)
    assert "make run" in command("status", "--local", code=8).sentence
    begin(copy)
    (copy.root / "mine").mkdir()
    return command


def begin(copy: Checkout, **environment: str) -> None:
    today = datetime.now(UTC).date()
    days = {"START": f"{today - timedelta(2)}", "END": f"{today}"}
    done = copy.run(ACCOUNTS="sandbox_bruno", INCLUDE="profile", **days, **environment)
    assert "Mirroring the bucket" in done.text, done.text


@pytest.fixture(scope="module")
def stack(command: Command) -> LocalStack:
    return LocalStack(command.copy)


@pytest.fixture(scope="module")
def written(command: Command) -> Answer:
    return command("init", STUDY, typed=answers("first"))


def answers(name: str) -> str:
    """To the questions of `init`: two accounts with comments, a hashtag in all countries without."""
    since = datetime.now(UTC).date() - timedelta(4)
    return "\n".join([name, f"{since}", "sandbox_alice, @sandbox_bruno", "y", "#travel", "", "", "n", ""])


@pytest.fixture(scope="module")
def pushed(command: Command, written: Answer) -> Answer:
    assert written.code == 0
    return command("study", "push", STUDY, "--local")


def test_a_study_from_a_few_questions_is_valid_and_its_cost_is_known_before_anything_is_sent(
    command: Command, stack: LocalStack, written: Answer
) -> None:
    assert "study plan" in written.out
    before = stack.served("research")
    assert command.json("study", "validate", STUDY)["problems"] == []
    assert "first" in command("study", "validate", STUDY).out
    planned = command.json("study", "plan", STUDY, "--local")
    assert planned["study"] == "first"
    assert planned["windows"] > 0
    assert command("study", "plan", STUDY, "--local").out
    assert stack.served("research") == before
    assert command("study", "plan", "--local", code=12).sentence
    assert "is there already" in command("init", STUDY, code=2).sentence
    again = command.json("init", "mine/other.yaml", typed=answers("other"))
    assert again["study"]["name"] == "other"


def test_what_was_pushed_is_what_is_here_and_an_invalid_study_is_not_pushed(
    command: Command, copy: Checkout, pushed: Answer
) -> None:
    assert "Uploaded" in pushed.out
    assert command.json("study", "diff", STUDY, "--local")["differences"] == []
    assert command.json("study", "push", STUDY, "--local")["changed"] is False
    text = (copy.root / STUDY).read_text()
    (copy.root / "mine" / "changed.yaml").write_text(text.replace("travel", "travels"))
    (copy.root / "mine" / "wrong.yaml").write_text(text.replace("first_day", "first_dya"))
    assert "travels" in command("study", "diff", "mine/changed.yaml", "--local", code=15).out
    assert "first_dya" in command("study", "validate", "mine/wrong.yaml", code=11).out
    assert "first_dya" in command("study", "push", "mine/wrong.yaml", "--local", code=11).sentence


def test_credentials_are_typed_unseen_and_only_the_right_ones_are_taken(command: Command, stack: LocalStack) -> None:
    wrong = (CLIENT[0], "not-the-client-secret")
    refused = command.at_a_terminal("credentials", "set", "--local", typed=wrong, code=14)
    assert "Nothing was stored. TikTok refuses" in refused.err
    assert CLIENT[0] in refused.err
    stored = command.at_a_terminal("credentials", "set", "--untested", "--local", typed=wrong)
    assert "Stored" in stored.out
    assert "not-the-client-secret" not in refused.err + stored.err
    assert command.json("credentials", "test", "--local", code=14)["credentials"] == "previous"
    assert "TikTok refuses" in command.json("status", "--local")["credentials_problem"]
    given = command.json_at_a_terminal("credentials", "set", "--local", typed=CLIENT)
    assert given == {"changed": True, "taken": True}
    assert command.json("credentials", "test", "--local")["refreshed"] is True
    assert "TikTok takes the credentials" in command("credentials", "test", "--local").out
    given = stack.sandbox("trend_credentials")["business_api"]
    typed = (given["advertiser_id"], given["business_id"], given["access_token"])
    command.at_a_terminal("credentials", "set", "--trends", "business_api", "--local", typed=typed)
    asked = command.json("credentials", "test", "--trends", "business_api", "--local")
    assert asked["complete"] == asked["lists"] == 1


@pytest.fixture(scope="module")
def day(command: Command, stack: LocalStack, pushed: Answer) -> Answer:
    """Everything that can be asked for, and the study as its schedules send it."""
    assert pushed.code == 0
    extracted = command("extract", "@sandbox_alice", *FEW, "--include-comments", "--wait", "--local")
    command("search", "trips", "--hashtag", "travel", "--days-back", "9", "--wait", "--local")
    command("trends", "--kind", "hashtag", "--country", "US", "--local")
    for function in (stack.names.user_extraction, stack.names.video_search):
        # A tick of the worker may have begun it a moment before.
        assert ended(command, stack.fire(function)["run"]["run_id"])["state"] == "complete"
    return extracted


def test_what_was_asked_for_is_collected_and_told(command: Command, day: Answer) -> None:
    assert "sandbox_alice" in day.out
    assert "s3://" in day.out
    bruno = command.json("extract", "@sandbox_bruno", *FEW, "--wait", "--local")
    assert (bruno["state"], bruno["gaps"], len(bruno["exports"])) == ("complete", 0, 1)
    assert bruno["requests"] > 0
    found = command.json("search", "more", "--hashtag", "travel", "--days-back", "3", "--local")
    assert found["state"] == "sent"
    assert ended(command, found["run_id"])["state"] == "complete"
    shown = command.json("trends", "--local")
    assert {each["asked"]["country"] for each in shown["summary"]["lists"]} == {"US"}
    assert "hashtag" in command("trends", "--local").out
    command("extract", "@sandbox_alice", "--max-videos", "0", "--local", code=2)


def test_runs_and_status_show_the_day(command: Command, day: Answer) -> None:
    assert day.code == 0
    runs = {each["run_id"]: each for each in command.json("runs", "--local")["runs"]}
    assert {each["state"] for each in runs.values()} == {"complete"}
    assert sum(each["about"] == "study first" for each in runs.values()) == 2
    run_id = next(name for name in runs if name.startswith("cli-"))
    assert command.json("runs", run_id, "--local")["runs"] == [runs[run_id]]
    assert run_id in command("runs", "--local").out
    command("runs", "no-such-run", "--local", code=12)
    status = command.json("status", "--local")
    assert (status["paused"], status["open_runs"], status["dead_letters"]) == (False, [], 0)
    assert {each["run_id"] for each in status["ended_runs"]} <= set(runs)
    assert all(each["enabled"] for each in status["schedules"])
    assert len(status["schedules"]) == 9
    assert status["token_minutes"] > 100
    seen = {each["function"] for each in status["functions"] if each["last_seen"]}
    assert seen >= {"token_refresh", "user_extraction", "video_search", "trend_ingestion", "quota_accounting"}
    # The client secret was wrong for a while.
    assert {each["function"] for each in status["functions"] if each["failures"]} <= {"token_refresh"}
    assert "no dead letters" in command("status", "--local").out
    lines = command.json("logs", "--run", run_id, "--local")["lines"]
    assert lines
    assert all(run_id in json.dumps(line) for line in lines)
    assert command("logs", "user_extraction", "-n", "5", "--local").out.count("user_extraction") == 5


def test_the_quota_is_the_servers_count_to_the_request(command: Command, stack: LocalStack, day: Answer) -> None:
    assert day.code == 0
    served, families = settled_quota(command, stack)
    for family, counted in served.items():
        assert families[family]["used"] == counted["charged"] > 0
        assert families[family]["unknown"] == 0
    shown = command("quota", "--by", "collection", "--by", "endpoint", "--local").out
    assert f"{served['research']['charged']:,} of 1,000" in shown
    assert "accounts" in shown


def test_nothing_is_missing_and_a_download_has_every_object_as_it_is_in_the_bucket(
    command: Command, stack: LocalStack, day: Answer
) -> None:
    assert day.code == 0
    document = command.json("gaps", "--possible", "--local")
    assert named_gaps(document) == gaps_of(stack.manifests())
    assert "Nothing is missing" in command("gaps", "--local").out
    assert_downloads(command, stack)


def assert_downloads(command: Command, stack: LocalStack) -> None:
    """All of the bucket, as it is there; then only what is new, or was changed here."""
    first = command.json("download", "--to", "mine/data", "--local")
    objects = stack.objects()
    assert first["objects"] == first["fetched"] == len(objects) > 0
    assert digests_of(command.copy, "mine/data", list(objects)) == objects
    changed = next(command.copy.root.glob("mine/data/manifests/run=*.json"))
    changed.write_bytes(b"{}")
    assert "1 of them new" in command("download", "--to", "mine/data", "--local").out
    assert digests_of(command.copy, "mine/data", list(objects)) == objects
    assert command.json("download", "--to", "mine/data", "--local")["fetched"] == 0


def settled_quota(command: Command, stack: LocalStack) -> tuple[dict[str, Any], dict[str, Any]]:
    """The server's counts of each family, and what `quota` says of it while nothing was sent."""
    for _ in range(5):
        before = {family: stack.served(family) for family in FAMILIES}
        report = command.json("quota", "--local")["report"]
        if before == {family: stack.served(family) for family in FAMILIES}:
            used = {family: counts for family, counts in before.items() if counts["received"]}
            return used, {each["family"]: each for each in report["families"]}
    raise AssertionError("Requests are sent without an end.")


def ended(command: Command, run_id: str, *, seconds: float = 100) -> dict[str, Any]:
    """The run as `runs` shows it once it has ended."""
    deadline = time.monotonic() + seconds
    while True:
        code = command.tried("runs", run_id, "--local", "--json")
        run = json.loads(code.out)["runs"][0] if code.code == 0 else {"state": "not begun"}
        if run["state"].startswith("complete"):
            return dict(run)
        assert time.monotonic() < deadline, run
        time.sleep(1)


@pytest.fixture(scope="module")
def storm(command: Command, day: Answer) -> LocalStack:
    """The worst weather from the first request on: begun anew, as `study push` says how."""
    assert day.code == 0
    assert command.copy.run("stop").code == 0
    shutil.rmtree(command.copy.root / ".local" / "sandbox")
    shutil.rmtree(command.copy.root / "mine" / "data")
    begin(command.copy, FAULTS=json.dumps(WORST))
    return LocalStack(command.copy)


@pytest.fixture(scope="module")
def bad_day(command: Command, storm: LocalStack) -> dict[str, Any]:
    command("study", "validate", STUDY)
    assert command.json("study", "plan", STUDY, "--local")["windows"] > 0
    assert command.json_at_a_terminal("credentials", "set", "--local", typed=CLIENT) == {"changed": False}
    command("credentials", "test", "--local")
    wanted = [part for name in ("profile", "videos", "pinned", "reposted") for part in ("--include", name)]
    depth = ("--include-comments", "--max-comments", "20")
    found = command.json("extract", "@sandbox_alice", *FEW, *wanted, *depth, "--wait", "--local", code=13)
    command.tried("search", "trips", "--hashtag", "travel", "--days-back", "9", "--wait", "--local")
    command.json("trends", "--kind", "hashtag", "--country", "US", "--local", code=13)
    struck = {rule["kind"] for rule in storm.sandbox("faults") if rule["fired"]}
    assert len(struck) > len(WORST["faults"]) // 2, struck
    return found


def test_in_the_worst_weather_the_gaps_named_are_those_of_the_manifests(
    command: Command, storm: LocalStack, bad_day: dict[str, Any]
) -> None:
    everything = gaps_of(storm.manifests())
    certain = [gap for gap in everything if gap[-1] == "False"]
    assert named_gaps(command.json("gaps", "--possible", "--local")) == everything
    document = command.json("gaps", "--local")
    assert named_gaps(document) == certain
    assert {(gap[1], gap[2]) for gap in certain} >= {("pinned", "refused"), ("reposted", "cursor_loop")}
    of_run = command.json("gaps", bad_day["run_id"], "--local")
    assert len(of_run["gaps"]) == bad_day["gaps"]
    assert "refused" in command("gaps", "--local").out
    assert "no certain gap" not in command("status", "--local").out


def test_in_the_worst_weather_every_request_that_the_server_saw_is_in_the_quota(
    command: Command, storm: LocalStack, bad_day: dict[str, Any]
) -> None:
    assert bad_day["requests"] > 0
    served, families = settled_quota(command, storm)
    for family, counted in served.items():
        of_family = families[family]
        assert counted["received"] <= of_family["used"] <= counted["received"] + of_family["unknown"]
    assert "unknown fate" in command("quota", "--local").out


def test_in_the_worst_weather_a_download_is_whole(command: Command, storm: LocalStack, bad_day: dict[str, Any]) -> None:
    assert bad_day["exports"]
    assert_downloads(command, storm)


def test_what_bad_weather_took_is_asked_for_again_in_good(
    command: Command, storm: LocalStack, bad_day: dict[str, Any]
) -> None:
    storm.clear_sky()
    sent = command.json("gaps", bad_day["run_id"], "--retry", "--local")["retries"]
    assert "sent" in {each["state"] for each in sent}
    for each in sent:
        assert ended(command, each["run_id"])["state"] == "complete"
    again = command.json("gaps", bad_day["run_id"], "--local")["retries"]
    assert {each["state"] for each in again} == {"made_good"}


def test_while_all_is_paused_nothing_begins_and_with_resume_it_does(command: Command, storm: LocalStack) -> None:
    before = storm.schedules()
    paused = command.json("pause", "--local")
    assert paused["paused"]
    assert len(paused["changed"]) == len(before)
    assert "already" in command("pause", "--local").out
    assert [{**each, "State": "DISABLED"} for each in plain(before)] == plain(storm.schedules())
    # Due since a minute after the start, were it not for the pause: the emulator looks every ten seconds.
    storm.change_schedule(storm.names.collection_worker, "rate(1 minute)")
    command("study", "push", STUDY, "--local")
    status = command.json("status", "--local")
    assert status["paused"]
    assert not any(each["enabled"] for each in status["schedules"])
    assert "paused" in command("status", "--local").out
    time.sleep(22)
    assert command.json("status", "--local")["functions"] == status["functions"]
    assert runs_of_the_study(command) == []
    resumed = command.json("resume", "--local")
    assert len(resumed["changed"]) == len(before)
    assert "already" in command("resume", "--local").out
    deadline = time.monotonic() + 60
    while not runs_of_the_study(command):
        assert time.monotonic() < deadline, "The worker was not called."
    assert not command.json("status", "--local")["paused"]


def plain(schedules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Schedules without what every answer of AWS has of its own."""
    own = {"ResponseMetadata", "LastModificationDate"}
    return [{name: value for name, value in each.items() if name not in own} for each in schedules]


def runs_of_the_study(command: Command) -> list[str]:
    return [each["run_id"] for each in command.json("runs", "--local")["runs"] if each["about"] == "study first"]


def test_no_secret_was_ever_shown(command: Command, storm: LocalStack, bad_day: dict[str, Any]) -> None:
    assert bad_day
    secrets = storm.secrets()
    assert {"sandbox-client-secret"} < secrets
    assert any(secret.startswith("clt.2.") for secret in secrets)
    secrets.add("not-the-client-secret")
    assert [secret for secret in secrets if secret in "".join(command.said)] == []
    assert "clt.2." not in "".join(command.said)  # nor a token of the day before


def test_without_the_local_cloud_every_command_is_one_sentence(command: Command, storm: LocalStack) -> None:
    assert storm.served("research")["received"] > 0
    assert command.copy.run("stop").code == 0
    with ThreadPoolExecutor(2) as pool:
        for answer in pool.map(lambda asked: command(*asked, "--local", "--json", code=8), ABOUT_THE_STACK):
            assert "`make run`" in answer.sentence
    assert {name_of(asked) for asked in ABOUT_THE_STACK} | {"init", "study validate"} == command.names
    assert command.in_json == command.names
