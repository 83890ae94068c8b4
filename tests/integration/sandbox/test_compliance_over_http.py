"""Batch Compliance and what leaves the world, as a client and a person meet them over HTTP."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.testing import SandboxServer
from tests.integration.sandbox.test_over_http import Api

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
START, END = date(2025, 1, 20), date(2025, 2, 19)


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(now=NOW, settings={"validation_seconds": 30}) as server:
        yield server


def admin(sandbox: SandboxServer, method: str, path: str, body: Any = None) -> requests.Response:
    return requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=10)


def videos(sandbox: SandboxServer) -> list[int]:
    return [row["id"] for row in sandbox.world.videos_of("sandbox_alice", START, END)]


def create(api: Api, ids: list[int], category: str = "video") -> requests.Response:
    file = "\n".join(str(number) for number in ids)
    return api.session.post(
        f"{api.url}/v2/research/validation_task/create/",
        data={"category": category},
        files={"file_data": ("ids.txt", file, "text/plain")},
        timeout=10,
    )


def test_from_upload_to_download(sandbox: SandboxServer) -> None:
    api, ids = Api(sandbox), videos(sandbox)
    sandbox.vanish(videos=ids[:2])
    task = {"task_id": create(api, ids).json()["data"]["task_id"]}
    assert api.post("validation_task_status/get", task, None).json()["data"] == {"task_status": "Processing"}
    sandbox.clock.advance(30)
    assert api.post("validation_task_status/get", task, None).json()["data"] == {"task_status": "Completed"}
    file = api.post("validation_task/download", task, None)
    assert file.headers["Content-Type"].startswith("text/plain")
    assert [int(line) for line in file.text.split()] == ids[2:]
    assert sandbox.served(family="research").charged == 4
    (kept,) = sandbox.validation_tasks()
    assert (kept.id, kept.category, kept.ids) == (task["task_id"], "video", ids)
    shown = admin(sandbox, "GET", "validation_tasks").json()
    assert shown == [{"id": kept.id, "category": "video", "ids": ids, "status": "Completed"}]


def test_a_connection_that_breaks_off_in_the_middle_of_the_file(sandbox: SandboxServer) -> None:
    api = Api(sandbox)
    task = {"task_id": create(api, videos(sandbox)).json()["data"]["task_id"]}
    sandbox.clock.advance(30)
    sandbox.faults.add("cut_download", times=1)
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match=r"IncompleteRead|Connection broken"):
        api.post("validation_task/download", task, None)
    assert api.post("validation_task/download", task, None).status_code == 200


def test_what_is_gone_by_the_admin_route(sandbox: SandboxServer) -> None:
    api, ids = Api(sandbox), videos(sandbox)
    comment = next(row["id"] for video in ids for row in sandbox.world.comments_of(video))
    before = admin(sandbox, "GET", "gone").json()
    leaving = {"videos": ids[:1], "comments": [comment], "private": ["sandbox_bruno"], "deleted": ["sandbox_alice"]}
    after = admin(sandbox, "POST", "gone", leaving).json()
    assert set(after["videos"]) - set(before["videos"]) == set(ids[:1])
    assert (after["comments"], after["private"], after["deleted"]) == ([comment], ["sandbox_bruno"], ["sandbox_alice"])
    assert "is private" in api.post("user/info", {"username": "sandbox_bruno"}, "bio_url").json()["error"]["message"]
    assert "cannot find" in api.post("user/info", {"username": "sandbox_alice"}, "bio_url").json()["error"]["message"]
    assert admin(sandbox, "GET", "truth/standing_of?username=sandbox_alice").json() == "deleted"
    assert admin(sandbox, "GET", f"truth/valid_videos?ids={ids[0]},{ids[1]}").json() == []
    assert admin(sandbox, "DELETE", "gone").json() == before
    assert admin(sandbox, "GET", f"truth/valid_videos?ids={ids[0]},{ids[1]}").json() == ids[:2]
    assert admin(sandbox, "GET", f"truth/valid_comments?ids={comment}").json() == [comment]
    bodies: tuple[Any, ...] = ({"videos": [1]}, {"videos": 1}, {"private": ["sandbox_nobody"]}, {"songs": []}, [])
    for body in bodies:
        refused = admin(sandbox, "POST", "gone", body)
        assert refused.status_code == 400
        assert refused.json()["error"].endswith(".")
