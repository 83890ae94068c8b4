"""A study as `make run` uploads, follows and tells it, over a real collector with moto and the sandbox."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local_cloud.endpoint import LocalAws
from local_cloud.layout import Layout, Source
from local_cloud.options import Options
from local_cloud.orders import USER_EXTRACTION, VIDEO_SEARCH
from local_cloud.stack import Stack
from local_cloud.study_choice import ChosenStudy, chosen_study
from local_cloud.study_orders import study_orders, unfinished
from local_cloud.study_results import study_result_of
from local_cloud.study_upload import already_planned, upload
from local_cloud.study_view_file import write_view
from local_cloud.watch import Watcher
from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, TASKS, Cloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.events.study import Part
from tiktok_collector.lake.keys import STUDY_FILE

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()
STACK = Stack(
    BUCKET,
    "usage",
    TASKS,
    "client",
    "token",
    "refresh",
    "extraction",
    "search",
    "worker",
    "accounting",
    "trends",
    "trend-secret",
    "curation",
    "data-refresh",
    "import",
)
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}
EVENT = {"study": True}


class HereAws(LocalAws):
    """The clients of a cloud in moto."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__("")
        self.__dict__ |= {"s3": cloud.s3, "dynamodb": cloud.dynamodb}


@pytest.fixture
def cloud(make_cloud: "MakeCloud") -> Cloud:
    specs = [AccountSpec("ann", videos=40, days=30, region="IS"), AccountSpec("ben", videos=20, days=30)]
    world = World.generate(seed=3, accounts=1, videos=1, days=60, specs=specs, end=TODAY)
    return make_cloud(world, now=NOW, settings={"archive_lag_scale": 0})


@pytest.fixture
def aws(cloud: Cloud) -> LocalAws:
    return HereAws(cloud)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, Source.SANDBOX)


def study_of(folder: Path, name: str = "ours", people: bytes = b"ann\nben\n", days: int = 12) -> ChosenStudy:
    text = (
        study_text(first_day=TODAY - timedelta(days=days), searches={"north": ICELAND}, name=name)
        + "cohorts:\n  people:\n    file: people.csv\n    include: [videos]\n"
    )
    (folder / "study.yaml").write_text(text)
    (folder / "people.csv").write_bytes(people)
    chosen = chosen_study(Options(Source.SANDBOX, None, study=folder / "study.yaml"), folder, TODAY)
    assert chosen is not None
    return chosen


def follow(cloud: Cloud) -> None:
    for part in Part:
        cloud.study(part)


def test_only_what_differs_is_uploaded(cloud: Cloud, tmp_path: Path) -> None:
    assert upload(cloud.s3, BUCKET, study_of(tmp_path))
    assert not upload(cloud.s3, BUCKET, study_of(tmp_path))
    assert upload(cloud.s3, BUCKET, study_of(tmp_path, people=b"ann\n"))
    assert upload(cloud.s3, BUCKET, study_of(tmp_path, days=11))
    assert cloud.s3.get_object(Bucket=BUCKET, Key=STUDY_FILE)["Body"].read() == (tmp_path / "study.yaml").read_bytes()
    assert cloud.s3.get_object(Bucket=BUCKET, Key="config/people.csv")["Body"].read() == b"ann\nben\n"


def test_a_version_that_comes_after_the_days_plan_counts_from_tomorrow(
    cloud: Cloud, layout: Layout, tmp_path: Path
) -> None:
    first = study_of(tmp_path)
    upload(cloud.s3, BUCKET, first)
    assert already_planned(cloud.s3, BUCKET, first, TODAY, layout) == ""
    follow(cloud)
    assert already_planned(cloud.s3, BUCKET, first, TODAY, layout) == ""
    later = study_of(tmp_path, people=b"ann\n")
    upload(cloud.s3, BUCKET, later)
    sentence = already_planned(cloud.s3, BUCKET, later, TODAY, layout)
    assert sentence.startswith("The study ours counts from 2026-11-21 (UTC) on: 2026-11-20 was planned from an earlier")
    assert "rm -r .local/sandbox" in sentence
    assert "rm -r" not in already_planned(cloud.s3, BUCKET, later, TODAY, Layout(tmp_path, Source.TIKTOK))
    other = study_of(tmp_path, name="other")
    upload(cloud.s3, BUCKET, other)
    assert "from the study ours already" in already_planned(cloud.s3, BUCKET, other, TODAY, layout)


def test_the_result_and_the_view_are_those_of_the_study(
    cloud: Cloud, aws: LocalAws, layout: Layout, tmp_path: Path
) -> None:
    assert study_result_of(aws, BUCKET, TODAY) is None
    upload(cloud.s3, BUCKET, study_of(tmp_path))
    follow(cloud)
    result = study_result_of(aws, BUCKET, TODAY)
    assert result is not None
    assert (result.study, result.status) == ("ours", "complete")
    rows = {each.name: each.rows for each in result.collections}
    ann, ben = (
        len(cloud.sandbox.world.videos_of(name, TODAY - timedelta(12), TODAY - timedelta(2))) for name in ("ann", "ben")
    )
    assert rows == {"people": ann + ben, "north": ann}
    assert sum(each.used for each in result.families) == cloud.sandbox.served(family="research").received

    view = write_view(aws, BUCKET, "ours", layout)
    assert view.path == tmp_path / "out" / "study_ours_videos.jsonl"
    lines = [json.loads(line) for line in view.path.read_text().splitlines()]
    assert view.videos == len(lines) == len({line["id"] for line in lines}) == ann + ben
    assert sum(line["_collections"] == ["north", "people"] for line in lines) == ann
    assert write_view(aws, BUCKET, "nobodys", layout).videos == 0


def test_the_view_is_written_again_only_where_pages_have_come(
    cloud: Cloud, aws: LocalAws, layout: Layout, tmp_path: Path
) -> None:
    upload(cloud.s3, BUCKET, study_of(tmp_path))
    cloud.study(Part.SEARCHES)
    first = write_view(aws, BUCKET, "ours", layout)
    written = first.path.stat().st_mtime_ns
    assert write_view(aws, BUCKET, "ours", layout) == first
    assert first.path.stat().st_mtime_ns == written
    cloud.study(Part.ACCOUNTS)
    assert write_view(aws, BUCKET, "ours", layout).videos > first.videos
    first.path.unlink()
    assert write_view(aws, BUCKET, "ours", layout).path.is_file()


def test_runs_of_earlier_days_are_followed_until_they_end_and_todays_are_sent(
    cloud: Cloud, aws: LocalAws, tmp_path: Path
) -> None:
    upload(cloud.s3, BUCKET, study_of(tmp_path))
    cloud.study(Part.ACCOUNTS, seconds=1)
    today, tomorrow = (study_orders(TODAY + timedelta(days), EVENT) for days in (0, 1))
    assert [(order.run_id, order.function) for order in today] == [
        ("study-20261120-accounts", USER_EXTRACTION),
        ("study-20261120-searches", VIDEO_SEARCH),
    ]
    assert unfinished(aws, STACK, today) == []
    (left,) = unfinished(aws, STACK, tomorrow)
    assert (left.run_id, left.event) == ("study-20261120-accounts", {})
    status = Watcher(aws, STACK).status(left)
    assert (status.planned, status.finished) == (True, False)
    assert {subject.name for subject in status.subjects} == {"people"}
    cloud.tick()
    assert unfinished(aws, STACK, tomorrow) == []
    assert Watcher(aws, STACK).status(left).finished
