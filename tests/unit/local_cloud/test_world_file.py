import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source
from local_cloud.options import Options
from local_cloud.world_file import fill_in, notice

TODAY = date(2026, 11, 20)
JANUARY_5, JANUARY_30, FAR_AHEAD, IN_2001 = 1_704_499_196, 1_706_599_196, 4_000_000_000, 1_000_000_000


def video(username: str, create_time: object = JANUARY_5, **more: Any) -> dict[str, Any]:
    return {"type": "video", "id": 1, "username": username, "create_time": create_time, **more}


def world(tmp_path: Path, *lines: dict[str, Any] | str) -> Path:
    path = tmp_path / "world.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def filled(path: Path | None, **changes: Any) -> Options:
    return fill_in(Options(Source.SANDBOX, None, world=path, **changes), TODAY)


def test_the_three_accounts_with_the_most_videos_over_the_files_period(tmp_path: Path) -> None:
    path = world(
        tmp_path,
        video("one"),
        *[video("Three", JANUARY_30)] * 3,
        *[video("two")] * 2,
        *[video("gone", deleted=True)] * 9,
        {"type": "user", "username": "silent"},
    )
    options = filled(path)
    assert options.accounts == ("three", "two", "one")
    assert (options.start, options.end) == ("2024-01-05", "2024-01-30")
    said = notice(Options(Source.SANDBOX, None, world=path), options)
    assert "three, two, one" in said
    assert "2024-01-05 to 2024-01-30" in said
    assert "\n" not in said


def test_what_is_given_is_kept(tmp_path: Path) -> None:
    path = world(tmp_path, video("one"), video("two", JANUARY_30))
    named = filled(path, accounts=("mine",))
    assert (named.accounts, named.start, named.end) == (("mine",), "2024-01-05", "2024-01-30")
    dated = filled(path, start="2024-01-07", end="2024-01-08")
    assert (dated.accounts, dated.start, dated.end) == (("one", "two"), "2024-01-07", "2024-01-08")
    both = Options(Source.SANDBOX, None, world=path, accounts=("mine",), start="2024-01-07", end="2024-01-08")
    assert fill_in(both, TODAY) == both
    assert notice(both, both) == ""


def test_without_a_world_nothing_is_filled_in() -> None:
    assert filled(None) == Options(Source.SANDBOX, None)


def test_the_period_is_clipped_to_what_can_be_asked(tmp_path: Path) -> None:
    options = filled(world(tmp_path, video("one", IN_2001), video("one", FAR_AHEAD)))
    assert (options.start, options.end) == ("2016-01-01", "2026-11-20")


def test_lines_that_cannot_be_used_are_passed_over(tmp_path: Path) -> None:
    path = world(tmp_path, "{", '"text"', '{"type": "video"}', "", video("not a handle"), video("one", str(JANUARY_30)))
    options = filled(path)
    assert options.accounts == ("one",)
    assert options.end == "2024-01-30"


def test_users_alone_are_accounts_without_a_period(tmp_path: Path) -> None:
    options = filled(world(tmp_path, {"type": "user", "username": "someone"}))
    assert (options.accounts, options.start, options.end) == (("someone",), "", "")


def test_a_file_without_any_account_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match=r"WORLD names .*world\.jsonl, in which no line names an account"):
        filled(world(tmp_path, "root:x:0:0"))


def test_with_a_study_accounts_are_not_taken_from_the_dataset_and_those_named_get_its_period(tmp_path: Path) -> None:
    path = world(tmp_path, video("one", JANUARY_30))
    study = tmp_path / "study.yaml"
    alone = Options(Source.SANDBOX, None, world=path, study=study)
    assert fill_in(alone, TODAY) == alone
    assert filled(path, study=study, accounts=("mine",)).end == "2024-01-30"
