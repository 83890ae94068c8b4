"""What every function is for, done once: events, and a study that gives the worker and the trends something to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.deployed import Deployed

_STUDY = """
version: 1
name: proof
first_day: {first_day}
cohorts:
  listed:
    accounts: [sandbox_alice, sandbox_bruno]
    include: [profile, videos, followers]
    max_followers: 100
searches:
  travel:
    query: {{and: [{{field_name: hashtag_name, operation: IN, field_values: [travel]}}]}}
    comments: {{max_per_video: 5}}
trends:
  enabled: true
  countries: [US]
  periods: [7]
  kinds:
    hashtag: [creative_center, business_api]
    sound: creative_center_legacy
  acknowledge_unofficial_terms: true
"""


def upload_a_study(stack: Deployed) -> None:
    """Puts the study where its user would."""
    text = _STUDY.format(first_day=datetime.now(UTC).date() - timedelta(4))
    stack.s3.put_object(Bucket=stack.outputs["BucketName"], Key="config/study.yaml", Body=text)


def study_runs() -> tuple[str, str]:
    """The ids of today's runs of the study."""
    today = f"{datetime.now(UTC):%Y%m%d}"
    return f"study-{today}-accounts", f"study-{today}-searches"


def extraction(account: str, run_id: str) -> dict[str, Any]:
    """An event that asks for a little of an account."""
    event = {"username": account, "max_videos": 10, "days_back": 30, "include": ["profile", "videos"]}
    return {**event, "comments": {"max_per_video": 5}, "run_id": run_id}


def search(account: str, run_id: str) -> dict[str, Any]:
    """An event that searches for what an account has posted."""
    by_them = {"field_name": "username", "operation": "EQ", "field_values": [account]}
    return {"name": "e2e", "query": {"and": [by_them]}, "days_back": 20, "max_videos": 10, "run_id": run_id}


def run_id(job: str) -> str:
    """An id that no earlier run of a test has."""
    return f"e2e-{job}-{datetime.now(UTC):%Y%m%d%H%M%S}"


DATASET = """video_id,video_timestamp,video_description,author_username,video_playcount,video_diggcount
7300000000000000001,2023-11-11T02:45:00,first,someone,984.1K,3
7300000000000000002,2023-11-11T02:46:00,second,someone,25.0,4
"""
"""Videos as pyktok writes them."""


def rows_of(pages: list[tuple[str, dict[str, Any]]], entity: str) -> int:
    """How many rows the pages of an entity hold: a list, or of profiles one."""
    bodies = [body["data"] for kind, body in pages if kind == entity]
    lists = [next((each for each in data.values() if isinstance(each, list)), [data]) for data in bodies]
    return sum(map(len, lists))
