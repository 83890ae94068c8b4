"""The tables of `template.yaml` in moto, with the keys and indexes that are deployed; calls as atomic as AWS's."""

import json
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

import pytest
from cfnlint.decode import cfn_yaml
from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
_FOR_CREATE = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


def create_table(client: "DynamoDBClient", name: str, resource: Literal["UsageLog", "Tasks"]) -> None:
    """Creates the table `name` as the template's `resource` describes it."""
    client.create_table(TableName=name, **_table(resource))


def serialise_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes each call to moto's tables and objects atomic: moto checks, changes and reads in unlocked steps."""
    _serialise(monkeypatch, DynamoHandler, "call_action")
    _serialise(monkeypatch, S3Response, "_key_response")


def _serialise(monkeypatch: pytest.MonkeyPatch, handler: type, name: str) -> None:
    lock, unlocked = RLock(), getattr(handler, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return unlocked(*args, **kwargs)

    monkeypatch.setattr(handler, name, call)


@cache
def _template() -> Any:
    return cfn_yaml.load(str(_TEMPLATE))


@cache
def _table(resource: str) -> Any:
    properties = json.loads(json.dumps(_template()["Resources"][resource]["Properties"], default=str))
    return {name: properties[name] for name in _FOR_CREATE if name in properties}
