"""`tiktok-collector trends`: the day's lists, and asking for some just now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

import msgspec
import typer

from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.sending import in_options
from cli.target import Target
from cli.words import counted
from local_cloud.invocation import invoke
from local_cloud.trend_report import print_trends
from local_cloud.trend_results import trend_results
from tiktok_collector.clock import utc_day
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.trends import TrendEvent
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendKind, TrendSource
from tiktok_collector.trend_lists.summary import Summary
from tiktok_collector.trends.poll import OF_CREDENTIALS
from tiktok_collector.trends.report import TrendGap, TrendReport
from tiktok_collector.trends.summaries import TrendSummaries


@about_a_stack
def trends(
    screen: Screen,
    target: Target,
    *,
    kind: Annotated[
        list[TrendKind] | None, typer.Option("--kind", help="Ask for this now; may be given several times.")
    ] = None,
    source: Annotated[
        list[TrendSource] | None, typer.Option("--source", help="Ask this source.", show_default="business_api")
    ] = None,
    country: Annotated[list[str] | None, typer.Option("--country", help="Two letters, such as US.")] = None,
    period: Annotated[list[int] | None, typer.Option("--period", help="Days.", show_default="7")] = None,
    rows: Annotated[int | None, typer.Option("--rows", help="So many rows of each list.", show_default="100")] = None,
    acknowledge: Annotated[
        bool,
        typer.Option(
            "--acknowledge-unofficial-terms",
            help="I have read the terms of the two creative_center sources and may use them.",
        ),
    ] = False,
    day: Annotated[
        str | None, typer.Option("--day", help="Show this UTC day, YYYY-MM-DD.", show_default="the newest")
    ] = None,
) -> ExitCode:
    """Shows the top of each kind by country; with `--kind` and `--country` asks the sources first.

    What is asked so is none of the study's polls. The lists of a day are asked for by the study every few hours.

    Example: `tiktok-collector trends --kind hashtag --country US --country DE --source business_api`
    """
    report = None
    if kind or country or source:
        event = _event(kind or (), source or (), country or (), period, rows, acknowledge=acknowledge)
        report = msgspec.convert(invoke(target.aws, target.stack.trend_ingestion, event), TrendReport)
    summary = _summary(target, day or (report.day if report and report.day else None))
    gaps = report.gaps if report else ()
    if screen.as_json:
        screen.show({"report": msgspec.to_builtins(report), "summary": msgspec.to_builtins(summary)})
    else:
        if report:
            screen.out.print(f"  {_in_words(report)}", highlight=False, soft_wrap=True)
        if summary:
            print_trends(screen.out, trend_results(summary, _settings(summary, country, kind)), gaps)
    return _code(gaps)


def _event(
    kinds: Sequence[TrendKind],
    sources: Sequence[TrendSource],
    countries: Sequence[str],
    periods: Sequence[int] | None,
    rows: int | None,
    *,
    acknowledge: bool,
) -> dict[str, Any]:
    if not kinds or not countries:
        raise Failure(ExitCode.USAGE, "Asking for trends needs both --kind and --country: name at least one of each.")
    asked = [str(each) for each in sources or (TrendSource.BUSINESS_API,)]
    event: dict[str, Any] = {"countries": list(countries), "kinds": {str(each): asked for each in kinds}}
    event |= {"acknowledge_unofficial_terms": acknowledge}
    event |= {name: value for name, value in (("periods", periods or None), ("rows", rows)) if value is not None}
    try:
        parse_event(TrendEvent, event)
    except InvalidRequest as error:
        raise Failure(ExitCode.USAGE, in_options(str(error))) from error
    return event


def _summary(target: Target, day: str | None) -> Summary | None:
    """The summary of a day; of none named the newest there is.

    Raises:
        Failure: there is none.
    """
    summaries = TrendSummaries(ObjectStore(target.aws.s3, target.stack.bucket))
    if day is not None:
        try:
            found = summaries.summary(day)
        except InvalidRequest as error:
            raise Failure(ExitCode.USAGE, f"--day {day} is no day: write it as YYYY-MM-DD.") from error
        if found is None:
            raise Failure(
                ExitCode.NOT_FOUND, f"There are no trends of {day}: `tiktok-collector trends` shows the newest."
            )
        return found
    today = utc_day(target.clock.now())
    found = summaries.summary(today) or summaries.before(today)
    if found is None:
        raise Failure(
            ExitCode.NOT_FOUND,
            "No trends have been collected yet: name some in the study (docs/study.md), or give --kind and --country.",
        )
    return found


def _settings(
    summary: Summary, countries: Sequence[str] | None, kinds_asked: Sequence[TrendKind] | None
) -> TrendSettings:
    """Settings for those lists of the summary that are to be shown: of the countries and kinds asked for, or all."""
    asked = [each.asked for each in summary.lists if not kinds_asked or each.asked.kind in kinds_asked]
    there = _each(each.country for each in asked if each.country != ALL_COUNTRIES)
    kinds: Mapping[TrendKind, tuple[TrendSource, ...]] = {
        kind: tuple(_each(each.source for each in asked if each.kind == kind))
        for kind in _each(each.kind for each in asked)
    }
    return TrendSettings(
        countries=tuple([each for each in (countries or ()) if each in there] or there),
        periods=tuple(_each(each.period for each in asked if each.period)) or (7,),
        kinds=dict(kinds),
        industries=tuple(_each(each.industry for each in asked if each.industry)),
    )


def _each[Part](parts: Iterable[Part]) -> list[Part]:
    return list(dict.fromkeys(parts))


def _in_words(report: TrendReport) -> str:
    if report.note:
        return report.note
    asked = f"{report.complete} of {counted(report.lists, 'list')} complete, {report.rows:,} rows"
    return f"Asked as {report.poll}: {asked}, {counted(report.requests, 'request')}."


def _code(gaps: Iterable[TrendGap]) -> ExitCode:
    reasons = {gap.reason for gap in gaps}
    if reasons & {str(each) for each in OF_CREDENTIALS}:
        return ExitCode.CREDENTIALS
    return ExitCode.INCOMPLETE if reasons else ExitCode.DONE
