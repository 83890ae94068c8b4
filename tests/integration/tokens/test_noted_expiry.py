"""What who may not read the token can know of it: when it expires."""

from datetime import timedelta

import pytest

from tests.integration.tokens.conftest import Stack
from tests.integration.tokens.support import KEY, SECRET, token
from tests.support.clock import START
from tiktok_collector.errors import Fatal, MissingResource
from tiktok_collector.tokens.lease import TokenLease

TWO_HOURS = timedelta(hours=2)


def lease(stack: Stack) -> TokenLease:
    return TokenLease(stack.dynamodb, "tasks", stack.clock)


def test_the_expiry_of_each_token_is_noted_and_a_failed_grant_changes_nothing(stack: Stack) -> None:
    assert lease(stack).token_expires_at() is None
    stack.refresh().run()
    assert lease(stack).token_expires_at() == START + TWO_HOURS
    stack.clock.advance(hours=1)
    stack.server.refuse("invalid_client")
    with pytest.raises(Fatal):
        stack.refresh().run()
    assert lease(stack).token_expires_at() == START + TWO_HOURS
    stack.clock.advance(minutes=1)
    stack.refresh().run()
    assert lease(stack).token_expires_at() == START + timedelta(hours=3, minutes=1)


def test_a_refresh_that_finds_a_good_token_leaves_what_is_noted(stack: Stack) -> None:
    stack.refresh().run()
    stack.clock.advance(minutes=10)
    assert not stack.refresh().run().refreshed
    assert lease(stack).token_expires_at() == START + TWO_HOURS


def test_nothing_secret_lies_beside_the_lease(stack: Stack) -> None:
    stack.refresh().run()
    stored = str(stack.dynamodb.scan(TableName="tasks")["Items"])
    assert not [each for each in (token(1), KEY, SECRET) if each in stored]


def test_a_missing_table_is_said_in_a_sentence(stack: Stack) -> None:
    stack.dynamodb.delete_table(TableName="tasks")
    with pytest.raises(MissingResource, match="There is no table tasks"):
        lease(stack).token_expires_at()
