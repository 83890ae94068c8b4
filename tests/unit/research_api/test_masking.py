"""Error messages without personal data."""

from typing import Any

import pytest

from tests.unit.research_api.support import LOG_ID, answer, error_body
from tiktok_collector.errors import Retriable
from tiktok_collector.research_api.answers import Explanation, explain
from tiktok_collector.research_api.masking import MAX_MESSAGE, mask


@pytest.mark.parametrize(
    ("message", "request_body", "masked"),
    [
        (
            "`username: someone` is invalid: cannot find the user",
            {"username": "someone"},
            "`username: …` is invalid: cannot find the user",
        ),
        ("`username: renamed.since` is invalid", {}, "`username: …` is invalid"),
        ("Search Id 7354367454467855403 is invalid or expired", {}, "Search Id … is invalid or expired"),
        ("no user SomeOne here", {"username": "someone"}, "no user … here"),
        ("cannot find a", {"username": "a"}, "cannot find …"),
        ("x.y_z, z", {"username": "x.y_z"}, "…, z"),
        ("bad value 42", {"max_count": 42, "is_random": True, "cursor": None}, "bad value …"),
        (
            "value ann or anna in true",
            {"query": {"and": [{"field_name": "username", "field_values": ["ann", "anna"]}]}},
            "value … or … in true",
        ),
        ("line\nbreak\x00nul", {}, "line break nul"),
        ("nothing to hide", {"username": ""}, "nothing to hide"),
        ("a (b) c", {"username": "(b)"}, "a … c"),
    ],
)
def test_values_of_the_request_and_ids_are_masked(message: str, request_body: dict[str, Any], masked: str) -> None:
    assert mask(message, request_body) == masked


def test_a_long_message_is_cut() -> None:
    assert len(mask("word " * 1000, {})) == MAX_MESSAGE


def test_explaining_an_answer() -> None:
    body = error_body("invalid_params", "`username: someone` is invalid: cannot find the user")
    assert explain(answer(400, body, request={"username": "someone"})) == Explanation(
        error_code="invalid_params", error_message="`username: …` is invalid: cannot find the user", log_id=LOG_ID
    )


def test_explaining_a_success() -> None:
    assert explain(answer(200, error_body("ok", data={}))) == Explanation("ok", None, LOG_ID)


def test_explaining_what_is_no_answer_of_the_api() -> None:
    assert explain(answer(504, b"<html>someone</html>")) == Explanation("not_json", "HTML instead of JSON", None)


def test_explaining_that_there_was_no_answer() -> None:
    error = Retriable("example.org: connection lost", fate_known=False)
    assert explain(error) == Explanation("Retriable", "example.org: connection lost", None)


def test_a_code_is_masked_too() -> None:
    assert explain(answer(400, error_body("7354367454467855403"))).error_code == "…"
