"""A simulated month in small: everything goes wrong, and in the end all is there, once, and every gap is known.

The full form is `benchmarks/simulated_month.py`.
"""

from datetime import UTC, datetime

import pytest

from benchmarks.collector import sandbox_token
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from sandbox.testing import SandboxServer
from tests.simulation.evidence import Evidence
from tests.simulation.fast_cloud import FastCloud, Watchable
from tests.simulation.invocations import Invocations
from tests.simulation.month import Month
from tests.simulation.proof import Proof
from tests.simulation.scenario import SETTINGS, Scenario

IN_SMALL = Scenario(
    begin=datetime(2026, 10, 1, tzinfo=UTC),
    days=15,
    back_days=20,
    accounts=100,
    videos=20_000,
    searches=3,
    quota=120,
    quotas={4: 15, 7: 10, 9: 10},
    late_resets=(1, 5),
)


@pytest.mark.parametrize("seed", [1, 2])
def test_everything_is_there_once_and_every_gap_is_known(seed: int) -> None:
    with SandboxServer(IN_SMALL.world(), now=IN_SMALL.begin, settings=SETTINGS, seed=seed) as sandbox:
        bucket = FakeS3()
        cloud = FastCloud(
            sandbox,
            dynamodb=Watchable(FakeDynamoDB()),
            s3=Watchable(bucket),
            token=sandbox_token(sandbox.url),
            research_limit=IN_SMALL.quota,
        )
        studied = IN_SMALL.studied(sandbox)
        weather = IN_SMALL.weather(studied)
        cloud.upload_study(IN_SMALL.study_text(studied))
        month = Month(sandbox, Invocations(cloud), weather=weather, quota=IN_SMALL.quota, seed=seed)
        days = month.play(IN_SMALL.days)
        services = cloud.services()
        evidence = Evidence(studied, sandbox.requests(), services.objects, services.pages)
        proof = Proof(sandbox, evidence, weather, quota=IN_SMALL.quota)

        assert proof.everything_is_there_once() > 5_000
        assert proof.no_day_is_over_quota(cloud.ledger()) > 0
        gaps = proof.every_gap_is_real_and_recorded()
        assert {gap.day for gap in gaps if not gap.usernames} >= {IN_SMALL.broken_day}
        assert {name for gap in gaps for name in gap.usernames} >= {IN_SMALL.bad_name(studied)}
        assert proof.nothing_is_paid_for_twice() > IN_SMALL.days
        proof.no_fetch_has_a_row_twice()
        assert proof.comments_are_there() > 0
        # A day of few calls may be over before the second of its crashes.
        crashes = [day.crashes for day in days]
        assert min(crashes) >= 1
        assert sum(crashes) >= 2 * IN_SMALL.days - 2
        assert sum(day.unfinished for day in days) >= 3

        # What is lost does not escape the proof.
        _lose(bucket, f"raw/source=tiktok_research_api/entity=videos/dt={studied.last_due}/")
        with pytest.raises(AssertionError, match="are missing"):
            proof.everything_is_there_once()
        _lose(bucket, "manifests/study=")
        with pytest.raises(AssertionError, match="no gap recorded"):
            proof.every_gap_is_real_and_recorded()


def _lose(bucket: FakeS3, prefix: str) -> None:
    for key in [key for key in bucket.objects if key.startswith(prefix)]:
        bucket.delete_object(Key=key)
