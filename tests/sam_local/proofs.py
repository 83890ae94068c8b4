"""What a function's report must agree with: the bucket, the secrets, the sandbox's own counts."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.e2e.local_stack import LocalStack

type Proof = Callable[[LocalStack, Mapping[str, Any]], None]


def run_is_whole(stack: LocalStack, report: Mapping[str, Any]) -> None:
    assert report["state"] in {"complete", "complete_with_gaps"}, report
    manifest = stored(stack, f"manifests/run={report['run_id']}.json")
    assert (manifest["run_id"], manifest["status"]) == (report["run_id"], report["state"])
    for key in report["exports"]:
        assert stored(stack, key)


def study_is_worked(stack: LocalStack, report: Mapping[str, Any]) -> None:
    assert (report["study"], report.get("problems", [])) == ("contained", [])
    assert report["estimate"]["capacity"]
    if "run" in report:
        run_is_whole(stack, report["run"])


def extraction(stack: LocalStack, report: Mapping[str, Any]) -> None:
    (study_is_worked if "part" in report else run_is_whole)(stack, report)


def nothing_is_left(stack: LocalStack, report: Mapping[str, Any]) -> None:
    assert report["open_runs"] == len(report["runs"]), report
    for run in report["runs"]:
        run_is_whole(stack, run)


def token_is_stored(stack: LocalStack, report: Mapping[str, Any]) -> None:
    secret = stack.aws.secrets.get_secret_value(SecretId=stack.names.access_token_secret)
    assert secret["VersionId"] == report["version_id"]


def counts_agree(stack: LocalStack, report: Mapping[str, Any]) -> None:
    counted = {each["family"]: each["used"] for each in report["families"]}
    for family in ("research", "followers"):
        assert counted[family] == stack.served(family)["charged"], report
    assert (report["problems"], report["damaged_pages"], report["raised"]) == ([], [], [])


def poll_is_stored(stack: LocalStack, report: Mapping[str, Any]) -> None:
    assert report["complete"] == report["lists"] > 0, report
    assert stored(stack, report["poll_key"])


def pages_are_rows(stack: LocalStack, report: Mapping[str, Any]) -> None:
    assert (report["left"], report["unreadable"]) == (0, []), report
    listed = stack.aws.s3.list_objects_v2(Bucket=stack.names.bucket, Prefix="curated/videos/")["Contents"]
    assert all(each["Key"].endswith(".parquet") for each in listed)


def checks_are_known(_: LocalStack, report: Mapping[str, Any]) -> None:
    assert not any(report["late"].values()), report
    assert report["deleted"] == {}, report


def nothing_was_begun(_: LocalStack, report: Mapping[str, Any]) -> None:
    assert (report["finished"], report["abandoned"]) == (0, 0), report


PROOFS: dict[str, Proof] = {
    "lake_curation": pages_are_rows,
    "data_refresh": checks_are_known,
    "dataset_import": nothing_was_begun,
    "user_extraction": extraction,
    "video_search": extraction,
    "collection_worker": nothing_is_left,
    "token_refresh": token_is_stored,
    "quota_accounting": counts_agree,
    "trend_ingestion": poll_is_stored,
}


def stored(stack: LocalStack, key: str) -> Any:
    """An object of the bucket, read as JSON where it is."""
    body = stack.aws.s3.get_object(Bucket=stack.names.bucket, Key=key)["Body"].read()
    return json.loads(body) if key.endswith(".json") else body
