from datetime import UTC, datetime
from io import StringIO
from typing import Any

from rich.console import Console

from local_cloud.quota_today import FamilyUsage
from local_cloud.report import print_accounts, print_quota, print_strangers
from local_cloud.results import AccountResult, account_result

PROFILES = (("someone", "yes"), ("typo", "unknown"))


def stream(name: str, rows: int = 0, **more: Any) -> dict[str, Any]:
    return {"stream": name, "state": "done", "complete": True, "rows": rows, "requests": 1, **more}


def report(*streams: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "username": "someone",
        "complete": all(each["complete"] for each in streams),
        "requests": len(streams),
        "observation": None,
        "export": "exports/x.json",
        "rows": {},
        "streams": list(streams),
        **more,
    }


def shown(*results: AccountResult) -> str:
    console = Console(file=StringIO(), width=160, color_system=None)
    print_accounts(console, results)
    text = console.file
    assert isinstance(text, StringIO)
    return text.getvalue()


def row_of(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if name in line]
    return line.split()


def test_rows_are_those_of_the_export_and_else_of_the_streams() -> None:
    result = account_result(
        report(stream("videos", 52), stream("videos", 10), stream("liked", 7), rows={"videos": 60, "duplicates": 2})
    )
    assert result.rows == {"videos": 60, "liked_videos": 7}


def test_what_was_not_asked_for_or_skipped_has_no_number() -> None:
    streams = [stream("profile", 0, observation="private"), stream("videos", state="skipped")]
    result = account_result(report(*streams, observation="private"))
    assert result.profile == "private"
    assert result.rows == {}
    assert row_of(shown(result), "someone") == ["someone", "private", "skipped", *["-"] * 6, "2", "yes"]


def test_what_is_not_finished_is_told_apart_from_what_was_not_asked_for() -> None:
    unfinished = AccountResult("someone", 3, complete=False, reason="rests", pending=frozenset({"profile", "videos"}))
    text = shown(unfinished)
    assert row_of(text, "someone") == ["someone", "…", "…", *["-"] * 6, "3", "no:", "rests"]
    assert "… not finished yet, - not asked for" in text
    assert "not finished yet" not in shown(account_result(report(stream("profile", 1))))


def test_accounts_that_the_sandbox_does_not_know_are_named() -> None:
    known, stranger = (AccountResult(name, 1, complete=True, profile=said) for name, said in PROFILES)
    console = Console(file=StringIO(), width=160, color_system=None)
    print_strangers(console, [known])
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == ""
    print_strangers(console, [known, stranger])
    assert "does not know typo: docs/sandbox.md" in console.file.getvalue()
    assert "someone" not in console.file.getvalue()


def test_rows_of_one_account_say_of_which_run_they_are() -> None:
    old, new = (account_result(report(stream("videos", 1)), f"2026-11-{day}T16:03:12.297Z") for day in (19, 20))
    waiting = AccountResult("someone", 0, complete=False, reason="rests")
    other = account_result(report(stream("videos", 1), username="other"), "2026-11-20T16:03:12Z")
    text = shown(old, new, waiting, other)
    for mark in ("run of 2026-11-19 16:03:12", "run of 2026-11-20 16:03:12", "run not started"):
        assert text.count(mark) == 1
    assert row_of(text, "other")[:2] == ["other", "-"]


def test_a_hidden_list_says_so() -> None:
    streams = [stream("profile", 1), stream("liked", 0, observation="hidden"), stream("videos", 1234)]
    cells = row_of(shown(account_result(report(*streams))), "someone")
    assert cells == ["someone", "yes", "1,234", "-", "-", "-", "hidden", "-", "-", "3", "yes"]


def test_gaps_are_counted_with_their_reasons() -> None:
    gap = {"reason": "comments_capped"}
    result = account_result(report(stream("comments", 9, complete=False, gaps=[gap, gap]), stream("videos", 1)))
    assert not result.complete
    assert result.reason == "comments: comments_capped x2"
    assert "no: comments: comments_capped x2" in shown(result)


def test_an_incomplete_account_without_a_reason_is_called_out() -> None:
    assert "no reason is recorded" in shown(AccountResult("someone", 0, complete=False))


def test_a_terminal_does_not_obey_a_username() -> None:
    text = shown(AccountResult("a\x00b\x1b[31m[red]c", 0, complete=True))
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\\x00" in text
    assert "[red]c" in text


def test_the_quota_shows_both_counts_and_what_nobody_knows() -> None:
    console = Console(file=StringIO(), width=160, color_system=None)
    day = datetime(2026, 11, 20, tzinfo=UTC).date().isoformat()
    print_quota(
        console,
        [
            FamilyUsage(day, "research", used=96, limit=1000, unknown=2, served=95),
            FamilyUsage(day, "followers", used=5, limit=20_000, unknown=0, served=None),
        ],
    )
    assert isinstance(console.file, StringIO)
    research, followers = console.file.getvalue().splitlines()
    assert "96 of  1,000" in research
    assert "the sandbox counted 95" in research
    assert "2 of unknown fate" in research
    assert "sandbox" not in followers
    assert "unknown" not in followers
