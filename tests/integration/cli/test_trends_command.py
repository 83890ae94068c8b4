from datetime import UTC, date, datetime, timedelta

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.trend_keys import trend_summary_key
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.summary import Entry, ListSummary, MergedItem, MergedList, Summary, encode_summary

TODAY = datetime.now(UTC).date()


def summary(stack: MotoStack, day: date, label: str) -> None:
    asked = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country="US", period=7)
    entry = Entry(
        key=label,
        label=label,
        name=label,
        ids={},
        rank=1,
        movement=None,
        previous_rank=None,
        first_day=day,
        days_on_list=1,
    )
    lists = ListSummary(
        asked=asked,
        as_of=day,
        compared_with=None,
        first=True,
        flags=(),
        gaps=(),
        polls=1,
        good_polls=1,
        rows=1,
        total=1,
        last_asked=day,
        doubted=(),
        entries=(entry,),
        left=(),
    )
    item = MergedItem(key=label, label=label, name=label, rank=1, ranks={TrendSource.BUSINESS_API: 1})
    merged = MergedList(kind=TrendKind.HASHTAG, country="US", period=7, industry="", items=(item,))
    found = Summary(day=day, lists=(lists,), merged=(merged,))
    stack.put(trend_summary_key(day.isoformat()), gzipped(encode_summary(found)))


def test_the_newest_trends_are_shown(stack: MotoStack) -> None:
    yesterday, before = TODAY - timedelta(1), TODAY - timedelta(2)
    summary(stack, yesterday, "cats")
    summary(stack, before, "dogs")
    assert "cats" in on_stack("trends").stdout
    assert "dogs" in on_stack("trends", "--day", before.isoformat()).stdout
    assert as_json("trends")["summary"]["day"] == yesterday.isoformat()
    assert stack.invoked == []


@pytest.mark.parametrize(
    ("reasons", "code"),
    [([], ExitCode.DONE), (["source_fails"], ExitCode.INCOMPLETE), (["credentials_missing"], ExitCode.CREDENTIALS)],
)
def test_lists_are_asked_for_and_what_is_missing_has_a_code(
    stack: MotoStack, reasons: list[str], code: ExitCode
) -> None:
    summary(stack, TODAY, "cats")
    gaps = [
        {"source": "business_api", "kind": "hashtag", "reason": reason, "lists": 1, "message": "So it is."}
        for reason in reasons
    ]
    report = {"day": TODAY.isoformat(), "poll": "x", "lists": 1, "complete": 1, "rows": 1, "requests": 1, "gaps": gaps}
    stack.functions["trend_ingestion"] = lambda _: report
    result = on_stack("trends", "--kind", "hashtag", "--country", "US")
    assert result.exit_code == code
    assert "cats" in result.stdout
    assert all(reason in result.stdout for reason in reasons)
    assert stack.invoked[0][1]["kinds"] == {"hashtag": ["business_api"]}
