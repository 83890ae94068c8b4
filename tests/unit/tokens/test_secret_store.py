"""What Secrets Manager's answers mean, in the words of botocore's own stub."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import boto3
import pytest
from botocore.stub import Stubber
from pydantic import SecretStr

from tiktok_collector.errors import Fatal, MissingResource, Retriable
from tiktok_collector.tokens.secret_store import SecretStore

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

type Stub = tuple[SecretStore, Stubber]


@pytest.fixture(scope="module")
def client() -> "SecretsManagerClient":
    return boto3.client(
        "secretsmanager", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@pytest.fixture
def stub(client: "SecretsManagerClient") -> Iterator[Stub]:
    with Stubber(client) as stubber:
        yield SecretStore(client, "the-secret"), stubber
        stubber.assert_no_pending_responses()


def test_a_secret_without_a_value_is_empty_on_the_local_cloud_too() -> None:
    # The local cloud answers an empty text, which botocore's stub refuses to play.
    answer = {"SecretString": "", "VersionId": "v" * 32}
    client = cast("SecretsManagerClient", SimpleNamespace(get_secret_value=lambda **_: answer))
    assert SecretStore(client, "the-secret").read() is None


def test_a_secret_that_is_no_text_counts_as_empty(stub: Stub) -> None:
    store, answers = stub
    answers.add_response("get_secret_value", {"SecretBinary": b"x", "VersionId": "v" * 32})
    assert store.read() is None


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        ("AccessDeniedException", MissingResource, "does not let this function use secret the-secret"),
        ("ThrottlingException", Retriable, "busy with secret the-secret"),
        ("InternalServiceError", Retriable, "busy with secret the-secret"),
        ("DecryptionFailure", MissingResource, "the key that encrypts secret the-secret"),
        ("ValidationException", Fatal, "refused a call to secret the-secret: ValidationException"),
    ],
)
def test_a_refusal_is_typed(stub: Stub, code: str, kind: type[Exception], sentence: str) -> None:
    store, answers = stub
    answers.add_client_error("get_secret_value", code)
    with pytest.raises(kind, match=sentence):
        store.read()
    answers.add_client_error("put_secret_value", code)
    with pytest.raises(kind, match=sentence):
        store.write(SecretStr("text"), "r" * 32)


def test_a_request_token_that_another_text_took_is_told_apart(stub: Stub) -> None:
    store, answers = stub
    answers.add_client_error("put_secret_value", "ResourceExistsException")
    assert store.write(SecretStr("text"), "r" * 32) is None
