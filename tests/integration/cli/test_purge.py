"""`purge`: what would go is shown, a person confirms, copies on this machine go, too."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import FunctionError, MotoStack, on_stack

ANN = "ann_vermeer_7"
PSEUDONYM = "u_0123456789abcdef0123"
CERTIFICATE = "reports/deletions/dt=2026-11-20/purge-1.json"


class Refresh:
    """Plays `data_refresh`."""

    def __init__(self, stack: MotoStack) -> None:
        self.stack = stack
        self.really: list[dict[str, Any]] = []
        stack.functions["data_refresh"] = self

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        report: dict[str, Any] = {
            "run_id": "purge-1",
            "state": "planned",
            "scope": "account",
            "deleted": {"row store": {"videos": 1234}},
            "changed": {"documents": {"manifests": 2}},
            "left_over": [],
            "certificate": None,
            "note": "",
        }
        if event["dry_run"]:
            return report
        self.really.append(event)
        self.stack.s3.delete_object(Bucket="lake", Key="raw/ann.json.gz")
        self.stack.put("manifests/run=r.json", {"of": "[deleted]"})
        certificate = {"ended_at": "2026-11-20T10:00:00.000Z", "rule": "purge", "ids": {"accounts": [PSEUDONYM]}}
        self.stack.put(CERTIFICATE, certificate)
        return report | {"state": "done", "certificate": CERTIFICATE}


@pytest.fixture
def refresh(stack: MotoStack) -> Refresh:
    stack.put("raw/ann.json.gz", gzip.compress(f'{{"username":"{ANN}"}}'.encode()))
    stack.put("raw/ben.json.gz", gzip.compress(b'{"username":"ben"}'))
    stack.put("manifests/run=r.json", {"of": ANN})
    stack.put(f"exports/{PSEUDONYM}_FULL_DATA_20261001_000000.json", {"username": PSEUDONYM})
    stack.put("exports/u_other_FULL_DATA_20261001_000000.json", {"username": "u_other"})
    return Refresh(stack)


def downloaded(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_deletes_nothing_and_says_what_would_go(refresh: Refresh, tmp_path: Path) -> None:
    on_stack("download", "--to", str(tmp_path))
    before = downloaded(tmp_path)
    result = on_stack("purge", "--account", f"@{ANN.upper()}", "--dry-run", "--copy", str(tmp_path))
    assert result.exit_code == ExitCode.DONE
    assert "1,234" in result.stdout
    assert "2 files" in result.stdout
    assert refresh.stack.invoked == [("data_refresh", {"purge": {"account": ANN}, "dry_run": True})]
    assert downloaded(tmp_path) == before


def test_what_a_person_types_must_be_the_name(refresh: Refresh, tmp_path: Path) -> None:
    result = on_stack("purge", "--account", ANN, "--copy", str(tmp_path), typed="yes\n")
    assert result.exit_code == ExitCode.USAGE
    assert "Nothing was deleted" in result.stderr
    assert refresh.really == []
    result = on_stack("purge", "--account", ANN, "--copy", str(tmp_path), typed=f"{ANN}\n")
    assert result.exit_code == ExitCode.DONE
    assert refresh.really == [{"purge": {"account": ANN}, "dry_run": False}]


def test_who_does_not_want_to_be_asked_does_not_wait_for_what_would_go(refresh: Refresh, tmp_path: Path) -> None:
    assert on_stack("purge", "--account", ANN, "--yes", "--copy", str(tmp_path)).exit_code == ExitCode.DONE
    assert refresh.stack.invoked == [("data_refresh", {"purge": {"account": ANN}, "dry_run": False})]


@pytest.mark.usefixtures("refresh")
def test_copies_on_this_machine_go_and_others_stay(tmp_path: Path) -> None:
    on_stack("download", "--to", str(tmp_path))
    (tmp_path / "notes.txt").write_text(f"look at {ANN}")
    # What `make run` has made of the pages goes; it makes it anew.
    (tmp_path / "study_one_videos.jsonl").write_text(f'{{"username":"{ANN}"}}\n')
    (tmp_path / "study_two_videos.jsonl").write_text('{"username":"another"}\n')
    result = on_stack("purge", "--account", ANN, "--yes", "--copy", str(tmp_path), "--json")
    assert result.exit_code == ExitCode.DONE
    assert json.loads(result.stdout)["copies"]["others"] == [str(tmp_path / "notes.txt")]
    assert downloaded(tmp_path) == {
        ".downloaded.json",
        "raw/ben.json.gz",
        "exports/u_other_FULL_DATA_20261001_000000.json",
        "notes.txt",
        "study_two_videos.jsonl",
    }
    assert ANN not in (tmp_path / ".downloaded.json").read_text()


def test_a_refusal_is_the_functions_sentence(refresh: Refresh, tmp_path: Path) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise FunctionError("The study names the account, so it would be collected again: config/a.csv line 3.")

    refresh.stack.functions["data_refresh"] = refuse
    result = on_stack("purge", "--account", ANN, "--yes", "--copy", str(tmp_path))
    assert result.exit_code == ExitCode.REFUSED
    assert "config/a.csv line 3" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "one of --account, --study and --before"),
        (("--account", ANN, "--before", "2026-01-01"), "one of --account, --study and --before"),
        (("--account", "two names"), "--account is wrong"),
        (("--before", "yesterday"), "--before is wrong"),
        (("--account", ANN, "--json"), "add --dry-run, or --yes"),
    ],
)
def test_what_is_to_go_must_be_said_once_and_well(refresh: Refresh, options: tuple[str, ...], words: str) -> None:
    result = on_stack("purge", *options)
    assert result.exit_code == ExitCode.USAGE
    assert words in result.stderr
    assert refresh.stack.invoked == []


@pytest.mark.usefixtures("refresh")
@pytest.mark.parametrize("width", [40, 120])
def test_certificates_are_listed_each_on_a_line(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.screen._WIDTH_ELSEWHERE", width)
    assert "Nothing was ever deleted" in on_stack("purge", "--certificates").stdout
    assert f" {CERTIFICATE}\n" in on_stack("purge", "--account", ANN, "--yes").stdout
    shown = on_stack("purge", "--certificates").stdout
    assert f" {CERTIFICATE}\n" in shown
    assert "2026-11-20T10:00" in shown
