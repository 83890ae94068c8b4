"""No client secret, token or key of pseudonyms reaches a log at any level, an error, a table, an object or a report."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.collection.cloud import BUCKET, PSEUDONYM_KEY, TASKS, USAGE_LOG
from tests.support.secrecy import stored_texts

if TYPE_CHECKING:
    from tests.integration.collection.cloud import Cloud
    from tests.integration.collection.conftest import MakeCloud

EVENT = {
    "username": "sandbox_alice",
    "days_back": 30,
    "include": ["profile", "videos", "comments", "followers"],
    "max_followers": 200,
    "run_id": "secrecy",
}
WEATHER: dict[str, list[dict[str, Any]]] = {
    "calm": [],
    "errors": [{"kind": "internal_error", "every": 3}],
    "resets": [{"kind": "reset_after", "every": 4}],
    "tokens that end": [{"kind": "token_revoked", "every": 5, "times": 3}],
    "quota refused": [{"kind": "daily_quota", "after": 5, "times": 2}],
}


def stored(cloud: "Cloud") -> Iterator[str]:
    yield from stored_texts(cloud.s3, BUCKET)
    for table in (TASKS, USAGE_LOG):
        yield repr(cloud.dynamodb.scan(TableName=table)["Items"])


@pytest.mark.parametrize("weather", WEATHER)
def test_nothing_secret_gets_out(make_cloud: "MakeCloud", everything_logged: io.StringIO, weather: str) -> None:
    cloud = make_cloud(faults=WEATHER[weather])
    everything_logged.truncate(0)  # the credentials were put in just now, which is not the collector's doing
    report = cloud.extract(EVENT)
    cloud.finish()
    said = [everything_logged.getvalue(), repr(cloud.log.lines), repr(report), *stored(cloud)]
    secrets = [cloud.sandbox.client_secret, PSEUDONYM_KEY, *cloud.sandbox.tokens()]
    assert len(secrets) > 2
    assert len(said) > 5
    assert any("secrecy" in text for text in said)
    for secret in secrets:
        assert not [text[:80] for text in said if secret in text]
