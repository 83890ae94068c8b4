"""A study that names its end is deleted after it, and asks for nothing any more."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.deletion.stack import LakeStack
from tests.integration.deletion.test_purge import NOW, TODAY, studied
from tests.integration.deletion.test_purged_account import ANN, BEN
from tests.integration.studies.study_text import study_text
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.events.study import Part
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.refresh.data_refresh import DataRefresh
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.refresh.status import read_status

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

LAST = TODAY + timedelta(days=1)


def tick(stack: LakeStack) -> RefreshReport:
    event = DataRefreshEvent.model_validate({"scheduled_time": stack.cloud.clock.now()})
    return DataRefresh(stack.services(), stack.cloud.log).run(event, request_id="tick", deadline=stack.deadline())


def test_after_its_last_day_a_study_is_deleted_once_and_asks_for_nothing(make_cloud: "MakeCloud") -> None:
    stack = studied(make_cloud, data={"delete_after": LAST})
    report = stack.cloud.study(Part.ACCOUNTS, plan_only=True)
    assert f"After {LAST} everything that the study test has brought is deleted" in report.notes[0]
    first = tick(stack)
    assert any(str(LAST) in each for each in first.notes)
    assert any(str(LAST) in each for each in read_status(stack.files.objects).notes)
    others = len(stack.rows("videos", where="run_id = 'adhoc'"))
    stack.cloud.clock.sleep(2 * 24 * 3600)
    nothing = stack.cloud.study(Part.ACCOUNTS)
    assert nothing.run is None
    assert nothing.note
    assert "asks for nothing" in nothing.note
    done = tick(stack)
    assert len(done.certificates) == 1
    certificate = stack.cloud.json(done.certificates[0])
    assert (certificate["rule"], certificate["scope"]) == (Rule.RETENTION, "study")
    assert certificate["deleted"]["row store"]["videos"]
    assert len(stack.rows("videos")) == others
    assert not [key for key in stack.cloud.keys("") if "study-2" in key or key.startswith("manifests/study=")]
    assert tick(stack).certificates == []


@pytest.mark.parametrize("alone", [True, False])
def test_what_checks_have_fetched_again_goes_with_a_study_that_is_alone(make_cloud: "MakeCloud", alone: bool) -> None:
    specs = [AccountSpec(name, videos=2, days=20) for name in (ANN, BEN)]
    world = World.generate(seed=3, accounts=1, videos=1, days=20, specs=specs, end=TODAY)
    stack = LakeStack(make_cloud(world, now=NOW, settings={"archive_lag_scale": 0}))
    last = TODAY + timedelta(days=12)
    cohorts = f"cohorts: {{people: {{accounts: [{ANN}], include: [profile], profile_every_days: 1}}}}\n"
    stack.cloud.upload_study(f"{study_text(first_day=TODAY, data={'delete_after': last})}{cohorts}")
    stack.cloud.study(Part.ACCOUNTS)
    if not alone:
        stack.cloud.extract({"username": BEN, "include": ["profile"], "run_id": "adhoc"})
    stack.curate()
    stack.cloud.clock.sleep(12 * 24 * 3600)
    while tick(stack).rounds:
        stack.cloud.clock.sleep(3600)
    stack.curate()
    assert len(stack.rows("users")) == (2 if alone else 4)
    stack.cloud.clock.sleep(24 * 3600)
    (certificate,) = tick(stack).certificates
    assert stack.cloud.json(certificate)["rule"] == Rule.RETENTION
    if alone:
        assert not [place for place in stack.places_of(ANN) if not place.startswith(("config/", "studies/accepted"))]
    else:
        # What was fetched again may be the others': so far nobody tells.
        assert {row["run_id"] for row in stack.rows("users", where=f"username = '{BEN}'")} > {"adhoc"}
