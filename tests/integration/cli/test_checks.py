"""`study status`, and a line of `status`: how the terms are kept."""

import pytest

from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_lake.keys import STATUS

KEPT = {
    "at": "2026-12-02T05:00:00.000Z",
    "interval_days": 15,
    "due": {"videos": 12_000, "comments": 0},
    "late": {"videos": 3},
    "requests_today": [9, 200],
    "no_access_since": "2026-12-01T05:00:00.000Z",
    "rounds": [
        {
            "run_id": "data-refresh-20261202-1",
            "began_at": "2026-12-02T05:00:00.000Z",
            "phase": "held",
            "asked": {"comments": 15},
            "answered": [2, 2],
            "held": ["15 of 15 comments were said to be gone."],
            "held_until": "2026-12-05T05:00:00.000Z",
        }
    ],
    "deletions": [
        {
            "run_id": "data-refresh-20261120-1",
            "rule": "refresh",
            "ended_at": "2026-11-20T06:00:00.000Z",
            "checked": {"videos": 400},
            "ids": {"videos": 7},
            "rows": {},
            "certificate": "reports/deletions/dt=2026-11-20/data-refresh-20261120-1.json",
        }
    ],
}


@pytest.mark.usefixtures("stack")
def test_before_the_first_check_nothing_is_known() -> None:
    assert "Nothing was checked yet" in on_stack("study", "status").stdout


def test_what_is_due_late_held_and_deleted_is_shown(stack: MotoStack) -> None:
    stack.put(STATUS, KEPT)
    shown = " ".join(on_stack("study", "status").stdout.split())
    assert "late: 3 videos, due: 12,000 videos" in shown
    assert "9 of the 200 requests" in shown
    assert "no access to Batch Compliance since 12-01" in shown
    assert 'not believed: 15 of 15 comments were said to be gone. send {"believe": "data-refresh-20261202-1"}' in shown
    assert "refresh 400 videos 7 videos" in shown


def test_a_certificate_can_be_copied_from_a_narrow_screen(stack: MotoStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.screen._WIDTH_ELSEWHERE", 40)
    stack.put(STATUS, KEPT)
    assert "  reports/deletions/dt=2026-11-20/data-refresh-20261120-1.json\n" in on_stack("study", "status").stdout


def test_a_script_gets_all_of_it(stack: MotoStack) -> None:
    stack.put(STATUS, KEPT)
    found = as_json("study", "status")
    assert (found["due"], found["late"]) == (KEPT["due"], KEPT["late"])
    assert found["deletions"] == KEPT["deletions"]


def test_a_damaged_status_is_none(stack: MotoStack) -> None:
    stack.s3.put_object(Bucket="lake", Key=STATUS, Body=b"{")
    assert "Nothing was checked yet" in on_stack("study", "status").stdout


def test_the_status_of_the_stack_says_what_is_late_or_not_believed(stack: MotoStack) -> None:
    stack.put(STATUS, KEPT | {"late": {}, "rounds": []})
    assert "checks:" not in on_stack("status").stdout
    stack.put(STATUS, KEPT)
    assert "checks: late: 3 videos, 1 round not believed (see" in on_stack("status").stdout
    found = as_json("status")
    assert (found["checks_late"], found["checks_held"]) == ({"videos": 3}, ["data-refresh-20261202-1"])
