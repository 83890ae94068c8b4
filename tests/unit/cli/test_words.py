from datetime import UTC, datetime, timedelta

import pytest

from cli.words import ago, clockwork, shortened, until

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("cron(50 * * * ? *)", "hourly :50"),
        ("cron(15 0 * * ? *)", "daily 00:15"),
        ("cron(5/10 * * * ? *)", "every 10 min from :05"),
        ("cron(0 8 1 * ? *)", "cron(0 8 1 * ? *)"),
        ("rate(5 minutes)", "rate(5 minutes)"),
    ],
)
def test_simple_schedules_are_said_in_words(expression: str, words: str) -> None:
    assert clockwork(expression) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5 s ago"), (60, "1 min ago"), (7_199, "119 min ago"), (7_200, "2 h ago"), (172_800, "2 d ago")],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_what_is_due_is_now() -> None:
    assert until(NOW, NOW) == "now"
    assert until(NOW + timedelta(hours=3), NOW) == "in 3 h"


def test_a_shortened_text_is_one_line_and_commands_nothing() -> None:
    assert shortened("a\n  b\x1b[2J", 40) == "a b\\x1b[2J"
    assert len(shortened("x" * 100, 10)) == 10
