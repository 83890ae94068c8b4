"""The dashboard names what there is, nothing lies over anything else, and its picture is of it."""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from tests.support.docs import DOCS
from tests.template.dashboard_svg import body_of, drawn
from tests.template.statements import Resources, of_type
from tiktok_collector import throttling
from tiktok_collector.accounting.gauges import SERIES
from tiktok_collector.observability import NAMESPACE


@pytest.fixture
def widgets(template: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body_of(template)["widgets"]
    return found


def metrics_of(widgets: list[dict[str, Any]]) -> list[list[Any]]:
    return [metric for each in widgets for metric in each["properties"].get("metrics", [])]


def test_every_reference_is_to_something_that_there_is(resources: Resources) -> None:
    (dashboard,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    text, names = dashboard["DashboardBody"]["Fn::Sub"]
    known = {*resources, *names, "AWS::StackName", "AWS::Region"}
    assert {name.partition(".")[0] for name in re.findall(r"\$\{([\w:.]+)\}", text)} <= known
    assert "DashboardName" not in dashboard
    assert json.loads(text)["start"].startswith("-P")


def test_widgets_stay_within_the_grid_and_apart(widgets: list[dict[str, Any]]) -> None:
    places = [(each["x"], each["y"], each["x"] + each["width"], each["y"] + each["height"]) for each in widgets]
    assert all(left >= 0 and right <= 24 for left, _, right, _ in places)
    for one, other in combinations(places, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_it_shows_every_gauge_all_alarms_and_all_functions(resources: Resources, widgets: list[dict[str, Any]]) -> None:
    ours = {metric[1]: metric[2:4] for metric in metrics_of(widgets) if metric[0] == NAMESPACE}
    assert set(ours) == {*SERIES, throttling.METRIC}
    assert set(map(tuple, ours.values())) == {("service", "<StackName>")}
    (shown,) = [each["properties"]["alarms"] for each in widgets if each["type"] == "alarm"]
    assert sorted(shown) == sorted(f"<{name}>" for name in of_type(resources, "AWS::CloudWatch::Alarm"))
    functions = {f"<{name}>" for name in of_type(resources, "AWS::Lambda::Function")}
    for name in ("Errors", "Duration"):
        assert {metric[3] for metric in metrics_of(widgets) if metric[:2] == ["AWS/Lambda", name]} == functions
    (query,) = [each["properties"]["query"] for each in widgets if each["type"] == "log"]
    assert set(re.findall(r"SOURCE '<(\w+)>'", query)) == set(of_type(resources, "AWS::Logs::LogGroup"))


def test_it_is_one_of_those_that_cloudwatch_gives_free_of_charge(widgets: list[dict[str, Any]]) -> None:
    assert len(metrics_of(widgets)) <= 50


def test_thresholds_on_it_are_those_of_the_alarms(resources: Resources, widgets: list[dict[str, Any]]) -> None:
    thresholds = {
        alarm["MetricName"]: alarm["Threshold"] for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
    }
    drawn_at = {
        metric[1]: line["value"]
        for each in widgets
        for line in each["properties"].get("annotations", {}).get("horizontal", [])
        for metric in each["properties"]["metrics"]
        if metric[1] in {"QuotaUsedPercentBeforeNoon", "HoursSinceLastPage", "TokenMinutesLeft"}
    }
    assert drawn_at == {name: thresholds[name] for name in drawn_at}
    assert len(drawn_at) == 3


def test_the_picture_in_the_docs_is_of_this_dashboard(template: dict[str, Any]) -> None:
    again = "python -m tests.template.dashboard_svg template.yaml > docs/dashboard.svg"
    assert (DOCS / "dashboard.svg").read_text() == drawn(body_of(template)), f"draw it again: {again}"
