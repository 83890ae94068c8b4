import json
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws
from moto.dynamodb.models import DynamoDBBackend

from tests.integration.tokens.support import KEY, SECRET, HandClock, InProcessLambda, TokenServer
from tiktok_collector.clock import Clock
from tiktok_collector.tokens.access_token import AccessTokens
from tiktok_collector.tokens.grant import TokenEndpoint
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.tokens.refresh import TokenRefresh
from tiktok_collector.tokens.secret_store import SecretStore

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

TABLE = "tasks"


@dataclass
class Stack:
    """The two secrets, the tasks table and a token endpoint."""

    dynamodb: "DynamoDBClient"
    secrets: "SecretsManagerClient"
    credentials_arn: str
    token_arn: str
    server: TokenServer
    clock: HandClock

    def refresh(self, *, clock: Clock | None = None, url: str | None = None) -> TokenRefresh:
        clock = clock or self.clock
        return TokenRefresh(
            credentials=SecretStore(self.secrets, self.credentials_arn),
            tokens=SecretStore(self.secrets, self.token_arn),
            lease=TokenLease(self.dynamodb, TABLE, clock),
            endpoint=TokenEndpoint(url or self.server.url, clock),
            clock=clock,
        )

    def collector(self, function: InProcessLambda, clock: Clock | None = None) -> AccessTokens:
        """A collector's view; each has its own cache, as each function has."""
        client = cast("LambdaClient", function)
        return AccessTokens(self.secrets, self.token_arn, client, "token_refresh", clock or self.clock)

    def versions(self) -> int:
        return len(self.secrets.list_secret_version_ids(SecretId=self.token_arn, IncludeDeprecated=True)["Versions"])


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    _serialise_updates(monkeypatch)
    with mock_aws(), TokenServer() as server:
        config = Config(max_pool_connections=32, region_name="eu-west-1")
        dynamodb = boto3.client("dynamodb", config=config)
        dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        secrets = boto3.client("secretsmanager", config=config)
        credentials = json.dumps({"client_key": KEY, "client_secret": SECRET})
        yield Stack(
            dynamodb,
            secrets,
            secrets.create_secret(Name="client", SecretString=credentials)["ARN"],
            secrets.create_secret(Name="access-token")["ARN"],
            server,
            HandClock(),
        )


def _serialise_updates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make moto's conditional updates atomic, as DynamoDB's are: it checks and changes in two unlocked steps."""
    lock, unlocked = Lock(), DynamoDBBackend.update_item

    def update_item(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return unlocked(*args, **kwargs)

    monkeypatch.setattr(DynamoDBBackend, "update_item", update_item)
