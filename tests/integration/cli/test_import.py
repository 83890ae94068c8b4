"""`tiktok-collector import`: the same as the function does, from a laptop."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_lake.engine import engine, quoted

ROOT = Path(__file__).parents[3]
FIRST_ID = 7_583_943_023_407_435_015
COMMENTS = f"video_id,user,text\n{FIRST_ID},one,hello\n{FIRST_ID},two,again\nno-id,three,lost\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def keys(stack: MotoStack, prefix: str) -> list[str]:
    found = stack.s3.list_objects_v2(Bucket="lake", Prefix=prefix).get("Contents", [])
    return [each["Key"] for each in found]


def texts_of(folder: Path) -> list[str]:
    with engine() as connection:
        found = connection.execute(
            f"SELECT text FROM read_parquet({quoted(str(folder / '**/*.parquet'))}) ORDER BY row_number"  # noqa: S608 - a test's own
        ).fetchall()
    return [text for (text,) in found]


def test_a_dry_run_shows_the_family_the_mapping_and_what_is_quarantined(stack: MotoStack) -> None:
    Path("comments.csv").write_text(COMMENTS)
    result = on_stack("import", "comments.csv", "--dry-run")
    assert result.exit_code == ExitCode.DONE
    for words in ("comments (2)", "username", "Quarantined", "no-id", "A dry run, so nothing is written"):
        assert words in result.stdout
    document = as_json("import", "comments.csv", "--dry-run")
    assert (document["dry_run"], document["taken"], document["quarantined"]) == (True, {"comments": 2}, 1)
    assert document["parts"][0]["quarantined_lines"][0]["line"] == 4
    assert [path.name for path in Path().iterdir()] == ["comments.csv"]
    assert keys(stack, "curated/") == []


def test_into_a_folder_as_a_mirror_of_the_bucket_would_have_it(stack: MotoStack) -> None:
    Path("comments.csv.gz").write_bytes(gzip.compress(COMMENTS.encode()))
    document = as_json("import", "comments.csv.gz", "--output", "out")
    assert sorted(document["files"]) == sorted(
        path.relative_to("out").as_posix() for path in Path("out").rglob("*.parquet")
    )
    assert texts_of(Path("out/curated/comments")) == ["hello", "again"]
    assert json.loads(Path("out/comments.csv.gz.report.json").read_text())["taken"] == {"comments": 2}
    as_json("import", "comments.csv.gz", "--output", "out")
    assert texts_of(Path("out/curated/comments")) == ["hello", "again"]
    Path("comments.csv.gz").write_bytes(gzip.compress(COMMENTS.replace("hello", "changed").encode()))
    as_json("import", "comments.csv.gz", "--output", "out")
    assert texts_of(Path("out/curated/comments")) == ["changed", "again"]
    assert keys(stack, "curated/") == []


@pytest.mark.usefixtures("stack")
def test_a_file_of_which_nothing_can_be_taken_leaves_in_a_folder_what_was() -> None:
    Path("comments.csv").write_text(COMMENTS)
    as_json("import", "comments.csv", "--output", "out")
    for nothing in ("", "video_id,user,text\nno-id,three,lost\n"):
        Path("comments.csv").write_text(nothing)
        assert on_stack("import", "comments.csv", "--output", "out").exit_code == ExitCode.INVALID
        assert texts_of(Path("out/curated/comments")) == ["hello", "again"]
    Path("comments.csv").write_text(COMMENTS.replace("hello", "changed"))
    as_json("import", "comments.csv", "--output", "out")
    assert texts_of(Path("out/curated/comments")) == ["changed", "again"]


def test_into_the_stack_once(stack: MotoStack) -> None:
    Path("comments.csv").write_text(COMMENTS)
    document = as_json("import", "comments.csv")
    assert keys(stack, "curated/") == sorted(document["files"])
    assert json.loads(Path("comments.csv.report.json").read_text())["files"] == document["files"]
    assert keys(stack, "imports/") == ["imports/comments.csv.report.json"]
    again = on_stack("import", "comments.csv")
    assert again.exit_code == ExitCode.USAGE
    assert "--again" in again.stderr
    assert as_json("import", "comments.csv", "--again")["files"] == document["files"]
    Path("comments.csv").write_text(COMMENTS.replace("hello", "changed"))
    changed = as_json("import", "comments.csv")
    assert sorted(changed["replaced"]) == sorted(document["files"])
    assert keys(stack, "curated/") == sorted(changed["files"])


def test_a_mapping_file_beside_it_or_named() -> None:
    Path("strange.csv").write_text(f"nummer,tekst\n{FIRST_ID},hej\n")
    unknown = on_stack("import", "strange.csv", "--dry-run")
    assert unknown.exit_code == ExitCode.INVALID
    assert "no known family" in unknown.stdout
    mapping = Path("mine.yaml")
    mapping.write_text("tables:\n  comments:\n    video_id: nummer\n    text: tekst\n")
    assert as_json("import", "strange.csv", "--mapping", "mine.yaml", "--dry-run")["taken"] == {"comments": 1}
    mapping.rename("strange.csv.mapping.yaml")
    assert as_json("import", "strange.csv", "--dry-run")["taken"] == {"comments": 1}
    Path("strange.csv.mapping.yaml").write_text("famly: x\nversion: '2'\n")
    wrong = on_stack("import", "strange.csv", "--dry-run")
    assert wrong.exit_code == ExitCode.INVALID
    assert ["line 1" in each for each in wrong.stderr.splitlines()] == [True, False], "a line for each problem"
    assert "line 2" in wrong.stderr.splitlines()[1]


def test_what_is_wrong_with_a_mapping_file_is_all_that_the_process_says() -> None:
    """What DuckDB says at the end of a process in which it was not freed is for nobody."""
    Path("strange.csv").write_text("nummer\n1\n")
    Path("wrong.yaml").write_text("tables:\n  videos:\n    nope: nummer\n")
    command = (sys.executable, "-m", "cli", "import", "strange.csv", "--dry-run", "--mapping", "wrong.yaml")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "layers/collector", ROOT / "layers/analytics"))),
    }
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    assert ended.returncode == ExitCode.INVALID
    assert len(ended.stderr.splitlines()) == 1, ended.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("absent.csv",), ExitCode.NOT_FOUND, "absent.csv"),
        (("here.csv", "--mapping", "absent.yaml", "--dry-run"), ExitCode.NOT_FOUND, "absent.yaml"),
        (("here.csv", "--output", "here.csv/below"), ExitCode.USAGE, "--output"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: ExitCode, said: str) -> None:
    Path("here.csv").write_text(COMMENTS)
    result = on_stack("import", *arguments)
    assert result.exit_code == code
    assert said in result.stderr


def test_a_file_of_nothing_leaves_a_report() -> None:
    Path("empty.csv").write_bytes(b"")
    result = on_stack("import", "empty.csv", "--output", "out")
    assert result.exit_code == ExitCode.INVALID
    report: dict[str, Any] = json.loads(Path("out/empty.csv.report.json").read_text())
    assert report["outcome"].startswith("Nothing was taken")


def test_a_report_that_cannot_be_written_is_said_with_the_name_as_it_is() -> None:
    Path("[a].csv").write_text(COMMENTS)
    Path("out/[a].csv.report.json").mkdir(parents=True)
    result = on_stack("import", "[a].csv", "--output", "out")
    assert result.exit_code == ExitCode.DONE
    assert "could not be written to out/[a].csv.report.json (" in result.stderr


def test_what_this_project_exports_comes_back_as_it_was() -> None:
    """Profiles have no ids, which would tell that cells are marked."""
    Path("profiles.csv").write_text("username,follower_count,likes_count,bio_description\nann,1,2,-me-\n")
    assert on_stack("import", "profiles.csv", "--output", "one").exit_code == ExitCode.DONE
    exported = ("export", "--table", "users", "--format", "csv", "--identified", "--from", "one", "--output")
    for name, options in (("marked.csv", ()), ("plain.csv", ("--plain",))):
        assert on_stack(*exported, name, *options).exit_code == ExitCode.DONE
        assert on_stack("import", name, "--output", name.removesuffix(".csv")).exit_code == ExitCode.DONE
        query = ("query", "SELECT bio_description FROM users", "--from", name.removesuffix(".csv"))
        assert as_json(*query)["rows"] == [{"bio_description": "-me-"}]
    assert "'-me-" in Path("marked.csv").read_text()
