"""Marks curated raw objects, so that the bucket's lifecycle rule expires them."""

from concurrent.futures import ThreadPoolExecutor

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_lake.curation.batch_work import run_of
from tiktok_lake.curation.batches import Batch, BatchStore
from tiktok_lake.curation.raw_objects import THREADS
from tiktok_lake.curation.run_ends import RunEnds
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import CURATED_TAG


class Tagging:
    """Tags the objects of batches that are done, run by run as these end."""

    def __init__(self, files: LakeFiles, batches: BatchStore, ends: RunEnds) -> None:
        self._files = files
        self._batches = batches
        self._ends = ends
        self.tagged = 0
        self.waiting = 0
        """Objects of runs that have not ended, or that there was no time for."""

    def tag(self, batch: Batch, deadline: Deadline) -> Batch:
        """Tags what may be tagged of a batch that is done; returns the batch as stored.

        Raises:
            MissingResource: the bucket is absent, or its objects may not be tagged.
            AwsBusy: S3 failed; tagging again is no harm.
        """
        ended = {run for run in batch.untagged if self._ends.has_ended(run, batch.dt)}
        left_out = {*batch.unreadable, *batch.absent}
        open_keys = [key for key in batch.keys if key not in left_out and run_of(key) in batch.untagged]
        keys = [key for key in open_keys if run_of(key) in ended]
        if not keys or deadline.passed:
            self.waiting += len(open_keys)
            return batch
        with ThreadPoolExecutor(THREADS) as pool:
            self.tagged += sum(pool.map(lambda key: self._files.tag(key, CURATED_TAG), keys))
        self.waiting += len(open_keys) - len(keys)
        batch = msgspec.structs.replace(batch, untagged=tuple(run for run in batch.untagged if run not in ended))
        self._batches.store(batch)
        return batch
