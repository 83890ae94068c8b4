"""`study`, `init` and `credentials`: from an empty folder to a study in the bucket."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import FunctionError, MotoStack, as_json, on_stack, run
from tiktok_collector.clock import iso
from tiktok_collector.lake.keys import STUDY_FILE
from tiktok_collector.study_file.reading import read_study

STUDY = """
version: 1
name: ours
first_day: 2026-09-01
cohorts:
  listed: {file: ours.csv, include: [videos]}
searches:
  pasta: {query: {and: [{field_name: keyword, operation: EQ, field_values: [pasta]}]}}
"""
SECRET = "very-secret-indeed"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file() -> Path:
    Path("ours.csv").write_text("ann\nben\n")
    path = Path("study.yaml")
    path.write_text(STUDY)
    return path


def objects(stack: MotoStack) -> set[str]:
    return {each["Key"] for each in stack.s3.list_objects_v2(Bucket="lake").get("Contents", [])}


@pytest.mark.usefixtures("file")
def test_a_valid_study_is_said_to_be() -> None:
    result = run("study", "validate")
    assert result.stdout == "study.yaml is valid: the study ours, 1 cohort of 2 accounts, 1 search.\n"


def test_every_problem_is_listed_with_its_line(file: Path) -> None:
    file.write_text(STUDY.replace("keyword", "keywrd").replace("ours.csv", "theirs.csv"))
    result = run("study", "validate", "study.yaml")
    assert result.exit_code == ExitCode.INVALID
    assert "study.yaml cannot be used: 2 problems." in result.stdout
    document = json.loads(run("study", "validate", "--json").stdout)
    assert [each["line"] for each in document["problems"]] == [6, 8]
    assert document["valid"] is False


@pytest.mark.usefixtures("file")
def test_a_study_is_pushed_with_its_lists_and_compared(stack: MotoStack) -> None:
    assert on_stack("study", "diff").exit_code == ExitCode.DIFFERENT
    assert as_json("study", "push")["changed"] is True
    assert objects(stack) == {STUDY_FILE, "config/ours.csv"}
    assert as_json("study", "diff") == {"differences": []}
    assert as_json("study", "push")["changed"] is False
    Path("ours.csv").write_text("ann\ncarla\n")
    result = on_stack("study", "diff")
    assert result.exit_code == ExitCode.DIFFERENT
    assert "-ben\n+carla" in result.stdout


@pytest.mark.parametrize(("last", "taken"), [(-1, False), (0, True)])
def test_a_study_whose_data_would_be_deleted_at_once_is_not_pushed(
    file: Path, stack: MotoStack, last: int, *, taken: bool
) -> None:
    day = datetime.now(UTC).date() + timedelta(days=last)
    file.write_text(f"{STUDY}data:\n  delete_after: {day}\n")
    result = on_stack("study", "push")
    assert (result.exit_code == ExitCode.DONE, STUDY_FILE in objects(stack)) == (taken, taken), result.stderr
    assert taken or (f"delete_after is {day}" in result.stderr and "purge --study ours" in result.stderr)


@pytest.mark.parametrize(("interval", "said"), [(12, "CuratedPageDays=9"), (2, "CuratedPageDays=1"), (13, None)])
def test_a_study_that_checks_more_often_than_raw_pages_expire_is_pushed_with_a_note(
    file: Path, stack: MotoStack, interval: int, said: str | None
) -> None:
    stack.outputs["CuratedPageDays"] = "10"
    file.write_text(f"{STUDY}data:\n  refresh_interval_days: {interval}\n")
    note = as_json("study", "push")["note"]
    assert STUDY_FILE in objects(stack)
    assert (said in note and "up to 13 days" in note) if said else note is None


@pytest.mark.usefixtures("file")
def test_a_study_that_is_not_uploaded_is_planned_here_and_nothing_is_stored(stack: MotoStack) -> None:
    plan = as_json("study", "plan", "study.yaml")
    assert plan["study"] == "ours"
    assert plan["windows"] > 0
    assert plan["estimate"]["capacity"] == {"research": 1000, "followers": 20000}
    assert objects(stack) == set()
    assert stack.invoked == []
    assert "left to schedules today" in on_stack("study", "plan", "study.yaml").stdout


def test_the_uploaded_study_is_planned_by_its_function(stack: MotoStack) -> None:
    found = {
        "study": "ours",
        "day": "2026-11-21",
        "part": "accounts",
        "windows": 2,
        "estimate": {"warnings": ["Much."]},
    }
    stack.functions["user_extraction"] = lambda _: found
    assert as_json("study", "plan")["windows"] == 2
    assert stack.invoked == [("user_extraction", {"study": True, "plan_only": True})]
    assert "Much." in on_stack("study", "plan").stdout


def test_without_a_study_there_is_nothing_to_plan(stack: MotoStack) -> None:
    stack.functions["user_extraction"] = lambda _: {"day": "2026-11-21", "note": "There is no study."}
    result = on_stack("study", "plan")
    assert (result.exit_code, result.stderr) == (ExitCode.NOT_FOUND, "There is no study.\n")


def answers(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def test_a_study_from_a_few_questions_is_valid() -> None:
    typed = answers("ours", "2026-10-01", "@ann, ben", "y", "#pasta, carbonara", "dinner", "it, fr", "n")
    result = run("init", typed=typed)
    assert result.exit_code == 0, result.stderr
    read = read_study(Path("study.yaml").read_text(), {}).study
    assert read.name == "ours"
    assert read.cohorts[0].usernames == ("ann", "ben")
    assert read.cohorts[0].depth.comments
    conditions = yaml.safe_load(Path("study.yaml").read_text())["searches"]["search"]["query"]["and"]
    assert [(each["field_name"], each["operation"], each["field_values"]) for each in conditions] == [
        ("hashtag_name", "IN", ["pasta", "carbonara"]),
        ("keyword", "EQ", ["dinner"]),
        ("region_code", "IN", ["IT", "FR"]),
    ]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (answers("a b", "", "ann", "n", "", ""), "Nothing was written: "),
        (answers("ours", "someday", "ann", "n", "", ""), "Nothing was written: "),
        (answers("ours", "", "@@", "n", "", ""), "Nothing was written: "),
        (answers("ours", "", "", "", ""), "a study needs accounts, hashtags or words"),
    ],
)
def test_answers_that_make_no_study(typed: str, sentence: str) -> None:
    result = run("init", typed=typed)
    assert result.exit_code == ExitCode.INVALID
    assert sentence in result.stderr.splitlines()[-1]
    assert not Path("study.yaml").exists()


def test_questions_that_nobody_answers_are_no_traceback() -> None:
    result = run("init", typed="ours\n")
    assert result.exit_code == ExitCode.USAGE
    assert "the input ended where" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_file_that_is_there_is_kept(file: Path) -> None:
    result = run("init")
    assert result.exit_code == ExitCode.USAGE
    assert "study.yaml is there already" in result.stderr
    assert file.read_text() == STUDY


def stored(stack: MotoStack, name: str) -> Any:
    return json.loads(stack.secretsmanager.get_secret_value(SecretId=stack.outputs[f"{name}Arn"])["SecretString"])


def test_credentials_are_asked_for_and_never_shown(stack: MotoStack) -> None:
    result = on_stack("credentials", "set", "--untested", typed=answers("our-key", SECRET))
    assert result.exit_code == 0, result.stderr
    assert stored(stack, "ClientCredentialsSecret") == {"client_key": "our-key", "client_secret": SECRET}
    assert SECRET not in result.output
    assert "Unchanged" in on_stack("credentials", "set", "--untested", typed=answers("our-key", SECRET)).stdout


def test_a_source_of_trends_keeps_the_credentials_of_the_others(stack: MotoStack) -> None:
    typed = answers("adv", "", SECRET)
    result = on_stack("credentials", "set", "--trends", "business_api", typed=typed)
    assert result.exit_code == 0, result.stderr
    on_stack("credentials", "set", "--trends", "creative_center_legacy", typed=answers("user-sign:", "abc", ""))
    on_stack("credentials", "set", "--trends", "creative_center", typed=answers("", "sid=1"))
    assert stored(stack, "TrendCredentialsSecret") == {
        "business_api": {"access_token": SECRET, "advertiser_id": "adv"},
        "creative_center_legacy": {"headers": {"user-sign": "abc"}},
        "creative_center": {"cookie": "sid=1"},
    }
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        ((), answers("", "")),
        ((), answers("our-key", "")),
        (("--trends", "business_api"), answers("", "", "")),
        (("--trends", "business_api"), answers("", "", "Bearer x")),
        (("--trends", "creative_center_legacy"), answers("no header", "x", "")),
    ],
)
def test_credentials_that_are_none_are_not_stored(stack: MotoStack, options: tuple[str, ...], typed: str) -> None:
    result = on_stack("credentials", "set", *options, typed=typed)
    assert result.exit_code == ExitCode.CREDENTIALS
    assert "tored" not in result.stdout
    for name in ("ClientCredentialsSecret", "TrendCredentialsSecret"):
        listed = stack.secretsmanager.list_secret_version_ids(SecretId=stack.outputs[f"{name}Arn"])
        assert listed["Versions"] == []


def test_credentials_are_tested_by_asking_for_another_token(stack: MotoStack) -> None:
    secret = stack.outputs["AccessTokenSecretArn"]
    version = stack.secretsmanager.put_secret_value(SecretId=secret, SecretString="{}")["VersionId"]
    expires_at = iso(datetime.now(UTC) + timedelta(hours=2))
    stack.functions["token_refresh"] = lambda _: {"version_id": "v", "expires_at": expires_at, "refreshed": True}
    assert as_json("credentials", "test")["expires_at"] == expires_at
    assert stack.invoked == [("token_refresh", {"rejected_version": version})]


def test_credentials_that_are_refused_have_a_code(stack: MotoStack) -> None:
    def refuses(_: dict[str, Any]) -> dict[str, Any]:
        raise FunctionError("TikTok does not take the client credentials.")

    stack.functions["token_refresh"] = refuses
    result = on_stack("credentials", "test")
    assert (result.exit_code, result.stderr) == (
        ExitCode.CREDENTIALS,
        "TikTok does not take the client credentials.\n",
    )


@pytest.mark.parametrize(
    ("reason", "code"),
    [(None, ExitCode.DONE), ("credentials_rejected", ExitCode.CREDENTIALS), ("source_fails", ExitCode.INCOMPLETE)],
)
def test_credentials_of_trends_are_tested_with_one_list(stack: MotoStack, reason: str | None, code: ExitCode) -> None:
    gap = {"source": "business_api", "kind": "hashtag", "reason": reason, "lists": 1, "message": "So it is."}
    report = {"lists": 1, "complete": 0 if reason else 1, "rows": 100, "gaps": [gap] if reason else []}
    stack.functions["trend_ingestion"] = lambda _: report
    result = on_stack("credentials", "test", "--trends", "business_api")
    assert result.exit_code == code
    assert ("So it is." in result.output) == bool(reason)
