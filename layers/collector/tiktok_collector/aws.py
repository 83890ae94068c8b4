"""AWS clients, made on request by the composition roots; nothing here runs at import."""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

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
    """A DynamoDB client (low level: numbers stay exact)."""
    return boto3.client("dynamodb", config=_CONFIG)


def s3_client() -> "S3Client":
    """An S3 client."""
    return boto3.client("s3", config=_CONFIG)


def secrets_client() -> "SecretsManagerClient":
    """A Secrets Manager client."""
    return boto3.client("secretsmanager", config=_CONFIG)


def lambda_client() -> "LambdaClient":
    """A Lambda client, for asking `token_refresh` for a token."""
    return boto3.client("lambda", config=_CONFIG)
