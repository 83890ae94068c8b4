from datetime import date, timedelta
from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source, checkout
from local_cloud.options import Options
from local_cloud.study_choice import ChosenStudy, chosen_study

TODAY = date(2026, 11, 21)
STUDY = """\
version: 1
name: mine
first_day: 2026-11-01
cohorts:
  listed:
    file: people.csv
"""


def options(**changes: object) -> Options:
    return Options(Source.SANDBOX, None, **changes)  # type: ignore[arg-type] # each test names fields of the right type


def example(today: date = TODAY) -> ChosenStudy:
    chosen = chosen_study(options(), checkout(), today)
    assert chosen is not None
    return chosen


def of_file(folder: Path, text: str | bytes, people: bytes | None = b"ann\nben\n") -> ChosenStudy:
    path = folder / "mine.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if people is not None:
        (folder / "people.csv").write_bytes(people)
    chosen = chosen_study(options(study=path), Path("none"), TODAY)
    assert chosen is not None
    return chosen


def test_where_nothing_else_is_asked_for_it_is_the_example_of_the_last_days() -> None:
    assert example().name == "demo"
    assert example().read.file.first_day == TODAY - timedelta(days=12)
    assert list(example().lists) == ["accounts.csv"]


@pytest.mark.parametrize("asked", [{"accounts": ("a",)}, {"world": Path("world.jsonl")}])
def test_with_accounts_or_a_dataset_there_is_no_study_unless_one_is_named(
    asked: dict[str, object], tmp_path: Path
) -> None:
    assert chosen_study(options(**asked), checkout(), TODAY) is None
    of_file(tmp_path, STUDY)
    chosen = chosen_study(options(**asked, study=tmp_path / "mine.yaml"), checkout(), TODAY)
    assert chosen is not None
    assert chosen.name == "mine"


def test_a_study_of_ones_own_is_taken_as_it_stands_with_the_lists_beside_it(tmp_path: Path) -> None:
    chosen = of_file(tmp_path, STUDY)
    assert chosen.text == STUDY.encode()
    assert chosen.lists == {"people.csv": b"ann\nben\n"}
    (cohort,) = chosen.read.study.cohorts
    assert cohort.usernames == ("ann", "ben")


@pytest.mark.parametrize("days", [0, 1, 30])
def test_the_example_of_the_last_weeks_goes_on(days: int) -> None:
    assert example().is_like(example(TODAY - timedelta(days=days)).text)


def test_the_example_is_begun_anew_after_weeks_and_after_a_change() -> None:
    assert not example().is_like(example(TODAY - timedelta(days=31)).text)
    assert not example().is_like(example().text.replace(b"priority: 1", b"priority: 2"))
    assert not example().is_like(b"\xff")
    assert not example().is_like(STUDY.encode())


def test_a_study_of_ones_own_is_like_itself_alone(tmp_path: Path) -> None:
    chosen = of_file(tmp_path, STUDY)
    assert chosen.is_like(STUDY.encode())
    assert not chosen.is_like(STUDY.replace("2026-11-01", "2026-11-02").encode())


@pytest.mark.parametrize(
    ("text", "people", "says"),
    [
        (STUDY.replace("name: mine", "nmae: mine"), b"ann", ["mine.yaml, line 2 (nmae): ", "(name): "]),
        (STUDY, None, ["mine.yaml, line 6 (cohorts.listed.file): there is no people.csv"]),
        (STUDY, b"caf\xe9", ["people.csv, line 1: "]),
        ("version: [", b"ann", ["mine.yaml, line "]),
        (b"name: caf\xe9", b"ann", ["not UTF-8 text (line 1)"]),
    ],
    ids=["keys", "list absent", "list not UTF-8", "no YAML", "not UTF-8"],
)
def test_everything_that_is_wrong_is_said_with_its_line(
    tmp_path: Path, text: str | bytes, people: bytes | None, says: list[str]
) -> None:
    with pytest.raises(LocalCloudError, match=r"STUDY names .*mine\.yaml, which ") as caught:
        of_file(tmp_path, text, people)
    assert all(sentence in str(caught.value) for sentence in says)


def test_of_many_problems_the_first_are_said_and_how_many_more(tmp_path: Path) -> None:
    names = ", ".join(f"'bad name {number}'" for number in range(30))
    with pytest.raises(LocalCloudError) as caught:
        of_file(tmp_path, STUDY.replace("file: people.csv", f"accounts: [{names}]"))
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "  … and 10 more."


def test_a_list_that_is_a_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "people.csv").mkdir()
    with pytest.raises(LocalCloudError, match=r"people\.csv cannot be read"):
        of_file(tmp_path, STUDY, people=None)
