"""Puts a study into the bucket, as a person does with a deployed stack."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source
from local_cloud.study_choice import ChosenStudy
from tiktok_collector.collection.day_plans import day_plan
from tiktok_collector.errors import CollectorError
from tiktok_collector.lake.keys import STUDY_FILE, study_list_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study_file.reading import read_study

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_YAML = "application/yaml"
_TEXT = "text/plain"


def upload(s3: "S3Client", bucket: str, study: ChosenStudy) -> bool:
    """Uploads the study file and its lists, those that differ; returns whether any did."""
    objects = ObjectStore(s3, bucket)
    changed = False
    for name, content in study.lists.items():
        key = study_list_key(name)
        if objects.get_bytes(key) != content:
            objects.put_bytes(key, content, content_type=_TEXT)
            changed = True
    # Last, so that whoever reads the file finds its lists.
    there = objects.get_bytes(STUDY_FILE)
    if there is None or not study.is_like(there):
        objects.put_bytes(STUDY_FILE, study.text, content_type=_YAML)
        changed = True
    return changed


def already_planned(s3: "S3Client", bucket: str, study: ChosenStudy, day: date, layout: Layout | None) -> str:
    """One sentence where `day` (UTC) was planned from another version, so that this one counts later; else empty.

    Raises:
        LocalCloudError: the plan cannot be read.
    """
    objects = ObjectStore(s3, bucket)
    try:
        plan = day_plan(objects, day)
        uploaded = objects.get_bytes(STUDY_FILE) or study.text
        digest = read_study(uploaded.decode("utf-8-sig"), study.lists).digest
    except CollectorError as error:
        raise LocalCloudError(str(error)) from error
    if plan is None or plan.study_digest == digest:
        return ""
    planned_from = "an earlier version of it" if plan.study == study.name else f"the study {plan.study}"
    sentence = (
        f"The study {study.name} counts from {day + timedelta(1)} (UTC) on: {day} was planned from {planned_from} "
        "already, and a day is planned once."
    )
    if layout is not None and layout.source is Source.SANDBOX:
        folder = layout.state.relative_to(layout.root)
        sentence += f" `make stop` and `rm -r {folder}` begin anew, without what the local cloud has collected."
    return sentence
