"""The token as a collector gets it, with `token_refresh` behind it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from tests.integration.tokens.conftest import Stack
from tests.integration.tokens.support import InProcessLambda, token
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.errors import Fatal, Retriable, TokenUnavailable


def function(stack: Stack, clock: Clock | None = None) -> InProcessLambda:
    def handler(event: dict[str, Any], _context: object) -> Any:
        return msgspec.to_builtins(stack.refresh(clock=clock).run(event.get("rejected_version")))

    return InProcessLambda(handler)


def test_an_absent_token_is_asked_for_once_and_cached(stack: Stack) -> None:
    refresh = function(stack)
    tokens = stack.collector(refresh)
    assert [tokens.get().value.get_secret_value() for _ in range(3)] == [token(1)] * 3
    assert len(refresh.payloads) == 1


def test_a_stored_token_is_used_without_asking(stack: Stack) -> None:
    report = stack.refresh().run()
    refresh = function(stack)
    got = stack.collector(refresh).get()
    assert (got.version_id, got.expires_at, refresh.payloads) == (report.version_id, report.expires_at, [])


def test_a_token_is_replaced_shortly_before_it_expires(stack: Stack) -> None:
    tokens = stack.collector(function(stack))
    tokens.get()
    stack.clock.advance(minutes=114)
    assert tokens.get().value.get_secret_value() == token(1)
    stack.clock.advance(minutes=1)
    assert tokens.get().value.get_secret_value() == token(2)


def test_a_short_lived_token_is_used_for_most_of_its_life(stack: Stack) -> None:
    stack.server.lifetime = 60
    tokens = stack.collector(function(stack))
    tokens.get()
    stack.clock.advance(seconds=50)
    assert tokens.get().value.get_secret_value() == token(1)
    stack.clock.advance(seconds=5)
    assert tokens.get().value.get_secret_value() == token(2)


def test_two_functions_that_meet_a_401_at_once_cause_one_grant(stack: Stack) -> None:
    stack.server.seconds = 0.3
    clock = SystemClock()
    functions = [stack.collector(function(stack, clock), clock) for _ in range(2)]
    rejected = [tokens.get() for tokens in functions]
    assert stack.server.grants == 1
    jobs = [(functions[index % 2], rejected[index % 2]) for index in range(16)]
    with ThreadPoolExecutor(16) as pool:
        renewed = list(pool.map(lambda job: job[0].renew(job[1]), jobs))
    assert stack.server.grants == 2
    assert {each.value.get_secret_value() for each in renewed} == {token(2)}


def test_a_token_that_another_function_renewed_is_simply_used(stack: Stack) -> None:
    refresh = function(stack)
    tokens = stack.collector(refresh)
    rejected = tokens.get()
    newer = stack.refresh().run(rejected.version_id)
    assert tokens.renew(rejected).version_id == newer.version_id
    assert len(refresh.payloads) == 1


def test_a_failure_that_a_person_must_mend_comes_through_with_its_sentence(stack: Stack) -> None:
    stack.server.refuse("invalid_client", description="Client key or secret is incorrect.")
    with pytest.raises(Fatal, match=r"invalid_client: Client key or secret is incorrect\."):
        stack.collector(function(stack)).get()


def test_a_failure_that_may_pass_is_retriable_and_says_why(stack: Stack) -> None:
    stack.server.answers = [(500, b"oops")] * 2
    with pytest.raises(TokenUnavailable, match="answered 500"):
        stack.collector(function(stack)).get()


def test_the_words_of_an_unexpected_failure_are_not_passed_on(stack: Stack) -> None:
    def handler(_event: dict[str, Any], _context: object) -> Any:
        raise KeyError("clt.very-secret")

    with pytest.raises(TokenUnavailable) as caught:
        stack.collector(InProcessLambda(handler)).get()
    assert str(caught.value) == "token_refresh failed unexpectedly; look at its log."


@pytest.mark.parametrize("report", [None, [], {"version": 1}, "text"])
def test_an_answer_that_is_no_report_is_retriable(stack: Stack, report: object) -> None:
    with pytest.raises(TokenUnavailable, match="not its report"):
        stack.collector(InProcessLambda(lambda _event, _context: report)).get()


def test_a_version_that_is_not_readable_is_retriable(stack: Stack) -> None:
    report = {"version_id": "0" * 32, "expires_at": "2026-11-20T14:00:00Z", "refreshed": True}
    with pytest.raises(Retriable, match="cannot be read yet"):
        stack.collector(InProcessLambda(lambda _event, _context: report)).get()
