"""The deduplicated view of a study beside the mirror: one line a video, with all collections that found it."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from local_cloud import statefile
from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView, video_pages
from tiktok_collector.errors import CollectorError
from tiktok_collector.lake.day_names import days_below
from tiktok_collector.lake.keys import study_manifests_prefix
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore


class ViewFile(NamedTuple):
    """Where a view was written, and how many videos it has."""

    path: Path
    videos: int


def write_view(aws: LocalAws, bucket: str, study: str, layout: Layout) -> ViewFile:
    """Writes the view of all days of `study`, unless the file is there and no page has come since.

    Raises:
        LocalCloudError: a page cannot be read.
    """
    path, index_file = layout.out / f"study_{study}_videos.jsonl", layout.file("study_views.json")
    store = RawPageStore(aws.s3, bucket)
    try:
        keys = list(video_pages(store, _days(ObjectStore(aws.s3, bucket), study)))
        index, made_from = statefile.read(index_file), _digest(keys)
        known = index.get(study, {})
        if known.get("made_from") == made_from and path.is_file():
            return ViewFile(path, known["videos"])
        videos = _write(StudyView.of(PageReader(store), keys), path)
    except CollectorError as error:
        raise LocalCloudError(f"The view {path.name} cannot be written: {error}") from error
    statefile.write(index_file, {**index, study: {"made_from": made_from, "videos": videos}})
    return ViewFile(path, videos)


def _write(view: StudyView, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        videos = view.write(file)
    new.replace(path)
    return videos


def _days(objects: ObjectStore, study: str) -> list[date]:
    """The days on which the study was worked: of another study's days, other pages."""
    return list(days_below(objects, study_manifests_prefix(study)))


def _digest(keys: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
