"""`quota`, `runs` and `logs`: whole commands against a stack in moto."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack

TALLY = {"requests": 40, "ok": 38, "failed": 2, "refused": 0, "unknown": 0, "wasted": 3, "records": 380}
RESEARCH = {
    "family": "research",
    "limit": 1000,
    "used": 42,
    "remaining": 958,
    "unknown": 2,
    "paused_until": None,
    "closed_until": None,
    "by_class": {"adhoc": 42},
    "by_endpoint": {"video_query": TALLY | {"records_per_request": 9.5}},
    "by_collection": {"climate": TALLY | {"requests": 20.5, "records_per_request": 18.5}},
}
FOLLOWERS = {**RESEARCH, "family": "followers", "limit": 20000, "used": 0, "unknown": 0, "by_endpoint": {}}
FORECAST = {
    "family": "research",
    "limit": 1000,
    "used": 42,
    "open_tasks": 900,
    "planned_left": 100,
    "at_midnight": 1000,
    "over": 42,
    "complete": True,
}


@pytest.fixture
def report(stack: MotoStack) -> dict[str, object]:
    now = datetime.now(UTC)
    found: dict[str, object] = {
        "day": now.date().isoformat(),
        "at": now.isoformat(),
        "families": [RESEARCH, FOLLOWERS],
        "forecasts": [FORECAST],
    }
    stack.functions["quota_accounting"] = lambda _: found
    return found


def test_the_quota_asks_the_accountant_and_reconciles_nothing(stack: MotoStack, report: dict[str, object]) -> None:
    assert as_json("quota")["report"] == report
    assert stack.invoked == [("quota_accounting", {"reconcile": False})]


@pytest.mark.usefixtures("report")
def test_the_quota_screen_has_bars_forecast_tables_and_the_plot(stack: MotoStack) -> None:
    today = datetime.now(UTC).date()
    lines = [
        {"day": (today - timedelta(days=number)).isoformat(), "family": "research", "used": 10 * number}
        for number in range(1, 31)
    ]
    stack.put("usage/history.json", {"version": 1, "lines": lines})
    screen = on_stack("quota").stdout
    for shown in (
        "42 of 1,000",
        "about 1,000 at midnight",
        "900 open tasks and 100 planned requests",
        "42 requests will not fit today",
        "2 requests of unknown fate",
        "by collection",
        "climate",
        "20.5",
        "the last 30 days and today",
        f"{today:%m-%d}",
    ):
        assert shown in screen
    assert "climate" not in on_stack("quota", "--by", "endpoint").stdout
    assert "video_query" in on_stack("quota", "--by", "endpoint", "--by", "work").stdout
    assert "the last 30 days" not in on_stack("quota", "--no-days").stdout


def test_a_stack_of_an_earlier_version_has_no_forecast(report: dict[str, object]) -> None:
    del report["forecasts"]
    result = on_stack("quota")
    assert result.exit_code == 0
    assert "midnight" not in result.stdout


def test_runs_lists_what_is_open_and_what_has_ended(stack: MotoStack) -> None:
    stack.put_run("open-1", event={"name": "climate", "start_date": "2026-08-01", "end_date": "2026-10-31"})
    for number in range(3):
        stack.put_manifest(f"ended-{number}", accounts=[{"username": "someone", "requests": 3, "streams": []}])
    found = as_json("runs", "--last", "2")["runs"]
    assert [each["state"] for each in found] == ["running", "complete", "complete"]
    assert [each["about"] for each in found] == ["search climate", "someone", "someone"]
    (one,) = as_json("runs", "ended-0")["runs"]
    assert one["requests"] == 3
    assert as_json("runs", "open-1")["runs"][0]["state"] == "running"
    assert "ended-2" in on_stack("runs").stdout


def test_the_logs_of_all_functions_stand_in_their_order(stack: MotoStack) -> None:
    page = {"level": "INFO", "message": "page", "run_id": "r1", "page": 3}
    stack.log("VideoSearch", page, ago=timedelta(minutes=3))
    stack.log("TokenRefresh", {"level": "WARNING", "message": "waits"}, ago=timedelta(minutes=2))
    stack.log("VideoSearch", {"type": "platform.start", "record": {}}, ago=timedelta(minutes=1))
    stack.log("VideoSearch", {"type": "platform.report", "record": {"status": "timeout"}}, ago=timedelta(minutes=1))
    stack.log("VideoSearch", {"_aws": {}, "service": "x"}, ago=timedelta(minutes=1))
    stack.log("VideoSearch", {"level": "INFO", "message": "long ago"}, ago=timedelta(hours=30))

    def said(*options: str) -> list[str]:
        return [line["message"] for line in as_json("logs", *options)["lines"]]

    over = "The function's time was over."
    assert said() == ["page", "waits", over]
    assert said("-n", "2") == ["waits", over]
    assert said("video_search") == ["page", over]
    assert said("--run", "r1") == ["page"]
    assert said("--level", "warning") == ["waits", over]
    assert said("--since", "2d")[0] == "long ago"
    assert set(said("--platform")) == {"page", "waits", over, "platform.start", "metrics"}
    assert "run_id=r1 page=3" in on_stack("logs").stdout
