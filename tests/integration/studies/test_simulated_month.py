"""A simulated month in small: everything goes wrong, and in the end all is there, once, and every gap is known."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.world import World
from tests.simulation.evidence import Evidence
from tests.simulation.invocations import Invocations
from tests.simulation.month import Month
from tests.simulation.proof import Proof
from tests.simulation.study import cohorts, commented_accounts, searches, study_text
from tests.simulation.truth import Studied
from tests.simulation.weather import Weather

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
BACK_DAYS = 20
DAYS = 14
QUOTA = 100


def test_everything_is_there_once_and_every_gap_is_known(make_cloud: "MakeCloud") -> None:
    first_day = BEGIN.date() - timedelta(days=BACK_DAYS)
    world = World.generate(
        seed=11,
        accounts=100,
        videos=6_000,
        days=BACK_DAYS + 10,
        future_days=DAYS,
        end=BEGIN.date(),
        samples=False,
        specs=commented_accounts(BACK_DAYS),
    )
    cloud = make_cloud(world, now=BEGIN, research_limit=QUOTA)
    followed, searched = cohorts(cloud.sandbox.world.usernames()), searches(2)
    cloud.upload_study(study_text(first_day=first_day, followed=followed, searched=searched))
    weather = Weather()
    days = Month(cloud.sandbox, Invocations(cloud), weather=weather, quota=QUOTA, seed=1).play(DAYS)
    services = cloud.services()
    studied = Studied(followed, searched, first_day, BEGIN.date(), days[-1].day)
    evidence = Evidence(studied, cloud.sandbox.requests(), services.objects, services.pages)
    proof = Proof(cloud.sandbox, evidence, weather, quota=QUOTA)
    assert proof.everything_is_there_once() > 5_000
    proof.no_day_is_over_quota(cloud.ledger())
    proof.every_gap_is_real_and_recorded()
    assert proof.nothing_is_paid_for_twice() > DAYS
    proof.no_fetch_has_a_row_twice()
    assert proof.comments_are_there() > 0
