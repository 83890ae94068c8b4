"""No credential of a source reaches a log line, a stored object, the usage log, a report or an error."""

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.collection.cloud import BUCKET
from tests.integration.trends.test_ingestion import EVERYTHING
from tests.integration.trends.trend_cloud import TrendCloud
from tests.support.secrecy import stored_texts
from tiktok_collector.errors import Fatal

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud


def secrets_of(trends: TrendCloud) -> list[str]:
    sandbox = trends.cloud.sandbox
    login, business = sandbox.trend_login, sandbox.business_credentials
    return [
        login["cookie"].partition("sid_tt=")[2].partition(";")[0],
        login["csrf_token"],
        sandbox.legacy_headers["user-sign"],
        business["access_token"],
    ]


@pytest.mark.parametrize(
    "faults",
    [
        [],
        [{"kind": "internal_error", "endpoint": "trends"}],
        [{"kind": "reset_after", "endpoint": "trends"}],
        [{"kind": "no_permission", "endpoint": "trends"}],
    ],
    ids=["calm", "errors", "resets", "refused"],
)
def test_nothing_secret_gets_out(
    make_trends: "MakeTrendCloud", everything_logged: io.StringIO, faults: list[dict[str, Any]]
) -> None:
    trends = make_trends(faults=faults)
    secrets = secrets_of(trends)
    assert all(len(each) > 8 for each in secrets)
    everything_logged.truncate(0)  # the credentials were put in just now, which is not the collector's doing
    report = trends.ingest(EVERYTHING)
    said = [everything_logged.getvalue(), repr(trends.cloud.log.lines), repr(report)]
    said += stored_texts(trends.cloud.s3, BUCKET)
    said.append(repr(trends.entries()))
    assert "creative_center" in "".join(said)
    for text in said:
        assert not [each for each in secrets if each in text]


def test_a_malformed_secret_is_told_and_not_quoted(
    make_trends: "MakeTrendCloud", everything_logged: io.StringIO
) -> None:
    trends = make_trends()
    trends.cloud.secrets.put_secret_value(SecretId=trends.secret_id, SecretString='{"business_api": "abc-s3cret')
    everything_logged.truncate(0)
    with pytest.raises(Fatal) as told:
        trends.ingest(EVERYTHING)
    assert "trend-credentials" in str(told.value)
    assert "s3cret" not in str(told.value) + everything_logged.getvalue()
    assert trends.served() == 0
