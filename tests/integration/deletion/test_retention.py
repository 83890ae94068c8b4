"""A study that names its end is deleted after it, and asks for nothing any more."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.integration.deletion.stack import LakeStack
from tests.integration.deletion.test_purge import TODAY, studied
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
