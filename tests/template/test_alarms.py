"""Each alarm against the metric that is really emitted: the same series, and the threshold on either side."""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
import pytest

from tests.support.docs import DOCS, names, table_of
from tests.template.alarm_states import STACK, Series, emitted, resolved, series_of, state
from tests.template.statements import Resources, of_type
from tiktok_collector import throttling
from tiktok_collector.accounting.gauges import SERIES, Gauges, publish
from tiktok_collector.observability import NAMESPACE, logger, metrics
from tiktok_lake.curation import report as curation
from tiktok_lake.curation.report import CurationReport
from tiktok_lake.refresh import gauges as refresh
from tiktok_lake.refresh.status import LakeStatus, RoundStatus

RUNBOOK = (DOCS / "runbook.md").read_text()
QUIET = Gauges(
    token_minutes_left=103.0,
    quota_used_percent=70.0,
    quota_used_percent_before_noon=60.0,
    hours_since_last_page=0.2,
    gaps=0,
    suspicious_zeros=0,
    schema_drift=0,
    requests_of_unknown_fate=0,
)


class Case(NamedTuple):
    """A gauge, a value that must raise the alarm, and the worst that must not."""

    gauge: str
    too_bad: float
    just_good: float


THRESHOLDS = [
    ("TokenExpires", Case("token_minutes_left", 43.0, 53.0)),
    ("TokenExpires", Case("token_minutes_left", 0.0, 45.0)),
    ("QuotaBeforeNoon", Case("quota_used_percent_before_noon", 90.1, 90.0)),
    ("GapsRecorded", Case("gaps", 1, 0)),
    ("SuspiciousZero", Case("suspicious_zeros", 1, 0)),
    ("SchemaDrifts", Case("schema_drift", 1, 0)),
    ("NothingCollected", Case("hours_since_last_page", 26.0, 25.9)),
]


@pytest.fixture
def alarms(resources: Resources) -> dict[str, dict[str, Any]]:
    return of_type(resources, "AWS::CloudWatch::Alarm")


@pytest.fixture
def emit(
    resources: Resources, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Gauges], dict[Series, list[float]]]:
    """Publishes gauges as the deployed function does; returns what CloudWatch would extract."""
    variables = resources["QuotaAccountingFunction"]["Properties"]["Environment"]["Variables"]
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", resolved(variables["POWERTOOLS_SERVICE_NAME"]))
    metrics.cache_clear()
    capsys.readouterr()

    def published(gauges: Gauges) -> dict[Series, list[float]]:
        publish(gauges, metrics())
        return emitted(capsys.readouterr().out)

    return published


def test_there_are_at_most_ten_alarms_and_ten_series_and_no_arithmetic(alarms: dict[str, Any]) -> None:
    assert len(alarms) == 10
    assert len({*SERIES, throttling.METRIC, "FunctionErrors"}) <= 10
    assert not [name for name, alarm in alarms.items() if "Metrics" in alarm]


@pytest.mark.parametrize(("name", "case"), THRESHOLDS)
def test_an_alarm_watches_the_emitted_series_and_tells_bad_from_good(
    alarms: dict[str, Any],
    emit: Callable[[Gauges], dict[Series, list[float]]],
    name: str,
    case: Case,
) -> None:
    alarm = alarms[name]
    for value, expected in ((case.too_bad, "ALARM"), (case.just_good, "OK")):
        values = emit(msgspec.structs.replace(QUIET, **{case.gauge: value}))
        assert state(alarm, [values[series_of(alarm)]]) == expected
    quiet = emit(QUIET)
    assert state(alarm, [quiet[series_of(alarm)]]) == "OK"
    assert state(alarm, [[]]) == "kept"


def test_a_quiet_hour_and_one_of_a_new_stack_raise_no_alarm_on_gauges(
    alarms: dict[str, Any], emit: Callable[[Gauges], dict[Series, list[float]]]
) -> None:
    for gauges in (QUIET, msgspec.structs.replace(QUIET, token_minutes_left=None)):
        values = emit(gauges)
        states = {name: state(alarm, [values.get(series_of(alarm), ())] * 3) for name, alarm in alarms.items()}
        assert "ALARM" not in states.values()


def test_a_silent_accountant_is_noticed_after_three_hours_and_one_missed_hour_is_not(
    alarms: dict[str, Any], emit: Callable[[Gauges], dict[Series, list[float]]]
) -> None:
    alarm = alarms["AccountantSilent"]
    hour = emit(QUIET)[series_of(alarm)]
    assert state(alarm, [hour, [], [], []]) == "ALARM"
    assert state(alarm, [hour, [], []]) == "OK"
    assert state(alarm, [[], [], hour]) == "OK"


@pytest.mark.usefixtures("emit")
@pytest.mark.parametrize(("throttled", "expected"), [(10, "ALARM"), (9, "OK"), (0, "OK")])
def test_throttled_requests_of_any_function_raise_the_alarm(
    alarms: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    throttled: int,
    expected: str,
) -> None:
    alarm = alarms["TablesThrottled"]
    refusal = (None, {"Error": {"Code": "ProvisionedThroughputExceededException"}})
    for _ in range(throttled):
        throttling.throttles()._note(response=refusal)
    throttling.tell(logger("test"))
    assert state(alarm, [emitted(capsys.readouterr().out).get(series_of(alarm), ())]) == expected


def test_every_function_emits_under_the_name_of_the_stack(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert resolved(function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]) == STACK


def report(status: str) -> dict[str, Any]:
    """Lambda's own report of an invocation, in its JSON log format."""
    return {
        "time": "2026-11-20T12:07:01.000Z",
        "type": "platform.report",
        "record": {"requestId": "1", "metrics": {"durationMs": 900_000.0, "maxMemoryUsedMB": 200}, "status": status},
    }


@pytest.mark.parametrize(
    ("event", "counted"),
    [
        (report("success"), False),
        (report("error"), True),
        (report("timeout"), True),
        (report("failure"), True),
        ({"level": "ERROR", "message": "one sentence", "service": "video_search"}, False),
        ({"type": "platform.start", "record": {"requestId": "1"}}, False),
    ],
)
def test_errors_and_time_outs_of_every_function_are_counted_once(
    resources: Resources, alarms: dict[str, Any], event: dict[str, Any], *, counted: bool
) -> None:
    alarm = alarms["FunctionsFail"]
    filters = of_type(resources, "AWS::Logs::MetricFilter")
    groups = [each["LogGroupName"]["Ref"] for each in filters.values()]
    assert sorted(groups) == sorted(of_type(resources, "AWS::Logs::LogGroup"))
    for each in filters.values():
        (made,) = each["MetricTransformations"]
        assert (resolved(made["MetricNamespace"]), made["MetricName"]) == (
            series_of(alarm).namespace,
            alarm["MetricName"],
        )
        assert "Dimensions" not in made
        assert matches(each["FilterPattern"], event) is counted
        values = [float(made["MetricValue"])] if matches(each["FilterPattern"], event) else []
        assert state(alarm, [values]) == ("ALARM" if counted else "OK")
    assert not series_of(alarm).dimensions
    assert STACK in series_of(alarm).namespace


def test_credentials_that_are_refused_while_older_ones_work_are_counted_as_well(resources: Resources) -> None:
    told = {"level": "ERROR", "message": "one sentence", "client_refused": True}
    filters = of_type(resources, "AWS::Logs::MetricFilter").values()
    counting = [each["LogGroupName"]["Ref"] for each in filters if matches(each["FilterPattern"], told)]
    assert counting == ["TokenRefreshLog"]


class Said:
    """A log that keeps its lines as Lambda writes them."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def warning(self, message: str, *, extra: dict[str, Any]) -> None:
        self.lines.append({"level": "WARNING", "message": message, **extra})


def test_pages_that_are_left_and_checks_that_are_late_or_held_are_counted_as_well(resources: Resources) -> None:
    filters = of_type(resources, "AWS::Logs::MetricFilter").values()
    held = RoundStatus(run_id="r", began_at="", phase="", asked={}, answered=(1, 1), held=["why"], held_until="")
    said: Any = Said()
    curation.tell(CurationReport(left=0, waiting=9), said)
    refresh.tell(LakeStatus(due={"videos": 9}), said)
    assert said.lines == []
    curation.tell(CurationReport(left=1), said)
    refresh.tell(LakeStatus(late={"comments": 3}), said)
    refresh.tell(LakeStatus(rounds=[held]), said)
    assert len(said.lines) == 3
    for line in said.lines:
        counting = [each["LogGroupName"]["Ref"] for each in filters if matches(each["FilterPattern"], line)]
        assert sorted(counting) == ["DataRefreshLog", "LakeCurationLog"]


def matches(pattern: str, event: dict[str, Any]) -> bool:
    """Whether a JSON filter pattern takes the event: comparisons joined by && and ||; what is absent fails."""
    choices = pattern.strip("{} ").split("||")
    return any(all(_holds(term, event) for term in choice.strip("() ").split("&&")) for choice in choices)


def _holds(term: str, event: dict[str, Any]) -> bool:
    found = re.fullmatch(r'\s*\$((?:\.\w+)+) (?:IS (TRUE)|(=|!=) "([^"]*)")\s*', term)
    assert found, f"{term} is more than this test understands"
    value: Any = event
    for part in found[1].strip(".").split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if found[2]:
        return value is True
    return value is not None and (value == found[4]) is (found[3] == "=")


@pytest.mark.parametrize(("waiting", "expected"), [([0.0], "OK"), ([1.0], "ALARM"), ([], "OK")])
def test_a_dead_letter_raises_the_alarm_until_it_is_taken(
    alarms: dict[str, Any], waiting: list[float], expected: str
) -> None:
    alarm = alarms["DeadLetters"]
    (queue,) = alarm["Dimensions"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/SQS", "ApproximateNumberOfMessagesVisible")
    assert queue == {"Name": "QueueName", "Value": {"Fn::GetAtt": ["FailedEvents", "QueueName"]}}
    assert state(alarm, [waiting]) == expected


def test_alarms_go_to_one_topic_that_cloudwatch_alone_may_publish_to(
    resources: Resources, alarms: dict[str, Any]
) -> None:
    (name,) = of_type(resources, "AWS::SNS::Topic")
    assert all(alarm["AlarmActions"] == [{"Ref": name}] for alarm in alarms.values())
    assert all("AlarmName" not in alarm for alarm in alarms.values())
    (policy,) = of_type(resources, "AWS::SNS::TopicPolicy").values()
    (statement,) = [each for each in policy["PolicyDocument"]["Statement"] if each.get("Effect") == "Allow"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":${AWS::AccountId}:alarm:*")


def test_mail_is_optional(template: dict[str, Any], resources: Resources) -> None:
    ((name, mail),) = of_type(resources, "AWS::SNS::Subscription").items()
    assert resources[name]["Condition"] == "MailAlarms"
    assert (mail["Protocol"], mail["Endpoint"]) == ("email", {"Ref": "AlarmEmail"})
    parameter = template["Parameters"]["AlarmEmail"]
    assert parameter["Default"] == ""
    for good in ("", "data@example.org"):
        assert re.fullmatch(parameter["AllowedPattern"], good)
    for bad in ("data", "a b@example.org", "data@example"):
        assert not re.fullmatch(parameter["AllowedPattern"], bad)


def test_each_alarm_links_to_a_paragraph_of_the_runbook_of_its_own(alarms: dict[str, Any]) -> None:
    anchors = {
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-"): heading
        for heading in re.findall(r"^### (.+)$", RUNBOOK, re.MULTILINE)
    }
    linked = []
    for name, alarm in alarms.items():
        link = re.search(r"What to do: docs/runbook\.md#([a-z0-9-]+)$", alarm["AlarmDescription"])
        assert link, name
        heading = anchors[link[1]]
        paragraph = RUNBOOK.partition(f"### {heading}\n")[2].partition("\n#")[0]
        assert f"`{name}`" in paragraph
        assert "**What to do.**" in paragraph
        linked.append(link[1])
    assert sorted(linked) == sorted(anchors)


def test_the_table_of_metrics_has_every_series_and_no_other(alarms: dict[str, Any]) -> None:
    table = table_of(RUNBOOK, "## Metrics", "metric")
    assert names(table) == [*SERIES, throttling.METRIC, "FunctionErrors"]
    with_alarm = {alarm["MetricName"] for alarm in alarms.values() if NAMESPACE in json.dumps(alarm["Namespace"])}
    assert with_alarm <= set(names(table))
