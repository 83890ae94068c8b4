"""Small files of past days become one; nothing else is touched."""

import duckdb
import pytest

from tests.integration.lake_store.store import DAY, LakeStore
from tiktok_collector.errors import Fatal
from tiktok_lake.curation import compaction
from tiktok_lake.curation.curate import CurationOrder
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Effect, Order, OrderStore
from tiktok_lake.keys import COMPACTIONS, file_key


def files_of(store: LakeStore, name: str, many: int, tmp: object) -> list[str]:
    """So many files of videos of a day with a row each; every second one is of an older version, without a column."""
    keys = []
    with duckdb.connect() as connection:
        for number in range(many):
            path = f"{tmp}/{number}.parquet"
            later = ", 'de' AS region_code" if number % 2 else ""
            sql = f"COPY (SELECT {number}::BIGINT AS video_id{later}) TO '{path}' (FORMAT parquet)"
            connection.execute(sql)
            keys.append(file_key("videos", DAY, f"{name}{number:02d}"))
            store.s3.upload_file(path, store.bucket, keys[-1])
    return keys


def test_many_small_files_of_a_past_day_become_one_with_all_their_rows(store: LakeStore, tmp_path: object) -> None:
    keys = files_of(store, "c-", 9, tmp_path)
    store.clock.advance(days=3)
    assert store.curate().compacted == 9
    (merged,) = store.keys("curated/")
    assert merged.startswith(f"curated/videos/dt={DAY}/m-")
    rows = {row["video_id"]: row["region_code"] for row in store.rows("videos")}
    assert rows == {number: "de" if number % 2 else None for number in range(9)}
    assert store.versions("curated/") == 1, "nothing of the small files can be restored"
    assert sum(store.versions(key) for key in keys) == store.versions(COMPACTIONS) == 0
    assert store.curate().compacted == 0


@pytest.mark.parametrize(("name", "many", "days"), [("c-", 8, 9), ("c-", 9, 2), ("import-", 20, 9)])
def test_few_files_young_days_and_files_of_others_are_left(
    store: LakeStore, tmp_path: object, name: str, many: int, days: int
) -> None:
    keys = files_of(store, name, many, tmp_path)
    store.clock.advance(days=days)
    assert store.curate().compacted == 0
    assert store.keys("curated/") == keys


def test_no_merged_file_is_larger_than_it_may_be(
    store: LakeStore, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    files_of(store, "c-", 12, tmp_path)
    size = max(each.size for each in store.files.of_table("videos"))
    monkeypatch.setattr(compaction, "MOST_BYTES", 4 * size + 1)
    monkeypatch.setattr(compaction, "_SMALL", size + 1)
    store.clock.advance(days=3)
    assert store.curate().compacted == 12
    assert len(store.keys("curated/")) == 3
    assert store.values("videos", "video_id") == list(range(12))


def test_it_can_be_left_out(store: LakeStore, tmp_path: object) -> None:
    keys = files_of(store, "c-", 9, tmp_path)
    store.clock.advance(days=3)
    assert store.curate(CurationOrder(compact=False)).compacted == 0
    assert store.keys("curated/") == keys


def test_nothing_is_merged_while_a_deletion_counts_what_it_takes_from_files(store: LakeStore, tmp_path: object) -> None:
    keys = files_of(store, "c-", 9, tmp_path)
    store.clock.advance(days=3)
    orders = OrderStore(store.files)
    orders.begin(Order(run_id="order", rule=Rule.PURGE, doomed=Doomed(videos=frozenset([1]))), "2026-11-20T00:00:00Z")
    (state,) = orders.pending()
    state.effects = {"row store": {keys[0]: Effect(kind="videos", deleted=1)}}
    orders.save(state)
    assert store.curate().compacted == 0
    assert store.keys("curated/") == keys
    state.effects = {}
    orders.save(state)
    assert store.curate().compacted == 9, "one that has changed nothing yet may wait for runs for days"


def test_a_record_that_is_damaged_stops_everything_with_its_key(store: LakeStore) -> None:
    store.files.objects.put_bytes(f"{COMPACTIONS}x.json", b"{")
    with pytest.raises(Fatal, match=r"lake/compactions/x\.json is damaged"):
        store.curate()
    store.files.objects.put_bytes(f"lake/batches/dt={DAY}/x.json.gz", b"{")
    with pytest.raises(Fatal, match=r"x\.json\.gz is damaged"):
        store.curate()
