import json
from typing import Any

import pytest

from cli.function_logs import LogLine, line_of
from cli.logs import picture

OVER = "The function's time was over."


def line(message: Any) -> LogLine:
    text = message if isinstance(message, str) else json.dumps(message)
    return line_of("video_search", {"timestamp": 1_795_000_000_123, "message": text})


@pytest.mark.parametrize(
    ("message", "level", "said", "failure"),
    [
        ({"level": "INFO", "message": "page", "run_id": "r"}, "INFO", "page", False),
        ({"level": "ERROR", "message": "No table."}, "ERROR", "No table.", True),
        ({"level": "ERROR", "errorMessage": "No module.", "stackTrace": []}, "ERROR", "No module.", True),
        ({"level": "INFO", "message": {"a": 1}}, "INFO", '{"a": 1}', False),
        ({"type": "platform.report", "record": {"status": "success"}}, "PLATFORM", "platform.report", False),
        (
            {"type": "platform.report", "record": {"status": "timeout"}},
            "PLATFORM",
            "The function's time was over.",
            True,
        ),
        ({"type": "platform.report", "record": {"status": "error"}}, "PLATFORM", "platform.report", True),
        ({"_aws": {"Timestamp": 1}, "Gaps": [0]}, "PLATFORM", "metrics", False),
        ("REPORT RequestId: 1 Duration: 2 ms", "PLATFORM", "REPORT RequestId: 1 Duration: 2 ms", False),
        ("2026-11-21 Task timed out after 900.00 seconds\n", "PLATFORM", OVER, True),
        ("[1, 2]", "INFO", "[1, 2]", False),
        ("plain", "INFO", "plain", False),
    ],
)
def test_every_form_of_a_line_is_understood(message: Any, level: str, said: str, *, failure: bool) -> None:
    found = line(message)
    assert (found.level, found.message, found.is_failure) == (level, said, failure)
    assert found.at.isoformat() == "2026-11-18T11:06:40.123000+00:00"


def test_what_tells_one_page_from_another_stands_beside_the_message() -> None:
    shown = picture(line({"level": "INFO", "message": "page [red]", "run_id": "r", "page": 3, "latency_ms": 5})).plain
    assert shown.endswith("page [red]  run_id=r page=3")
