"""The client secret is reset at TikTok while a run is under way: nothing is lost, no request is wasted."""

import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.collection.cloud import BUCKET, TASKS, USAGE_LOG, Cloud
from tests.integration.weather.support import (
    CALM,
    assert_everything_is_there,
    assert_ledger_is_right,
    event,
    received,
    weathered,
    world,
)
from tests.support.secrecy import stored_texts
from tiktok_collector.errors import InvocationStopped
from tiktok_collector.tokens.lease import TokenLease

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NEW = "the-secret-after-the-reset"
PAGES = 3
REVOKED = {"kind": "token_revoked", "after": 1, "times": 1}


def put(cloud: Cloud, secret: str) -> None:
    form = json.dumps({"client_key": cloud.sandbox.client_key, "client_secret": secret})
    cloud.secrets.put_secret_value(SecretId=cloud.client_secret, SecretString=form)


def asked_for_tokens(cloud: Cloud) -> list[str]:
    return [record.code for record in cloud.sandbox.requests() if record.endpoint == "token"]


def assert_no_page_was_lost_or_paid_for_twice(cloud: Cloud, manifest: dict[str, object], *, rejected: int) -> None:
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + rejected
    assert cloud.sandbox.served(family="research").charged == PAGES
    assert_ledger_is_right(cloud)


def test_the_new_secret_is_put_in_first_and_tiktok_follows(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[REVOKED])
    cloud.services().tokens.get()
    put(cloud, NEW)
    manifest = weathered(cloud)
    assert_no_page_was_lost_or_paid_for_twice(cloud, manifest, rejected=1)
    assert asked_for_tokens(cloud) == ["ok", "invalid_client", "ok"]
    cloud.sandbox.change(client_secrets=[NEW])
    cloud.clock.sleep(7_200)
    cloud.services().tokens.get()
    assert asked_for_tokens(cloud)[3:] == ["ok"]


def test_tiktok_is_first_and_kills_secret_and_tokens_at_once(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[REVOKED])
    cloud.services().tokens.get()
    cloud.sandbox.change(client_secrets=[NEW])
    with pytest.raises(InvocationStopped, match="TikTok refuses the client credentials"):
        cloud.extract(event())
    for _ in range(3):
        cloud.clock.sleep(600)
        with pytest.raises(InvocationStopped, match="TikTok refuses the client credentials"):
            cloud.tick()
    assert received(cloud) == cloud.used() == 2
    assert asked_for_tokens(cloud) == ["ok"] + ["invalid_client"] * 4
    ended = TokenLease(cloud.dynamodb, TASKS, cloud.clock).token_expires_at()
    assert ended
    assert ended < cloud.clock.now()  # so the alarm on the token tells of it
    put(cloud, NEW)
    cloud.finish()
    assert_no_page_was_lost_or_paid_for_twice(cloud, cloud.manifest("storm"), rejected=1)
    assert asked_for_tokens(cloud)[5:] == ["ok"]


def test_the_secret_dies_while_its_token_lives_and_nobody_notices(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM)
    cloud.services().tokens.get()
    cloud.sandbox.change(client_secrets=[NEW])
    manifest = weathered(cloud)
    assert_no_page_was_lost_or_paid_for_twice(cloud, manifest, rejected=0)
    assert asked_for_tokens(cloud) == ["ok"]


def test_no_value_of_the_secret_is_written_anywhere(make_cloud: "MakeCloud", everything_logged: io.StringIO) -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[REVOKED])
    old = cloud.sandbox.client_secret
    cloud.services().tokens.get()
    put(cloud, NEW)
    weathered(cloud)
    tables = str([cloud.dynamodb.scan(TableName=name)["Items"] for name in (USAGE_LOG, TASKS)])
    assert "invalid_client" in tables
    written = [tables, str(cloud.log.lines), everything_logged.getvalue(), *stored_texts(cloud.s3, BUCKET)]
    assert not [each for each in (old, NEW) if any(each in text for text in written)]
