"""Every function does its whole job with its own role, and that role may do nothing else."""

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e import work
from tests.e2e.deployed import FUNCTIONS, SECRETS, TABLES, Deployed
from tests.e2e.https_cloud import HttpsCloud
from tests.e2e.permissions import ABSENT, ALLOWED, PREFIXES, Call, calls_about
from tests.e2e.probe_function import answer
from tests.e2e.roles import DENIED, answers_to_administrator, answers_to_role

ON_AWS = "E2E_STACK" in os.environ
# A worker with enough to do takes a quarter of an hour.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(3600 if ON_AWS else 300)]

EMULATED_ONLY = pytest.mark.skipif(ON_AWS, reason="changes the stack, or needs to know what the server was asked")
FAMILIES = ("research", "followers", "creative_center", "business_api")
BEING_READ = "Being read"
YESTERDAY = f"{datetime.now(UTC) - timedelta(1):%Y-%m-%d}"


@pytest.fixture(scope="module")
def account() -> str:
    """Whom to ask for."""
    if ON_AWS and not os.environ.get("E2E_ACCOUNT"):
        pytest.skip("E2E_ACCOUNT names no account to collect a few videos of")
    return os.environ.get("E2E_ACCOUNT", "sandbox_alice")


@pytest.fixture(scope="module")
def counted_before(stack: Deployed, request: pytest.FixtureRequest) -> dict[str, int]:
    """What the server had counted by family before this stack asked it for anything."""
    assert stack.cloud.emulated
    served = request.getfixturevalue("cloud").sandbox.served
    return {family: served(family=family).charged for family in FAMILIES}


@pytest.fixture(scope="module")
def token(stack: Deployed, request: pytest.FixtureRequest) -> dict[str, Any]:
    if not ON_AWS:
        request.getfixturevalue("counted_before")
    return stack.invoke("token_refresh", {})


@pytest.fixture(scope="module")
def trends(stack: Deployed, request: pytest.FixtureRequest) -> dict[str, Any]:
    if not ON_AWS:
        request.getfixturevalue("counted_before")
        work.upload_a_study(stack)
    return stack.invoke("trend_ingestion", {"study": True})


@pytest.fixture(scope="module")
def extracted(stack: Deployed, token: dict[str, Any], account: str) -> dict[str, Any]:
    assert token["version_id"]
    return stack.invoke("user_extraction", work.extraction(account, work.run_id("extraction")))


@pytest.fixture(scope="module")
def found(stack: Deployed, token: dict[str, Any], account: str) -> dict[str, Any]:
    assert token["version_id"]
    return stack.invoke("video_search", work.search(account, work.run_id("search")))


@pytest.fixture(scope="module")
def resumed(stack: Deployed, trends: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
    """After trends, which the study's day is planned with."""
    assert trends
    assert token["version_id"]
    return stack.invoke("collection_worker", {})


@pytest.fixture(scope="module")
def curated(stack: Deployed, request: pytest.FixtureRequest) -> dict[str, Any]:
    for job in () if ON_AWS else ("extracted", "found", "resumed", "trends"):
        request.getfixturevalue(job)
    return stack.invoke("lake_curation", {})


@pytest.fixture(scope="module")
def imported(stack: Deployed, curated: dict[str, Any]) -> dict[str, Any]:
    """The report beside a dataset that a person puts below imports/."""
    assert curated
    key = f"imports/{work.run_id('dataset')}.csv"
    stack.s3.put_object(Bucket=stack.outputs["BucketName"], Key=key, Body=work.DATASET)
    deadline, report = time.monotonic() + 90, dict[str, Any]()
    while report.get("outcome", BEING_READ).startswith(BEING_READ):
        assert time.monotonic() < deadline, (report, stack.log_of("dataset_import"))
        time.sleep(0.5)
        if f"{key}.report.json" in stack.objects(key):
            report = json.loads(stack.read(f"{key}.report.json"))
    return report


@pytest.fixture(scope="module")
def refreshed(stack: Deployed, imported: dict[str, Any]) -> dict[str, Any]:
    assert imported
    return stack.invoke("data_refresh", {})


@pytest.fixture(scope="module")
def purged(stack: Deployed, refreshed: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A follower, whom no study names, and what the purge of that account has answered."""
    assert refreshed
    event = {"username": "sandbox_bruno", "include": ["profile", "followers"], "max_followers": 50}
    stack.invoke("user_extraction", event | {"run_id": work.run_id("followers")})
    stack.invoke("lake_curation", {})
    found = stack.query("SELECT min(other_username) AS name FROM relations WHERE kind = 'follower'")
    account = found[0]["name"]
    assert account
    return account, stack.invoke("data_refresh", {"purge": {"account": account}, "dry_run": False})


@pytest.fixture(scope="module")
def accounted(stack: Deployed, request: pytest.FixtureRequest) -> dict[str, Any]:
    for job in () if ON_AWS else ("extracted", "found", "resumed", "purged"):
        request.getfixturevalue(job)
    if not ON_AWS:
        # Somebody reserved requests yesterday, and died before anything came of them.
        counter = {"pk": {"S": f"{YESTERDAY}#research"}, "sk": {"S": "counter"}, "used": {"N": "3"}}
        adhoc, limit = {"used_adhoc": {"N": "3"}}, {"day_limit": {"N": "1000"}}
        stack.dynamodb.put_item(TableName=stack.outputs["UsageLogTable"], Item={**counter, **adhoc, **limit})
    return stack.invoke("quota_accounting", {})


def test_token_refresh_gets_a_token_and_keeps_it(stack: Deployed, token: dict[str, Any]) -> None:
    version, text = stack.secret("access_token")
    assert version == token["version_id"]
    assert set(json.loads(text)) >= {"access_token", "expires_at"}
    assert [item["sk"]["S"] for item in stack.partition("tasks", "TOKEN")] == ["LEASE"]


def test_trend_ingestion_stores_every_list_and_its_poll(stack: Deployed, trends: dict[str, Any]) -> None:
    if "poll_key" not in trends:
        pytest.skip("the study has no trends")
    poll = json.loads(stack.read(trends["poll_key"]))
    assert trends["complete"] == trends["lists"] > 0
    assert all(len(stack.read(each["rows_key"])) > 0 for each in poll["lists"])
    assert stack.objects(trends["summary_key"])


def test_user_extraction_stores_pages_settles_them_and_exports(stack: Deployed, extracted: dict[str, Any]) -> None:
    assert_collected(stack, extracted)


def test_video_search_stores_pages_settles_them_and_exports(stack: Deployed, found: dict[str, Any]) -> None:
    assert_collected(stack, found)


def assert_collected(stack: Deployed, report: dict[str, Any]) -> None:
    assert report["state"] == "complete", report
    today = stack.partition("usage_log", f"{datetime.now(UTC):%Y-%m-%d}#research")
    entries = [item for item in today if item.get("run_id") == {"S": report["run_id"]}]
    pages = {entry["key"]["S"] for entry in entries}
    assert len(pages) == len(entries) == report["requests"] > 0
    assert all(key.startswith("raw/") and stack.read(key) for key in pages)
    assert json.loads(stack.read(report["manifest"]))["status"] == "complete"
    assert all(len(stack.read(key)) > 0 for key in report["exports"])
    assert report["exports"]


@EMULATED_ONLY
def test_the_worker_begins_the_days_study_and_finishes_it(stack: Deployed, resumed: dict[str, Any]) -> None:
    runs = {run["run_id"]: run["state"] for run in resumed["runs"]}
    assert runs == dict.fromkeys(work.study_runs(), "complete")
    assert stack.objects("studies/plans/")
    (manifest,) = stack.objects("manifests/study=proof/")
    assert json.loads(stack.read(manifest))["status"] == "complete"


@EMULATED_ONLY
def test_curation_makes_a_row_of_every_row_of_the_pages(stack: Deployed, curated: dict[str, Any]) -> None:
    assert (curated["left"], curated["unreadable"], curated["problems"]) == (0, [], [])
    pages = stack.pages()
    for table, entity in {"videos": "videos", "users": "users", "comments": "comments"}.items():
        (row,) = stack.query(f"SELECT count(*) AS stored FROM {table} WHERE entity = '{entity}'")  # noqa: S608
        assert int(row["stored"] or 0) == work.rows_of(pages, entity) > 0, table
    assert curated["rows"]["video_stats"] == curated["rows"]["videos"]
    assert {"trends", "relations"} <= set(curated["rows"])


@EMULATED_ONLY
def test_pages_whose_rows_are_kept_are_marked_and_their_runs_have_ended(
    stack: Deployed, curated: dict[str, Any]
) -> None:
    pages = [key for key in stack.objects("raw/") if "source=tiktok_research_api" in key]
    marked = [key for key in pages if stack.tags(key) == {"curated": "true"}]
    assert len(marked) == curated["tagged"] == len(pages) > 0


@EMULATED_ONLY
def test_curating_again_adds_nothing(stack: Deployed, curated: dict[str, Any]) -> None:
    before = stack.objects("curated/")
    assert curated
    again = stack.invoke("lake_curation", {})
    assert (again["rows"], again["files"], again["tagged"]) == ({}, 0, 0)
    assert stack.objects("curated/").items() >= before.items()


@pytest.mark.parametrize("view", ["videos_latest", "video_growth", "accounts_latest", "coverage"])
def test_each_view_answers_through_athena(stack: Deployed, curated: dict[str, Any], view: str) -> None:
    assert curated
    assert set(stack.views()) == {"videos_latest", "video_growth", "accounts_latest", "coverage"}
    (row,) = stack.query(f"SELECT count(*) AS found FROM {view}")  # noqa: S608
    assert int(row["found"] or 0) > 0


@EMULATED_ONLY
def test_every_row_that_manifests_count_is_in_the_row_store(stack: Deployed, curated: dict[str, Any]) -> None:
    assert curated
    found = stack.query("SELECT run_id, entity, rows_collected, rows_stored, rows_absent FROM coverage")
    assert found
    assert [row for row in found if row["rows_collected"] is not None and row["rows_absent"] != "0"] == []
    latest = stack.query("SELECT count(*) AS found, count(DISTINCT video_id) AS videos FROM videos_latest")
    assert latest[0]["found"] == latest[0]["videos"]


def test_a_dataset_below_imports_is_imported_and_reported_on(stack: Deployed, imported: dict[str, Any]) -> None:
    assert (imported["problem"], imported["taken"].get("videos"), imported["quarantined"]) == (None, 2, 0), imported
    rows = stack.query("SELECT video_id, view_count FROM videos WHERE source = 'import' ORDER BY video_id")
    assert [(row["video_id"], row["view_count"]) for row in rows][-2:] == [
        ("7300000000000000001", "984100"),
        ("7300000000000000002", "25"),
    ]


def test_data_refresh_looks_for_what_is_due(stack: Deployed, refreshed: dict[str, Any]) -> None:
    assert refreshed["deleted"] == {}
    assert stack.objects("lake/")


@EMULATED_ONLY
def test_a_purge_deletes_an_account_from_rows_and_pages_and_certifies_it(
    stack: Deployed, purged: tuple[str, dict[str, Any]]
) -> None:
    account, answer = purged
    assert answer["state"] == "done", answer
    certificate = stack.read(answer["certificate"]).decode()
    assert account not in certificate
    said = json.loads(certificate)
    assert said["deleted"]["raw pages"], said
    assert {**said["deleted"], **said["changed"]}["row store"], said
    followers = stack.query("SELECT other_username FROM relations WHERE kind = 'follower'")
    assert account not in {row["other_username"] for row in followers}
    assert followers
    pages = stack.pages()
    assert pages
    assert [entity for entity, body in pages if account in json.dumps(body)] == []


def test_accounting_keeps_the_history_of_the_quota(stack: Deployed, accounted: dict[str, Any]) -> None:
    assert accounted["problems"] == []
    assert json.loads(stack.read("usage/history.json"))


@EMULATED_ONLY
def test_accounting_closes_the_day_before(stack: Deployed, accounted: dict[str, Any]) -> None:
    assert [each["day"] for each in accounted["closed_days"]] == [YESTERDAY]
    closed = [json.loads(stack.read(key)) for key in stack.objects("usage/") if YESTERDAY in key]
    assert [each["used"] for log in closed for each in log["families"] if each["family"] == "research"] == [3]


@EMULATED_ONLY
def test_accounting_counts_what_the_server_counts(
    cloud: HttpsCloud, counted_before: dict[str, int], accounted: dict[str, Any]
) -> None:
    used = {family["family"]: family["used"] for family in accounted["families"]}
    served = {family: cloud.sandbox.served(accounted["day"], family=family).charged for family in used}
    assert used == {family: counted - counted_before[family] for family, counted in served.items()}
    assert {family for family, count in used.items() if count} >= {"research", "creative_center", "business_api"}


@pytest.fixture(scope="module")
def calls(stack: Deployed, accounted: dict[str, Any]) -> Iterator[dict[str, Call]]:
    """About a stack where there is something of everything."""
    assert accounted["day"]
    protect(stack, True)
    for prefix in PREFIXES if stack.cloud.emulated else ():
        if not stack.first_keys(prefix):
            stack.s3.put_object(Bucket=stack.outputs["BucketName"], Key=f"{prefix}e2e", Body="{}")
    yield calls_about(stack)
    protect(stack, False)


def protect(stack: Deployed, protected: bool) -> None:
    """So that a call to delete a table is refused for its own reason whoever makes it."""
    for output in TABLES.values() if stack.cloud.emulated else ():
        stack.dynamodb.update_table(TableName=stack.outputs[output], DeletionProtectionEnabled=protected)


@pytest.fixture(scope="module")
def answers(stack: Deployed, calls: dict[str, Call]) -> dict[str, dict[str, str]]:
    """What every role was answered, and `administrator`."""
    with ThreadPoolExecutor(2) as pool:
        roles = dict(zip(FUNCTIONS, pool.map(lambda each: answers_to_role(stack, each, calls), FUNCTIONS), strict=True))
    return roles | {"administrator": answers_to_administrator(stack, calls)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_may_make_the_calls_of_its_job_and_no_other(
    calls: dict[str, Call], answers: dict[str, dict[str, str]], function: str
) -> None:
    answered = answers[function]
    allowed = {name for name, answer in answered.items() if answer not in DENIED}
    expected = ALLOWED[function] & set(calls)
    assert {"besides": allowed - expected, "missing": expected - allowed} == {"besides": set(), "missing": set()}
    assert {name: answered[name] for name in allowed if answered[name] not in calls[name].answers} == {}


def test_every_call_is_right_in_itself_so_that_a_denial_is_one(
    calls: dict[str, Call], answers: dict[str, dict[str, str]]
) -> None:
    answered = answers["administrator"]
    wrong = {name: answer for name, answer in answered.items() if answer not in calls[name].answers}
    # A bucket policy holds for an administrator, too.
    assert wrong == dict.fromkeys(("delete_object raw/", "delete_version raw/", "tag_object raw/"), "AccessDenied")


@EMULATED_ONLY
def test_every_prefix_and_every_permission_was_tried(calls: dict[str, Call]) -> None:
    assert {f"put_object {prefix}" for prefix in PREFIXES} <= set(calls)
    untried = {name for allowed in ALLOWED.values() for name in allowed} - set(calls)
    assert {name.split()[0] for name in untried} == {"create_log_stream"}


@EMULATED_ONLY
def test_nothing_that_was_tried_has_changed_anything(
    stack: Deployed, token: dict[str, Any], answers: dict[str, dict[str, str]]
) -> None:
    assert answers
    assert stack.secret("access_token")[0] == token["version_id"]
    assert [key for key in stack.objects() if ABSENT in key] == []
    assert [key for table in TABLES for key in stack.items(table) if ABSENT in key] == []
    assert all(stack.secret(name)[1] != "{}" for name in SECRETS)


@EMULATED_ONLY
def test_a_raw_page_is_not_deleted_even_by_an_administrator(stack: Deployed, extracted: dict[str, Any]) -> None:
    assert extracted
    bucket = {"Bucket": stack.outputs["BucketName"]}
    page, version = next(
        (each["Key"], each["VersionId"]) for each in stack.s3.list_object_versions(**bucket, Prefix="raw/")["Versions"]
    )
    for deletion in ({"Key": page}, {"Key": page, "VersionId": version}):
        assert code_of(lambda deletion=deletion: stack.s3.delete_object(**bucket, **deletion)) == "AccessDenied"
    batch = {"Objects": [{"Key": page}]}
    assert code_of(lambda: stack.s3.delete_objects(**bucket, Delete=batch)) == "AccessDenied"
    assert stack.read(page)


@pytest.mark.parametrize("name", ["list_objects", "get_policy", "get_object raw/", "receive_message", "publish"])
def test_what_comes_without_tls_is_refused(
    stack: Deployed, request: pytest.FixtureRequest, calls: dict[str, Call], name: str
) -> None:
    """Of an administrator, by the policies of bucket, queue and topic."""
    if name not in calls:
        pytest.skip("would be heard by whoever hears the alarms")
    service = calls[name].service
    if ON_AWS:
        plain_url = f"http://{service}.{stack.cloud.administrator.region_name}.amazonaws.com"
    else:
        plain_url = request.getfixturevalue("cloud").plain_url
    assert answer(stack.cloud.client(service, url=plain_url), calls[name].sent()) in DENIED
    assert answer(stack.cloud.client(service), calls[name].sent()) in calls[name].answers


def code_of(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
