"""What polls of trends lack: in `gaps`, with what can still be had, and in `status`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_collector.clock import iso
from tiktok_collector.lake.keys import STUDY_FILE
from tiktok_collector.lake.trend_keys import trend_poll_key
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trends.poll import Gap, GapReason, ListOutcome, Poll, Refusal, study_run_id

TODAY = datetime.now(UTC).date()
YESTERDAY = TODAY - timedelta(1)
STUDY = """
version: 1
name: ours
first_day: 2026-09-01
searches:
  pasta: {query: {and: [{field_name: keyword, operation: EQ, field_values: [pasta]}]}}
trends: {enabled: true, countries: [US, DE], kinds: {hashtag: [business_api]}, polls_per_day: 1}
"""


def listed(country: str, reason: GapReason | None, *, tries: int = 1) -> ListOutcome:
    asked = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country=country, period=7)
    return ListOutcome(asked=asked, tries=tries, gap=Gap(reason=reason, message="So it is.") if reason else None)


def put_poll(stack: MotoStack, day: date, name: str, lists: Sequence[ListOutcome], **fields: Any) -> str:
    """A poll of the study, unless its name is another than the study's, in the bucket; returns its run's id."""
    of_study = name == "p1"
    run_id = study_run_id(day.isoformat(), name) if of_study else name
    at = iso(datetime(day.year, day.month, day.day, 0 if of_study else 1, tzinfo=UTC))
    usual: dict[str, Any] = {
        "day": day.isoformat(),
        "name": name,
        "run_id": run_id,
        "work_class": "scheduled" if of_study else "adhoc",
        "started_at": at,
        "updated_at": at,
        "lists": tuple(lists),
    }
    stack.put(trend_poll_key(day.isoformat(), name), msgspec.json.encode(Poll(**usual | fields)))
    return run_id


@pytest.fixture
def studied(stack: MotoStack) -> MotoStack:
    stack.put(STUDY_FILE, STUDY.encode())
    stack.functions["trend_ingestion"] = lambda _: {}
    return stack


def named(found: Any) -> list[tuple[str, str, bool]]:
    return [(each["country"], each["reason"], bool(each["retry"])) for each in found["trend_gaps"]]


def test_a_list_that_may_still_be_had_is_asked_for_again_and_one_that_may_not_says_why(studied: MotoStack) -> None:
    lists = [listed("DE", GapReason.BUDGET), listed("US", GapReason.RETIRED)]
    run_id = put_poll(studied, TODAY, "p1", lists)
    found = as_json("gaps")
    assert named(found) == [("DE", "budget", True), ("US", "retired", False)]
    assert [each["open"] for each in found["trend_gaps"]] == [True, False]
    assert found["trend_gaps"][1]["why_not"] == "name another source in the study"
    retry = {"run_id": run_id, "function": "trend_ingestion", "event": {"study": True}}
    assert found["retries"] == [retry | {"state": "not_sent"}]
    assert studied.invoked == []
    screen = " ".join(on_stack("gaps").stdout.split())
    for shown in (run_id, "hashtag of business_api", "1 (DE)", "budget", "So it is.", "`--retry` would send 1 event."):
        assert shown in screen
    assert as_json("gaps", "--retry")["retries"] == [retry | {"state": "sent"}]
    assert studied.invoked == [("trend_ingestion", {"study": True})]
    said = on_stack("gaps", "--retry").stdout
    assert f"Sent 1 event: see `tiktok-collector gaps {run_id}` for what became of it." in said


def test_nothing_is_sent_where_nothing_can_be_had(studied: MotoStack) -> None:
    refusal = Refusal(
        source="creative_center",
        kind="video",
        gap=Gap(reason=GapReason.NOT_ACKNOWLEDGED, message="It is unofficial."),
    )
    put_poll(studied, TODAY, "p1", [listed("US", GapReason.SOURCE_FAILS, tries=3)], refused=(refusal,))
    put_poll(studied, TODAY, "by-hand", [listed("FR", GapReason.BUDGET)])
    found = as_json("gaps", "--retry")
    assert named(found) == [("US", "source_fails", False), ("FR", "budget", False), (None, "not_acknowledged", False)]
    assert "the next poll asks anew" in found["trend_gaps"][0]["why_not"]
    assert "tiktok-collector trends" in found["trend_gaps"][1]["why_not"]
    assert "acknowledge_unofficial_terms" in found["trend_gaps"][2]["why_not"]
    assert found["retries"] == []
    assert studied.invoked == []


@pytest.mark.parametrize("renewed", [False, True])
def test_what_lacks_credentials_may_be_had_once_the_secret_has_changed(studied: MotoStack, *, renewed: bool) -> None:
    secret = studied.outputs["TrendCredentialsSecretArn"]
    used = studied.secretsmanager.put_secret_value(SecretId=secret, SecretString="{}")["VersionId"]
    put_poll(studied, TODAY, "p1", [listed("US", GapReason.CREDENTIALS_REJECTED)], credentials=used)
    if renewed:
        studied.secretsmanager.put_secret_value(SecretId=secret, SecretString='{"business_api": {}}')
    (gap,) = as_json("gaps")["trend_gaps"]
    assert bool(gap["retry"]) == renewed
    assert gap["to_do"] == "renew the credentials: `tiktok-collector credentials set --trends business_api`"
    assert gap["why_not"] == (None if renewed else gap["to_do"])


def test_what_the_last_poll_of_yesterday_lacked_the_poll_of_this_hour_asks_for(studied: MotoStack) -> None:
    put_poll(studied, YESTERDAY, "p1", [listed("US", GapReason.SOURCE_FAILS, tries=3), listed("FR", GapReason.BUDGET)])
    found = as_json("gaps")
    assert named(found) == [("FR", "budget", False), ("US", "source_fails", True)]
    assert found["trend_gaps"][0]["why_not"] == "the study does not ask for it any more"
    assert found["trend_gaps"][1]["retry"] == study_run_id(TODAY.isoformat(), "p1")


def test_without_a_study_nothing_is_asked_for_again(stack: MotoStack) -> None:
    put_poll(stack, TODAY, "p1", [listed("US", GapReason.BUDGET)])
    (gap,) = as_json("gaps")["trend_gaps"]
    assert gap["why_not"] == "the study asks for no trends now"


@pytest.mark.parametrize("name", ["p1", "by-hand"])
def test_what_a_later_poll_has_brought_is_no_gap_any_more(studied: MotoStack, name: str) -> None:
    earlier = put_poll(studied, YESTERDAY, "p1", [listed("US", GapReason.BUDGET)])
    put_poll(studied, TODAY, name, [listed("US", None)])
    assert as_json("gaps")["trend_gaps"] == []
    assert as_json("status")["trend_gaps"] == []
    (gap,) = as_json("gaps", earlier)["trend_gaps"]
    assert gap["why_not"] == "a later poll has asked for it"


def test_polls_older_than_three_days_are_not_looked_at(studied: MotoStack) -> None:
    put_poll(studied, TODAY - timedelta(3), "p1", [listed("US", GapReason.BUDGET)])
    assert as_json("gaps")["trend_gaps"] == []
    assert "Nothing is missing" in on_stack("gaps").stdout


def test_a_run_alone_or_a_poll_alone(studied: MotoStack) -> None:
    poll = put_poll(studied, TODAY, "p1", [listed("US", GapReason.BUDGET)])
    studied.put_manifest("r1")
    assert as_json("gaps", "r1")["trend_gaps"] == []
    assert [each["run_id"] for each in as_json("gaps", poll)["trend_gaps"]] == [poll]


def test_looking_keeps_nothing(studied: MotoStack) -> None:
    put_poll(studied, TODAY, "p1", [listed("US", GapReason.BUDGET)])
    before = studied.s3.list_objects_v2(Bucket="lake")["KeyCount"]
    as_json("gaps")
    as_json("status")
    assert studied.s3.list_objects_v2(Bucket="lake")["KeyCount"] == before


def test_a_poll_that_cannot_be_read_is_named_and_hides_no_other(studied: MotoStack) -> None:
    put_poll(studied, TODAY, "p1", [listed("US", GapReason.BUDGET)])
    key = trend_poll_key(TODAY.isoformat(), "broken")
    studied.put(key, b"{")
    found = as_json("gaps")
    assert found["unread_polls"] == [key]
    assert named(found) == [("US", "budget", True)]
    assert key in on_stack("gaps").stdout
    assert len(as_json("status")["trend_gaps"]) == 1


def test_status_tells_them_by_reason_with_what_to_do(studied: MotoStack) -> None:
    lists = [
        listed("DE", GapReason.CREDENTIALS_MISSING),
        listed("US", GapReason.CREDENTIALS_MISSING),
        listed("FR", GapReason.RATE_LIMITED),
    ]
    put_poll(studied, TODAY, "p1", lists)
    missing, still = as_json("status")["trend_gaps"]
    assert (missing["reason"], missing["lists"], missing["countries"]) == ("credentials_missing", 2, ["DE", "US"])
    assert (missing["open"], still["open"], still["reason"]) == (False, True, "rate_limited")
    screen = " ".join(on_stack("status").stdout.split())
    assert "2 trend lists missing, 1 trend list still asked for" in screen
    assert "hashtag of business_api, 2 lists in DE, US: credentials_missing" in screen
    assert "tiktok-collector credentials set --trends business_api" in screen


@pytest.mark.parametrize("name", ["p1", "by-hand"])
@pytest.mark.parametrize("reason", GapReason)
def test_every_reason_says_what_to_do(unchanged_stack: MotoStack, reason: GapReason, name: str) -> None:
    put_poll(unchanged_stack, TODAY, name, [listed("US", reason)])
    other = "by-hand" if name == "p1" else "p1"
    put_poll(unchanged_stack, TODAY, other, [])
    (gap,) = as_json("status")["trend_gaps"]
    assert (gap["reason"], gap["of_study"]) == (reason, name == "p1")
    assert gap["to_do"]
