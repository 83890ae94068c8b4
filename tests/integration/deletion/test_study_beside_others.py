"""A study goes with its polls of trends, and what others have put beside it stays: ad-hoc runs and imports."""

import gzip
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest
from backports import zstd

from tests.integration.collection.cloud import BUCKET, TASKS
from tests.integration.deletion.stack import LIMITS, LakeStack
from tests.integration.deletion.test_purge import TODAY, studied
from tests.integration.deletion.test_purged_account import ANN
from tests.integration.deletion.test_retention import tick
from tests.integration.imports.bucket import csv_of
from tests.integration.lake_store.trends import store_poll
from tiktok_lake.imports.service import DatasetImport

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud
    from tests.integration.lake_store.store import LakeStore

OTHERS = 7_583_943_023_407_435_015
KEPT = "run_id = 'adhoc' OR source = 'import' OR run_id = 'trends-20261120-mine'"


def furnished(make_cloud: "MakeCloud") -> LakeStack:
    """A study with a poll of trends, beside a poll that was asked for ad hoc and two imports; one names an account."""
    stack = studied(make_cloud, data={"delete_after": TODAY})
    for name in ("p1", "mine"):
        store_poll(cast("LakeStore", stack), name, finished=True)
    rows = [{"video_id": OTHERS + number, "user": f"user{number}", "text": f"hello {number}"} for number in range(3)]
    mine = [{**rows[0], "user": ANN}, *rows[1:]]
    imports = DatasetImport(stack.files, stack.cloud.dynamodb, TASKS, stack.cloud.clock, engine_limits=LIMITS)
    for key, data in (("a.csv.gz", gzip.compress(csv_of(rows))), ("b.csv.zst", zstd.compress(csv_of(mine)))):
        stack.cloud.s3.put_object(Bucket=BUCKET, Key=f"imports/{key}", Body=data)
        assert imports.run(f"imports/{key}", stack.deadline()).taken
    stack.curate()
    return stack


def of_others(stack: LakeStack) -> dict[str, list[str]]:
    tables = ("videos", "video_stats", "users", "comments", "relations", "trends", "quarantine", "manifests")
    return {table: sorted(map(str, stack.rows(table, where=KEPT))) for table in tables}


@pytest.mark.parametrize("retention", [False, True], ids=["purge", "retention"])
def test_nothing_of_a_study_stays_and_nothing_of_others_goes(make_cloud: "MakeCloud", *, retention: bool) -> None:
    stack = furnished(make_cloud)
    others = of_others(stack)
    assert [len(others[table]) > 0 for table in ("videos", "comments", "trends", "manifests")] == [True] * 4
    assert stack.rows("trends", where="run_id = 'trends-20261120-p1'")
    kept = {
        key: tag for key, tag in stack.etags().items() if key.startswith("imports/") or "adhoc" in key or "mine" in key
    }
    if retention:
        stack.cloud.clock.sleep(timedelta(days=1).total_seconds())
        assert len(tick(stack).certificates) == 1
    else:
        assert stack.purge({"study": "test"}, dry_run=False).state == "done"
    assert of_others(stack) == others
    assert {table: sorted(map(str, stack.rows(table))) for table in others} == others
    assert {key: tag for key, tag in stack.etags().items() if key in kept} == kept
    left = [key for key in stack.cloud.keys("") if "study-2" in key or "p1" in key.rpartition("/")[2]]
    assert left == []
    assert [key for key in stack.cloud.keys("studies/") if key != "studies/accepted.json.gz"] == []
    # Only what others have put there names whom the study has followed: the import, and its rows.
    allowed = ("config/", "studies/accepted", "imports/b.", "curated/comments/", "lake/")
    assert not [place for place in stack.places_of(ANN) if not place.startswith(allowed)]
    account = stack.purge({"account": "user1"}, dry_run=False, run_id="purge-2")
    assert account.state == "done"
    assert [key for key in stack.cloud.keys("imports/") if not key.endswith(".report.json")] == []
    assert len(stack.rows("comments", where="source = 'import'")) == 4
