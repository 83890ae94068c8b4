"""What CloudWatch would make of metrics: reads EMF lines, and finds the state of a translated template's alarm."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

STACK = "stack-a"
_COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Maximum": max,
    "Minimum": min,
    "Sum": sum,
    "SampleCount": len,
}


@dataclass(frozen=True, slots=True)
class Series:
    """What CloudWatch tells one metric from another by."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


def series_of(alarm: Mapping[str, Any]) -> Series:
    """The series that an alarm watches, in the stack `STACK`."""
    dimensions = {(each["Name"], resolved(each["Value"])) for each in alarm.get("Dimensions", [])}
    return Series(resolved(alarm["Namespace"]), alarm["MetricName"], frozenset(dimensions))


def emitted(text: str) -> dict[Series, list[float]]:
    """The values in EMF lines by series, as CloudWatch extracts them; other lines are passed over."""
    found: dict[Series, list[float]] = {}
    for line in text.splitlines():
        event = json.loads(line) if line.startswith("{") else {}
        for directive in event.get("_aws", {}).get("CloudWatchMetrics", []):
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, event[name]) for name in names)
                for metric in directive["Metrics"]:
                    value = event[metric["Name"]]
                    series = Series(directive["Namespace"], metric["Name"], dimensions)
                    found.setdefault(series, []).extend(value if isinstance(value, list) else [value])
    return found


def state(alarm: Mapping[str, Any], periods: Sequence[Sequence[float]]) -> str:
    """The alarm's state after the values of the last periods, oldest first; no value is missing data.

    `kept` is whatever state it had before.
    """
    wanted = alarm["EvaluationPeriods"]
    window = list(periods)[-wanted:]
    window = [()] * (wanted - len(window)) + window
    if not any(window) and alarm["TreatMissingData"] == "ignore":
        return "kept"
    return "ALARM" if all(_breaching(alarm, values) for values in window) else "OK"


def _breaching(alarm: Mapping[str, Any], values: Sequence[float]) -> bool:
    if not values:
        return bool(alarm["TreatMissingData"] == "breaching")
    value = _STATISTICS[alarm["Statistic"]](values)
    return bool(_COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"]))


def resolved(value: Any) -> str:
    """A value of the template as text; of a resource's attribute, the reference itself."""
    if isinstance(value, str):
        return value
    if value == {"Ref": "AWS::StackName"}:
        return STACK
    if "Fn::Sub" in value:
        return str(value["Fn::Sub"]).replace("${AWS::StackName}", STACK)
    return json.dumps(value)
