"""The endpoints as the docs give them."""

import subprocess
import sys

import pytest

from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.endpoints import ENDPOINTS, CursorKind


def test_there_are_nine() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS.values()} == {
        "/v2/research/video/query/",
        "/v2/research/video/comment/list/",
        "/v2/research/user/info/",
        "/v2/research/user/followers/",
        "/v2/research/user/following/",
        "/v2/research/user/liked_videos/",
        "/v2/research/user/pinned_videos/",
        "/v2/research/user/reposted_videos/",
        "/v2/research/playlist/info/",
    }


@pytest.mark.parametrize(
    ("name", "count"), [("video_query", 23), ("comment_list", 7), ("user_info", 9), ("user_liked_videos", 20)]
)
def test_all_documented_fields_are_asked_for_once(name: str, count: int) -> None:
    fields = ENDPOINTS[name].fields
    assert len(set(fields)) == len(fields) == count


def test_only_followers_and_following_have_the_second_quota() -> None:
    second = {name for name, endpoint in ENDPOINTS.items() if endpoint.family is Family.FOLLOWERS}
    assert second == {"user_followers", "user_following"}


def test_cursors_that_are_times() -> None:
    times = {name for name, endpoint in ENDPOINTS.items() if endpoint.cursor is CursorKind.TIME}
    assert times == {"user_followers", "user_following", "user_liked_videos"}


def test_importing_the_client_stays_cheap() -> None:
    program = (
        "import sys\n"
        "import tiktok_collector.research_api.answers, tiktok_collector.research_api.rows\n"
        "import tiktok_collector.research_api.export_rows, tiktok_collector.lake.keys\n"
        "print(*[name for name in ('pydantic', 'boto3', 'botocore', 'asyncio', 'numpy') if name in sys.modules])\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", program],
        env={"PYTHONPATH": "layers/collector"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == []
