import json
from datetime import UTC, datetime, time
from itertools import pairwise
from typing import Any

import pytest

from tests.template.schedules import next_times, times_of_day
from tests.template.statements import Resources, of_type
from tiktok_collector.events.study import StudyEvent
from tiktok_collector.events.token_refresh import TokenRefreshEvent

LATE = datetime(2026, 11, 20, 23, 48, tzinfo=UTC)
NEXT_FIVE = {
    "TokenRefreshFunction": ["20 23:50", "21 00:50", "21 01:50", "21 02:50", "21 03:50"],
    "UserExtractionFunction": ["21 00:15", "22 00:15", "23 00:15", "24 00:15", "25 00:15"],
    "VideoSearchFunction": ["21 00:15", "22 00:15", "23 00:15", "24 00:15", "25 00:15"],
    "CollectionWorkerFunction": ["20 23:55", "21 00:05", "21 00:15", "21 00:25", "21 00:35"],
    "TrendIngestionFunction": ["21 00:20", "21 01:20", "21 02:20", "21 03:20", "21 04:20"],
    "QuotaAccountingFunction": ["21 00:07", "21 01:07", "21 02:07", "21 03:07", "21 04:07"],
    "LakeCurationFunction": ["21 04:10", "21 12:10", "21 20:10", "22 04:10", "22 12:10"],
    "DatasetImportFunction": ["21 03:25", "22 03:25", "23 03:25", "24 03:25", "25 03:25"],
    "DataRefreshFunction": ["21 04:40", "21 05:40", "21 06:40", "21 07:40", "21 08:40"],
}


def schedule_of(resources: Resources, function: str) -> dict[str, Any]:
    found = [
        each
        for each in of_type(resources, "AWS::Scheduler::Schedule").values()
        if each["Target"]["Arn"]["Fn::GetAtt"][0] == function
    ]
    assert len(found) == 1
    return found[0]


def times_of(resources: Resources, function: str) -> list[time]:
    return times_of_day(schedule_of(resources, function)["ScheduleExpression"])


def minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 hour)",
        "cron(0 * * * *)",
        "cron(0 * * * * *)",
        "cron(60 * * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 * ? * MON *)",
    ],
)
def test_the_cron_reader_refuses_what_aws_would_or_what_is_not_daily(expression: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        times_of_day(expression)


@pytest.mark.parametrize("function", NEXT_FIVE)
def test_the_next_five_times_are_those_that_are_meant(resources: Resources, function: str) -> None:
    times = next_times(schedule_of(resources, function)["ScheduleExpression"], LATE, 5)
    assert [f"{each:%d %H:%M}" for each in times] == NEXT_FIVE[function]
    assert {each.tzinfo for each in times} == {UTC}


def test_nothing_is_late_by_more_than_its_window_and_no_window_reaches_the_turn_of_the_day(
    resources: Resources,
) -> None:
    assert set(NEXT_FIVE) == set(of_type(resources, "AWS::Lambda::Function"))
    for function in NEXT_FIVE:
        schedule = schedule_of(resources, function)
        window = schedule["FlexibleTimeWindow"]
        assert window["Mode"] in {"OFF", "FLEXIBLE"}
        last = max(minutes(each) for each in times_of(resources, function))
        assert last + window.get("MaximumWindowInMinutes", 0) < 1440 - 2
        assert schedule.get("State", "ENABLED") == "ENABLED"
        assert not {"StartDate", "EndDate"} & set(schedule)


def test_every_function_has_a_schedule(resources: Resources) -> None:
    functions = set(of_type(resources, "AWS::Lambda::Function"))
    assert {schedule_of(resources, name)["Target"]["Arn"]["Fn::GetAtt"][0] for name in functions} == functions


def test_token_is_refreshed_hourly_so_that_a_two_hour_token_never_runs_out(resources: Resources) -> None:
    at = [minutes(each) for each in times_of(resources, "TokenRefreshFunction")]
    window = schedule_of(resources, "TokenRefreshFunction")["FlexibleTimeWindow"].get("MaximumWindowInMinutes", 0)
    gaps = [later - earlier for earlier, later in zip(at, [*at[1:], at[0] + 1440], strict=True)]
    assert max(gaps) + window < 120 - 10


def test_worker_ticks_every_ten_minutes_and_never_in_the_turn_of_the_day(resources: Resources) -> None:
    at = [minutes(each) for each in times_of(resources, "CollectionWorkerFunction")]
    assert {later - earlier for earlier, later in pairwise(at)} == {10}
    assert all(2 < each < 1438 for each in at)


def test_accounting_is_hourly_and_the_first_of_a_day_comes_after_the_turn(resources: Resources) -> None:
    at = times_of(resources, "QuotaAccountingFunction")
    assert len(at) == 24
    assert time(0, 2) < at[0] < time(0, 15)


@pytest.mark.parametrize("function", ["UserExtractionFunction", "VideoSearchFunction"])
def test_the_study_is_worked_soon_after_the_reset(resources: Resources, function: str) -> None:
    (at,) = times_of(resources, function)
    assert time(0, 5) <= at <= time(1, 0)
    event = StudyEvent.model_validate_json(schedule_of(resources, function)["Target"]["Input"])
    assert (event.study, event.plan_only, event.scheduled_time) == (True, False, None)


def test_other_inputs_carry_the_scheduled_time(resources: Resources) -> None:
    event = json.loads(schedule_of(resources, "TokenRefreshFunction")["Target"]["Input"])
    assert event == {"scheduled_time": "<aws.scheduler.scheduled-time>"}
    assert TokenRefreshEvent.model_validate(event).scheduled_time is None
    for function in ("CollectionWorkerFunction", "QuotaAccountingFunction"):
        assert json.loads(schedule_of(resources, function)["Target"]["Input"]) == event


def test_schedules_have_no_fixed_name_and_run_in_utc(resources: Resources) -> None:
    for schedule in of_type(resources, "AWS::Scheduler::Schedule").values():
        assert not {"Name", "GroupName"} & set(schedule)
        assert schedule["ScheduleExpressionTimezone"] == "UTC"


def test_schedules_deliver_a_few_times_only_and_keep_what_failed(resources: Resources) -> None:
    for schedule in of_type(resources, "AWS::Scheduler::Schedule").values():
        policy = schedule["Target"]["RetryPolicy"]
        assert 0 <= policy["MaximumRetryAttempts"] <= 3
        assert 60 <= policy["MaximumEventAgeInSeconds"] <= 3600
        queue = schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        assert resources[queue]["Type"] == "AWS::SQS::Queue"


def test_a_schedule_may_invoke_its_own_function_only(resources: Resources) -> None:
    for schedule in of_type(resources, "AWS::Scheduler::Schedule").values():
        role = resources[schedule["Target"]["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
        invoked = [
            statement["Resource"]
            for policy in role["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement["Action"] == "lambda:InvokeFunction"
        ]
        assert invoked == [schedule["Target"]["Arn"]]
