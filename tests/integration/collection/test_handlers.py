"""The functions as Lambda calls them: reports, wrong events, and that no secret is ever written down."""

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.deployed import Deployed, Outcome
from tests.integration.collection.test_bad_surroundings import assert_one_sentence
from tests.support.docs import DOCS, names, table_of

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

SMALL = AccountSpec("small", videos=5, days=60, followers=3, comments_per_video=2)
EVENT = {"username": "@Small", "include": ["profile", "videos", "comments", "followers"], "run_id": "one"}


@pytest.fixture
def deployed(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> Deployed:
    world = World.generate(seed=3, accounts=2, videos=10, days=90, specs=[SMALL])
    return Deployed(make_cloud(world), monkeypatch)


def test_an_extraction_answers_with_a_small_report(deployed: Deployed) -> None:
    report = deployed.send("user_extraction", EVENT).report
    assert report == {
        "run_id": "one",
        "state": "complete",
        "accounts": 1,
        "period": "2026-08-20..2026-11-17",
        "tasks": report["tasks"],
        "requests": deployed.cloud.sandbox.served(family="research").received
        + deployed.cloud.sandbox.served(family="followers").received,
        "gaps": 0,
        "exports": [f"exports/{deployed.cloud.pseudonym('small')}_FULL_DATA_20261120_090000.json"],
        "manifest": "manifests/run=one.json",
    }
    assert set(report["tasks"]) == {"done"}


def test_the_export_and_the_manifest_have_the_documented_fields(deployed: Deployed) -> None:
    deployed.send("user_extraction", EVENT)
    text = (DOCS / "manifest.md").read_text()
    form = "## The export: `exports/<pseudonym>_FULL_DATA_<YYYYMMDD>_<HHMMSS>.json`"
    assert set(deployed.cloud.export("small")) == set(names(table_of(text, form, "field")))
    manifest = deployed.cloud.manifest("one")
    assert list(manifest) == names(table_of(text, "## The manifest: `manifests/run=<run>.json`", "field"))
    (account,) = manifest["accounts"]
    assert list(account) == names(table_of(text, "### `accounts[]`", "field"))
    known = set(names(table_of(text, "### `accounts[].streams[]`", "field")))
    assert all(set(stream) <= known for stream in account["streams"])


def test_the_log_ends_with_the_report_every_line_is_json_and_nobody_is_named(deployed: Deployed) -> None:
    outcome = deployed.send("user_extraction", EVENT)
    assert outcome.log[-1]["message"] == "done"
    assert outcome.log[-1]["report"]["run_id"] == "one"
    assert {line["level"] for line in outcome.log} == {"INFO"}
    assert not any("small" in json.dumps(line) for line in outcome.log)


def test_an_invocation_without_time_parks_and_the_worker_finishes(deployed: Deployed) -> None:
    early = deployed.send("user_extraction", EVENT, seconds=1).report
    assert early["state"] == "running"
    assert early["requests"] == 0
    done = deployed.send("collection_worker", {"scheduled_time": "<aws.scheduler.scheduled-time>"}).report
    assert done["open_runs"] == 1
    assert [run["state"] for run in done["runs"]] == ["complete"]
    assert deployed.send("collection_worker", {}).report == {"open_runs": 0, "runs": []}


def test_a_warning_is_in_the_report_and_in_the_log(deployed: Deployed) -> None:
    outcome = deployed.send(
        "user_extraction", {"username": "small", "start_date": "2026-11-01", "end_date": "2026-11-20", "run_id": "new"}
    )
    (warning,) = outcome.report["warnings"]
    assert warning.startswith("end_date 2026-11-20 is within the last 48 hours")
    assert [line["message"] for line in outcome.log if line["level"] == "WARNING"].count(warning) == 1


def test_a_schedule_that_delivers_twice_collects_once(deployed: Deployed) -> None:
    event = {"scheduled_time": "2026-11-20T00:15:00Z", "usernames": ["small"]}
    first = deployed.send("user_extraction", event).report
    received = deployed.cloud.sandbox.served(family="research").received
    assert deployed.send("user_extraction", event).report == first
    assert first["run_id"] == "user-extraction-20261120T001500Z"
    assert deployed.cloud.sandbox.served(family="research").received == received


@pytest.mark.parametrize(
    "other",
    [{"username": "sandbox_bruno"}, {"days_back": 5}, {"include": ["profile"]}],
    ids=["account", "period", "include"],
)
def test_a_run_id_belongs_to_one_request(deployed: Deployed, other: dict[str, Any]) -> None:
    event = {"username": "small", "start_date": "2026-11-01", "end_date": "2026-11-02", "run_id": "one"}
    assert deployed.send("user_extraction", event).error is None
    changed = {**event, **other}
    if "days_back" in other:
        changed |= {"start_date": "2026-11-03", "end_date": "2026-11-04"}
        del changed["days_back"]
    assert_one_sentence(deployed.send("user_extraction", changed), "The run id 'one' belongs to another request")


WRONG = [
    ("user_extraction", [], "The event is a list, not a JSON object"),
    ("user_extraction", {"username": "small", "max_videos": 0}, "The event's field 'max_videos' is wrong: "),
    ("user_extraction", {"username": "small", "depth": 3}, "The event has a field 'depth' that is not known"),
    ("user_extraction", {"username": "a", "start_date": "2026-12-01", "end_date": "2026-12-02"}, "is in the future"),
    ("user_extraction", {"usernames": [f"u{n}" for n in range(20_001)]}, "at most 20000 items"),
    ("collection_worker", {"resume": True}, "The event has a field 'resume' that is not known"),
    ("token_refresh", {"rejected_version": ""}, "The event's field 'rejected_version' is wrong"),
    ("quota_accounting", {"reconcile": "perhaps"}, "The event's field 'reconcile' is wrong"),
]


@pytest.mark.parametrize(("function", "event", "sentence"), WRONG)
def test_a_wrong_event_is_one_sentence_and_touches_nothing(
    deployed: Deployed, function: str, event: object, sentence: str
) -> None:
    outcome = deployed.send(function, event)
    assert type(outcome.error).__name__ == "InvalidRequest"
    assert_one_sentence(outcome, sentence)
    assert deployed.cloud.sandbox.served().received == 0
    assert deployed.cloud.keys() == []


def test_quota_accounting_reports_what_the_server_counted(deployed: Deployed) -> None:
    deployed.send("user_extraction", EVENT)
    report = deployed.send("quota_accounting", {}).report
    used = {family["family"]: family["used"] for family in report["families"]}
    assert used == {
        family: deployed.cloud.sandbox.served(family=family).received for family in ("research", "followers")
    }


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The records of all loggers at all levels."""
    names = ["botocore", "boto3", "urllib3", "requests", "s3transfer"]
    before = {name: logging.getLogger(name).level for name in names}
    with caplog.at_level(1):
        for name in names:
            logging.getLogger(name).setLevel(1)
        yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def tokens_of(deployed: Deployed) -> set[str]:
    secrets, found = deployed.cloud.secrets, set()
    for version in secrets.list_secret_version_ids(SecretId=deployed.cloud.token_secret)["Versions"]:
        value = secrets.get_secret_value(SecretId=deployed.cloud.token_secret, VersionId=version["VersionId"])
        found.add(json.loads(value["SecretString"])["access_token"])
    return found


def everything_said(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], *outcomes: Outcome) -> str:
    formatter = logging.Formatter()
    records = [f"{formatter.format(record)} {record.__dict__}" for record in caplog.records]
    answers = [json.dumps(outcome.report) + repr(outcome.error) + json.dumps(outcome.log) for outcome in outcomes]
    return "\n".join([*records, *answers, *capsys.readouterr()])


def test_no_secret_is_written_down_in_good_weather_or_bad(
    deployed: Deployed, everything_logged: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = deployed.cloud
    good = deployed.send("user_extraction", EVENT)
    cloud.sandbox.faults.add("token_revoked", times=2)
    cloud.sandbox.faults.add("internal_error", every=2, times=6)
    cloud.sandbox.faults.add("reset_after", endpoint="video/query", times=1)
    stormy = deployed.send("user_extraction", {**EVENT, "run_id": "two"})
    cloud.sandbox.faults.clear()
    cloud.sandbox.faults.add("token_error", endpoint="token", error="invalid_client")
    cloud.clock.sleep(3 * 3600)
    failing = deployed.send("user_extraction", {**EVENT, "run_id": "three"})
    assert good.report["state"] == "complete"
    assert "TikTok refuses the client credentials" in failing.sentence
    said = everything_said(everything_logged, capsys, good, stormy, failing)
    assert "urllib3.connectionpool" in said
    assert "botocore" in said
    tokens = tokens_of(deployed)
    assert len(tokens) >= 2
    for secret in {cloud.sandbox.client_secret, *tokens}:
        assert secret not in said


def test_no_secret_is_in_the_bucket_or_the_tables(deployed: Deployed) -> None:
    cloud = deployed.cloud
    deployed.send("user_extraction", EVENT)
    secrets = {cloud.sandbox.client_secret, *tokens_of(deployed)}
    for key in cloud.keys():  # noqa: SIM118 - a method that lists the bucket
        text = repr(cloud.pages(key)) if key.startswith("raw/") else json.dumps(cloud.json(key))
        assert not any(secret in text for secret in secrets)
    for table in ("Tasks", "UsageLog"):
        text = json.dumps(cloud.dynamodb.scan(TableName=table)["Items"])
        assert not any(secret in text for secret in secrets)
