from datetime import UTC, datetime
from typing import Any

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import checkout
from local_cloud.orders import read_event
from local_cloud.validation import check_events

NOW = datetime(2026, 11, 20, 16, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"usernames": ["fine", "a b"]}, "ACCOUNTS is wrong: entry 2: 'a b'"),
        ({"usernames": ["a"], "include": ["profile", "vidoes"]}, "INCLUDE is wrong: entry 2:"),
        ({"usernames": ["a"], "include": ["comments"]}, "Comments are collected for the videos of the period: add vid"),
        ({"usernames": ["a"], "start_date": "2024-13-01", "end_date": "2024-12-01"}, "START is wrong: '2024-13-01'"),
        ({"usernames": ["a"], "start_date": "2024-02-01", "end_date": "soon"}, "END is wrong: 'soon'"),
        ({"usernames": ["a"], "start_date": "2024-02-01", "end_date": "2024-01-01"}, "END 2024-01-01 is before START"),
        ({"usernames": ["a"], "start_date": "2024-02-01", "end_date": "2034-01-01"}, "END 2034-01-01 is in the future"),
        ({"usernames": ["a"], "start_date": "2004-02-01", "end_date": "2014-01-01"}, "START 2004-02-01 is before Tik"),
    ],
)
def test_a_mistake_is_one_sentence_about_the_variable_of_make(event: dict[str, Any], says: str) -> None:
    with pytest.raises(LocalCloudError) as caught:
        check_events([{"usernames": ["a"]}, event], NOW)
    sentence = str(caught.value)
    assert sentence.startswith(says)
    assert sentence.endswith(".")
    assert not any(field in sentence for field in ("usernames", "include", "start_date", "end_date", "\n"))


def test_the_samples_pass() -> None:
    samples = sorted((checkout() / "events").glob("sample_*.json"))
    assert len(samples) == 3
    check_events([read_event(path) for path in samples], NOW)
