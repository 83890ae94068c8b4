"""Both functions take the study's event, through their own entry points."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.deployed import Deployed
from tests.integration.studies.study_text import study_text

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}


@pytest.mark.parametrize(("function", "part"), [("user_extraction", "accounts"), ("video_search", "searches")])
def test_each_function_works_its_part_of_the_studys_day(
    make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch, function: str, part: str
) -> None:
    spec = AccountSpec("ann", videos=20, days=30, region="IS")
    world = World.generate(seed=3, accounts=1, videos=1, days=30, specs=[spec], end=NOW.date())
    cloud = make_cloud(world, now=NOW)
    first_day = NOW.date() - timedelta(days=12)
    cloud.upload_study(study_text(first_day=first_day, cohorts={"people": ["ann"]}, searches={"north": ICELAND}))
    report = Deployed(cloud, monkeypatch).send(function, {"study": True}).report
    assert (report["study"], report["part"]) == ("test", part)
    assert report["run"]["run_id"] == f"study-20261120-{part}"
