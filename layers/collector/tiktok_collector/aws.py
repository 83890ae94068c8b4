"""AWS clients, made on request by the composition roots; nothing here runs at import.

They come from botocore, which boto3 wraps: same clients, credentials and settings, without the resource factories and
the S3 transfer manager, which nothing here uses and every cold start would pay for (docs/benchmarks.md).
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.session import Session

from tiktok_collector.throttling import throttles

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

# A retried UpdateItem may count a reservation twice: the safe side (docs/adr/0004).
_CONFIG: Final = Config(
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=32,
    retries={"mode": "standard", "total_max_attempts": 5},
)


def dynamodb_client() -> "DynamoDBClient":
    """A DynamoDB client (low level: numbers stay exact) whose throttled requests are counted."""
    client: DynamoDBClient = _client("dynamodb")
    throttles().watch(client)
    return client


def s3_client() -> "S3Client":
    """An S3 client."""
    client: S3Client = _client("s3")
    return client


def secrets_client() -> "SecretsManagerClient":
    """A Secrets Manager client."""
    client: SecretsManagerClient = _client("secretsmanager")
    return client


def lambda_client() -> "LambdaClient":
    """A Lambda client, for asking `token_refresh` for a token."""
    client: LambdaClient = _client("lambda")
    return client


def _client(service: str) -> Any:  # botocore makes the classes of its clients at run time
    client = _session().create_client(service, config=_CONFIG)
    client.meta.events.register("after-call", _refuse_half_an_answer, unique_id="refuse-half-an-answer")
    return client


def _refuse_half_an_answer(http_response: Any, model: Any, **_: Any) -> None:
    """Raises where a connection broke off in the middle of an answer, which botocore takes for an empty one.

    Streams (objects, what a function answers) count their bytes themselves; an answer to HEAD has none.
    """
    promised = http_response.headers.get("content-length", "")
    if model.has_streaming_output or model.http.get("method") == "HEAD" or not promised.isdigit():
        return
    if len(http_response.content) < int(promised):
        raise ConnectionClosedError(endpoint_url=http_response.url)


@cache
def _session() -> Session:
    return Session()
