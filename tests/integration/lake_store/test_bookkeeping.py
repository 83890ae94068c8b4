"""What the row store's functions remember, damaged: one sentence says which object it is, and what to do."""

from collections.abc import Callable

import pytest

from tests.integration.lake_store.store import LakeStore
from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import gzipped
from tiktok_lake.deletion.orders import OrderStore
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.records import ImportRecords
from tiktok_lake.keys import DELETIONS, IMPORT_RECORDS
from tiktok_lake.refresh.checks import CHECKS, Checks
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.rounds import ASKED, FINDINGS, ROUNDS, Round, RoundStore, Step, Way
from tiktok_lake.refresh.state import KEY, StateStore

ROUND = Round(run_id="r", began_at="2026-11-21T00:00:00Z")
STEP = Step(name="videos", kind=Kind.VIDEOS, way=Way.AGAIN, asked=1)
READ: dict[str, tuple[Callable[[LakeFiles], object], str]] = {
    f"{CHECKS}videos/r.json.gz": (lambda files: list(Checks(files).of_kind(Kind.VIDEOS)), "remove it"),
    f"{ROUNDS}r.json": (lambda files: list(RoundStore(files).open()), "remove it"),
    f"{ASKED}r/videos.ids.json.gz": (lambda files: RoundStore(files).ids(ROUND, STEP), "remove its round"),
    f"{ASKED}r/videos.answer.json.gz": (lambda files: RoundStore(files).answer(ROUND, STEP), "remove its round"),
    f"{ASKED}r/{FINDINGS}.json.gz": (lambda files: RoundStore(files).findings(ROUND), "remove its round"),
    KEY: (lambda files: StateStore(files).read(), "remove it"),
    f"{DELETIONS}r.json.gz": (lambda files: list(OrderStore(files).pending()), "restore an earlier version"),
    f"{IMPORT_RECORDS}begun/r.json": (lambda files: list(ImportRecords(files).unfinished()), "restore an earlier"),
}


@pytest.mark.parametrize("data", [b"{", gzipped(b"{")], ids=["broken off", "broken off before it was packed"])
@pytest.mark.parametrize("key", READ)
def test_a_document_that_is_damaged_is_named_with_what_to_do(store: LakeStore, key: str, data: bytes) -> None:
    read, remedy = READ[key]
    store.files.objects.put_bytes(key, data)
    with pytest.raises(Fatal) as said:
        read(store.files)
    assert f"{key} is damaged (" in str(said.value)
    assert f"; {remedy}" in str(said.value)


def test_what_a_step_asks_for_cannot_be_missing(store: LakeStore) -> None:
    with pytest.raises(Fatal, match=r"videos\.ids\.json\.gz is missing; remove its round"):
        RoundStore(store.files).ids(ROUND, STEP)
