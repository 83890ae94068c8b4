"""A batch that is done again by code that reads its pages otherwise, or after a page was damaged."""

import pytest

from tests.integration.lake_store.store import LakeStore
from tiktok_collector.errors import AwsBusy
from tiktok_lake.curation.batches import BatchStore


def _busy(*_: object) -> None:
    raise AwsBusy("not now")


def test_files_that_the_second_try_does_not_write_go(store: LakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = store.put("videos", [{"id": 1}])
    page = store.files.objects.get_bytes(key) or b""
    with monkeypatch.context() as killed:
        # Its files are written, and that they are is not.
        killed.setattr(BatchStore, "store", _busy)
        with pytest.raises(AwsBusy):
            store.curate()
    assert store.values("videos", "video_id") == [1]
    store.files.objects.put_bytes(key, b"damaged")
    assert set(store.curate().unreadable) == {key}
    assert store.keys("curated/videos/") == []
    store.files.objects.put_bytes(key, page)
    store.curate()
    assert store.values("videos", "video_id") == [1]
