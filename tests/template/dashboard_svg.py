"""Draws the layout of the template's dashboard as SVG: what is where, with titles, series and thresholds; no data.

Run as `python -m tests.template.dashboard_svg template.yaml > docs/dashboard.svg`. A test holds the file against the
template.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

from tests.template.translate import translate

_UNIT_X, _UNIT_Y, _GAP, _PAD = 46, 34, 8, 14
_COLUMNS: Final = 24
_LINE: Final = 16
_COLOURS: Final = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22")
_STYLE: Final = (
    "text{font-family:system-ui,sans-serif;font-size:12px;fill:#16191f}"
    ".t{font-weight:600;font-size:13px}.h{font-weight:700;font-size:20px}.s{fill:#687078}"
    ".q{font-family:ui-monospace,monospace;font-size:11px}"
)


def body_of(template: dict[str, Any]) -> dict[str, Any]:
    """The dashboard's body, in which references to resources stand as `<name>`."""
    (dashboard,) = [each for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Dashboard"]
    text = dashboard["Properties"]["DashboardBody"]["Fn::Sub"][0]
    body: dict[str, Any] = json.loads(re.sub(r"\$\{(?:AWS::)?(\w+)(?:\.\w+)?\}", r"<\1>", text))
    return body


def drawn(body: dict[str, Any]) -> str:
    """The picture."""
    rows = max(each["y"] + each["height"] for each in body["widgets"])
    width, height = _COLUMNS * _UNIT_X + _GAP, rows * _UNIT_Y + _GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#eaeded"/>',
    ]
    for widget in body["widgets"]:
        parts += _widget(widget)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _widget(widget: dict[str, Any]) -> Iterator[str]:
    x, y = widget["x"] * _UNIT_X + _GAP, widget["y"] * _UNIT_Y + _GAP
    width, height = widget["width"] * _UNIT_X - _GAP, widget["height"] * _UNIT_Y - _GAP
    yield f'<g transform="translate({x},{y})">'
    yield f'<rect width="{width}" height="{height}" rx="4" fill="#fff" stroke="#d5dbdb"/>'
    properties = widget["properties"]
    if title := properties.get("title"):
        yield _text(_PAD, 22, title, "t")
    yield from _DRAWERS[widget["type"]](properties, width, height)
    yield "</g>"


def _heading(properties: dict[str, Any], _: int, __: int) -> Iterator[str]:
    first, *others = properties["markdown"].splitlines()
    yield _text(_PAD, 27, first.removeprefix("# "), "h")
    for number, line in enumerate(others):
        yield _text(_PAD, 47 + number * _LINE, line, "s")


def _alarms(properties: dict[str, Any], width: int, _: int) -> Iterator[str]:
    names = [name.strip("<>") for name in properties["alarms"]]
    per_row = (len(names) + 1) // 2
    each = (width - 2 * _PAD + _GAP) // per_row
    for number, name in enumerate(names):
        x, y = _PAD + number % per_row * each, 32 + number // per_row * 30
        yield f'<rect x="{x}" y="{y}" width="{each - _GAP}" height="24" rx="3" fill="#eafaf1" stroke="#1d8102"/>'
        yield _text(x + 10, y + 16, name)


def _graph(properties: dict[str, Any], width: int, height: int) -> Iterator[str]:
    labels = [metric[-1]["label"] for metric in properties["metrics"]]
    legend = _rows_of(labels, width - 2 * _PAD)
    top, bottom = 44, height - len(legend) * _LINE - 14
    every = {60: "a minute", 300: "5 minutes", 3600: "an hour"}[properties["period"]]
    yield _text(_PAD, 38, f"{properties['stat']} of {every}", "s")
    yield f'<path d="M{_PAD} {top}V{bottom}H{width - _PAD}" fill="none" stroke="#aab7b8"/>'
    for line in properties.get("annotations", {}).get("horizontal", ()):
        at = top + (bottom - top) // 3
        yield f'<path d="M{_PAD} {at}H{width - _PAD}" stroke="#d13212" stroke-dasharray="5 4"/>'
        yield _text(_PAD + 8, at - 4, f"{line['label']}: {line['value']:,}")
    number = 0
    for row, entries in enumerate(legend):
        y = bottom + 18 + row * _LINE
        for x, label in entries:
            yield f'<rect x="{_PAD + x}" y="{y - 9}" width="10" height="10" fill="{_COLOURS[number]}"/>'
            yield _text(_PAD + x + 15, y, label)
            number += 1


def _log(properties: dict[str, Any], width: int, height: int) -> Iterator[str]:
    lines = [line for part in properties["query"].split(" | ") for line in part.splitlines()]
    sources = [line.removeprefix("SOURCE ").strip("'<>") for line in lines if line.startswith("SOURCE")]
    others = [line.removeprefix("| ") for line in lines if not line.startswith("SOURCE")]
    yield f'<rect x="{_PAD}" y="34" width="{width - 2 * _PAD}" height="{height - 48}" fill="#f8f9f9" stroke="#d5dbdb"/>'
    for number, line in enumerate([f"logs: {', '.join(sources)}", *others]):
        yield _text(_PAD + 10, 56 + number * 20, line, "q")


def _rows_of(labels: Iterable[str], width: int) -> list[list[tuple[int, str]]]:
    """The legend's entries by row, each with its place in it."""
    rows: list[list[tuple[int, str]]] = [[]]
    x = 0
    for label in labels:
        needed = 30 + 7 * len(label)
        if x + needed > width and rows[-1]:
            rows.append([])
            x = 0
        rows[-1].append((x, label))
        x += needed
    return rows


def _text(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text x="{x}" y="{y}"{f' class="{kind}"' if kind else ""}>{escape(text)}</text>'


_DRAWERS: Final = {"text": _heading, "alarm": _alarms, "metric": _graph, "log": _log}


if __name__ == "__main__":
    sys.stdout.write(drawn(body_of(translate(Path(sys.argv[1])))))
