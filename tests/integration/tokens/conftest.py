import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from tests.integration.tokens.support import KEY, SECRET, InProcessLambda, TokenServer
from tests.support.clock import HandClock
from tests.support.tables import create_table, serialise_calls
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

    def hold(self, *texts: str) -> None:
        """Makes the client's secret anew: each text is put in after the one before."""
        self.credentials_arn = self.secrets.create_secret(Name=f"client-{uuid4()}")["ARN"]
        for text in texts:
            self.secrets.put_secret_value(SecretId=self.credentials_arn, SecretString=text)

    def versions(self) -> int:
        return len(self.secrets.list_secret_version_ids(SecretId=self.token_arn, IncludeDeprecated=True)["Versions"])


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    serialise_calls(monkeypatch)
    with mock_aws(), TokenServer() as server:
        config = Config(max_pool_connections=32, region_name="eu-west-1")
        dynamodb = boto3.client("dynamodb", config=config)
        create_table(dynamodb, TABLE, "Tasks")
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
