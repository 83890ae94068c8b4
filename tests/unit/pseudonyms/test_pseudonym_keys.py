"""The key of pseudonyms, read from its secret."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tiktok_collector.errors import MissingResource
from tiktok_collector.pseudonyms.keys import MIN_LENGTH, PseudonymKeys
from tiktok_collector.tokens.secret_store import SecretStore

KEY = "one-of-many-keys-" + "x" * 30


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="eu-west-1")


def keys_of(secrets: Any, name: str = "key") -> PseudonymKeys:
    return PseudonymKeys(SecretStore(secrets, name))


def test_the_key_is_read_once_without_the_space_around_it(secrets: Any) -> None:
    secrets.create_secret(Name="key", SecretString=f"{KEY}\n")
    keys = keys_of(secrets)
    first = keys.current()
    assert first.value.get_secret_value() == KEY
    secrets.put_secret_value(SecretId="key", SecretString="y" * 40)
    assert keys.current() == first
    assert KEY not in repr(first)


def test_a_file_is_ended_with_the_version_that_it_was_begun_with(secrets: Any) -> None:
    secrets.create_secret(Name="key", SecretString=KEY)
    begun = keys_of(secrets).current()
    secrets.put_secret_value(SecretId="key", SecretString="y" * 40)
    assert keys_of(secrets).current() != begun
    assert keys_of(secrets).version(begun.version_id) == begun
    assert keys_of(secrets).version("0" * 32) is None


@pytest.mark.parametrize("text", [None, "q", "q" * (MIN_LENGTH - 1), " " * 50])
def test_without_a_usable_key_one_sentence_says_where_to_put_it(secrets: Any, text: str | None) -> None:
    if text is not None:
        secrets.create_secret(Name="key", SecretString=text)
    with pytest.raises(MissingResource) as error:
        keys_of(secrets).current()
    assert "The secret key holds no key for the pseudonyms" in str(error.value)
    assert "qq" not in str(error.value)
