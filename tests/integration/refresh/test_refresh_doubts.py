"""What checks may cost, and what speaks against an answer by the time that it is acted on."""

from typing import TYPE_CHECKING

from tests.integration.refresh.test_refresh_lake import NOTHING, collected

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud


def test_files_take_no_more_requests_than_the_day_has(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, videos=6)
    gone = sorted(lake.ids("videos"))[:1]
    lake.cloud.sandbox.vanish(videos=gone)
    lake.cloud.upload_study(
        "version: 1\nname: s\nfirst_day: 2026-12-30\ncohorts: {c: {accounts: [kept]}}\n"
        "data: {refresh_daily_requests: 1}\n"
    )
    most = days = 0
    while not days or lake.status().due != NOTHING:
        lake.refresh()
        used = [each for each in lake.cloud.entries() if each.run_id.startswith("data-refresh-")]
        most, days = max(most, len(used)), days + 1
        assert days < 12
        lake.cloud.clock.sleep(86_400)
    assert most == 1
    assert lake.ids("videos").isdisjoint(gone)
