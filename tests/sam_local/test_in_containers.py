"""Every function as built, in a Lambda container: by `sam local invoke`, and through `sam local start-lambda`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sam_local.containers import Containers, logical_id, send
from tests.sam_local.proofs import PROOFS, counts_agree, token_is_stored

pytestmark = [pytest.mark.sam_local, pytest.mark.timeout(300)]

EVENTS = Path(__file__).resolve().parents[2] / "events"
FIRST = {
    "token_refresh": "token_refresh",
    "user_extraction": "user_extraction_ad_hoc",
    "video_search": "video_search",
    "collection_worker": "collection_worker",
    "trend_ingestion": "trend_ingestion",
    "quota_accounting": "quota_accounting",
    "lake_curation": "lake_curation",
    "data_refresh": "data_refresh",
    "dataset_import": "dataset_import_schedule",
}
"""One event of each function, in the order in which one lives on the other."""
STUDY_FUNCTIONS = ("user_extraction", "video_search")


def functions_of(name: str) -> tuple[str, ...]:
    if name.startswith("study_"):
        return STUDY_FUNCTIONS
    if name.startswith("sample_"):
        return ("user_extraction",)
    return tuple(function for function in FIRST if name.startswith(function))


# About a file of this stack's bucket, which an example cannot name; about an account that a study may name.
NOT_SENT = {"dataset_import", "dataset_import_object", "data_refresh_purge"}
ALL = [
    (function, file.stem)
    for file in sorted(EVENTS.glob("*.json"))
    for function in functions_of(file.stem)
    if file.stem not in NOT_SENT
]


def event_of(name: str) -> dict[str, Any]:
    return dict(json.loads((EVENTS / f"{name}.json").read_text()))


@pytest.fixture(scope="module")
def client(containers: Containers) -> Iterator[Any]:
    with containers.start_lambda() as client:
        yield client


def test_the_env_file_names_what_is_deployed_at_an_address_that_containers_reach(containers: Containers) -> None:
    written = containers.env_file(SAM_LOCAL_HOST="192.168.65.254")
    assert set(written) == {logical_id(function) for function in FIRST}
    names = containers.stack.names
    assert written["UserExtractionFunction"]["BUCKET"] == names.bucket
    assert written["TokenRefreshFunction"]["CLIENT_CREDENTIALS_SECRET"] == names.client_credentials_secret
    assert not [value for each in written.values() for value in each.values() if "127.0.0.1" in value]


def test_by_sam_local_invoke_a_wrong_event_is_answered_with_one_sentence(containers: Containers) -> None:
    answer = containers.invoke("user_extraction", {"username": "sandbox_alice", "max_videos": 0})
    sentence = "The event's field 'max_videos' is wrong: Input should be greater than or equal to 1."
    assert (answer.error, answer.sentence) == ("InvalidRequest", sentence)


@pytest.mark.parametrize("function", FIRST)
def test_by_sam_local_invoke_a_function_does_its_whole_job(containers: Containers, function: str) -> None:
    answer = containers.invoke(function, event_of(FIRST[function]))
    assert answer.error == "", answer
    PROOFS[function](containers.stack, answer.report)


def test_a_token_that_was_rejected_is_replaced_from_within_a_container(containers: Containers, client: Any) -> None:
    before = send(client, "token_refresh", {}).report["version_id"]
    answer = send(client, "token_refresh", {"rejected_version": before})
    assert answer.report["refreshed"] is True
    assert answer.report["version_id"] != before
    token_is_stored(containers.stack, answer.report)


@pytest.mark.parametrize(("function", "name"), ALL)
def test_through_sam_local_start_lambda_every_event_file_is_done(
    containers: Containers, client: Any, function: str, name: str
) -> None:
    answer = send(client, function, event_of(name))
    assert answer.error == "", answer
    PROOFS[function](containers.stack, answer.report)


@pytest.mark.parametrize("function", FIRST)
def test_an_event_that_is_wrong_is_answered_with_one_sentence(client: Any, function: str) -> None:
    answer = send(client, function, {"max_videos": "many", "countries": 7})
    assert answer.error == "InvalidRequest"
    assert re.fullmatch(r"The event.*'\w+'.*\.", answer.sentence), answer


def test_in_the_end_the_ledger_has_what_the_sandbox_has_counted(containers: Containers, client: Any) -> None:
    answer = send(client, "quota_accounting", {})
    assert containers.stack.served("research")["charged"] > len(ALL)
    counts_agree(containers.stack, answer.report)
