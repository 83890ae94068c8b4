"""`make run WORLD=FILE` with a dataset of somebody."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source
from local_cloud.options import Options
from local_cloud.world_dataset import with_world
from local_cloud.world_file import read_world_file
from sandbox.world import World

FIRST_ID = 7_583_943_023_407_435_015
PUBLISHED = 1_700_000_000


def row(number: int, **more: Any) -> dict[str, Any]:
    """A video as the Research API's CSV files have it."""
    usual = {
        "id": FIRST_ID + number,
        "username": f"User{number % 2}",
        "create_time": PUBLISHED + number * 86_400,
        "video_description": f"a caption, {number} #cats",
        "view_count": 100 * number,
        "like_count": "1.2K",
    }
    return usual | more


def put(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def served(tmp_path: Path, path: Path) -> tuple[Options, str]:
    return with_world(Options(Source.SANDBOX, None, world=path), tmp_path / "world.jsonl")


def test_a_dataset_becomes_a_world(tmp_path: Path) -> None:
    path = put(tmp_path / "videos.csv", [row(number) for number in range(5)])
    options, said = served(tmp_path, path)
    assert "5 videos" in said
    assert options.world is not None
    served_to = date(2023, 11, 1), date(2023, 12, 1)
    videos = World.from_file(options.world).videos_of("user0", *served_to)
    assert [each["id"] for each in videos] == [FIRST_ID + 4, FIRST_ID + 2, FIRST_ID]


def test_what_was_given_twice_is_served_once_and_the_period_is_the_videos(tmp_path: Path) -> None:
    rows = [row(0), row(1), row(1, view_count=999), row(2, create_time="")]
    options, _ = served(tmp_path, put(tmp_path / "videos.csv", rows))
    assert options.world is not None
    lines = [json.loads(line) for line in options.world.read_text().splitlines()]
    assert [line["id"] for line in lines if line["type"] == "video"] == [FIRST_ID, FIRST_ID + 1, FIRST_ID + 2]
    assert lines[0]["like_count"] == 1_200
    world = read_world_file(options.world)
    assert world.accounts == ("user0", "user1")
    # The third says no time, and its id does.
    assert (f"{world.first}", f"{world.last}") == ("2023-11-14", "2025-12-15")


def test_a_world_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "world.jsonl"
    path.write_text('\n{"type": "video", "id": 1, "username": "one", "create_time": 1704499196}\nnonsense\n')
    options = Options(Source.SANDBOX, None, world=path)
    assert with_world(options, tmp_path / "other.jsonl") == (options, "")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    assert served(tmp_path, empty)[1] == ""
    without = Options(Source.SANDBOX, None)
    assert with_world(without, tmp_path / "other.jsonl") == (without, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("flour,sugar\n1,2\n", "no known family"),
        (f"video_id,user,text\n{FIRST_ID},a,only comments\n", "no video"),
        ('{"broken": ', "Nothing was taken"),
    ],
)
def test_what_is_no_dataset_of_videos_is_said(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content)
    with pytest.raises(LocalCloudError, match=said):
        served(tmp_path, path)
    with pytest.raises(LocalCloudError, match="cannot be read"):
        served(tmp_path, tmp_path / "absent.csv")


def test_a_mapping_file_beside_it_counts(tmp_path: Path) -> None:
    path = put(tmp_path / "strange.csv", [{"nummer": FIRST_ID, "hvem": "someone", "set": 5}])
    mapping = tmp_path / "strange.csv.mapping.yaml"
    mapping.write_text("tables:\n  videos:\n    video_id: nummer\n    username: hvem\n    view_count: set\n")
    options, _ = served(tmp_path, path)
    assert options.world is not None
    assert '"view_count":5' in options.world.read_text()
    mapping.write_text("famly: x\n")
    with pytest.raises(LocalCloudError, match="line 1"):
        served(tmp_path, path)
