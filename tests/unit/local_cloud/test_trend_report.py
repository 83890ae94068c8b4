from datetime import date
from io import StringIO

import msgspec
import pytest
from rich.cells import cell_len
from rich.console import Console

from local_cloud.trend_report import print_trends
from local_cloud.trend_results import trend_results
from tests.unit.trend_lists.trend_rows import answer, numbered
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, NO_PERIOD, TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import CreatorRow, KeywordRow, RankFrom, VideoRow
from tiktok_collector.trend_lists.summary import ListAnswer, Summary
from tiktok_collector.trends.report import TrendGap

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
DASH = "\u2013"
CURRENT, LEGACY, BUSINESS = TrendSource.CREATIVE_CENTER, TrendSource.CREATIVE_CENTER_LEGACY, TrendSource.BUSINESS_API
SETTINGS = TrendSettings(
    countries=("US", "GB"),
    periods=(7,),
    kinds={TrendKind.HASHTAG: (CURRENT, BUSINESS)},
    acknowledge_unofficial_terms=True,
)


def hashtags(country: str = "US", source: TrendSource = CURRENT, period: int = 7, industry: str = "") -> TrendList:
    return TrendList(source=source, kind=TrendKind.HASHTAG, country=country, period=period, industry=industry)


def settings(**changes: object) -> TrendSettings:
    return msgspec.structs.replace(SETTINGS, **changes)


def videos(*titles: str | None) -> ListAnswer:
    asked = TrendList(source=CURRENT, kind=TrendKind.VIDEO, country="US", period=7)
    rows = tuple(
        VideoRow(asked=asked, retrieved_at="x", rank=rank, rank_from=RankFrom.SOURCE, video_id=f"v{rank}", title=title)
        for rank, title in enumerate(titles, start=1)
    )
    return ListAnswer(asked=asked, poll="p1", at="x", rows=rows)


def shown(summary: Summary, wanted: TrendSettings = SETTINGS, gaps: tuple[TrendGap, ...] = (), width: int = 140) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    print_trends(console, trend_results(summary, wanted), gaps)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def words(text: str, start: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.strip().startswith(start)]
    return line.split()


def test_a_first_day_has_ranks_and_days_and_says_that_there_is_nothing_to_compare_with() -> None:
    text = shown(summarise(MONDAY, [answer(["cats", "dogs"])], None))
    assert "Trends of 2026-11-16, the top 10 of each kind by the best rank; first day: nothing to compare with" in text
    assert "hashtag US, 7 days" in text
    assert words(text, "C1") == ["C1", "cats", "1"]
    assert words(text, "C2") == ["C2", "dogs", "1"]


def test_movement_is_new_or_an_arrow_with_places_or_a_dash_and_days_count_the_stay() -> None:
    monday = summarise(MONDAY, [answer(["still", "falls", "a", "b", "rises"])], None)
    text = shown(summarise(TUESDAY, [answer(["still", "rises", "a", "enters", "falls"])], monday))
    assert "; compared with 2026-11-16\n" in text
    lines = [words(text, f"C{rank}") for rank in range(1, 6)]
    assert [line[1:] for line in lines] == [
        ["still", DASH, "2"],
        ["rises", "▲3", "2"],
        ["a", DASH, "2"],
        ["enters", "new", "1"],
        ["falls", "▼3", "2"],
    ]


def test_two_countries_stand_side_by_side_and_the_longer_one_goes_on() -> None:
    text = shown(summarise(MONDAY, [answer(["cats"]), answer(["tea", "rain"], asked=hashtags("GB"))], None))
    assert text.index("hashtag US") < text.index("hashtag GB")
    assert words(text, "C1") == ["C1", "cats", "1", "C1", "tea", "1"]
    assert words(text, "C2") == ["C2", "rain", "1"]


def test_a_trend_of_several_sources_has_every_rank_best_first_and_moves_as_in_the_source_that_ranks_it_best() -> None:
    business = hashtags(source=BUSINESS)

    def day(current: list[str], official: list[str]) -> list[ListAnswer]:
        return [answer(current), answer(official, asked=business)]

    monday = summarise(MONDAY, day(["a", "b", "cats"], ["cats", "x", "y"]), None)
    text = shown(summarise(TUESDAY, day(["a", "b", "cats"], ["x", "cats", "y"]), monday))
    assert "C creative_center, B business_api" in text
    assert words(text, "B2") == ["B2", "C3", "cats", "▼1", "2"]


def test_only_the_top_ten_are_shown() -> None:
    text = shown(summarise(MONDAY, [answer(numbered(40))], None))
    assert "C10" in text
    assert "C11" not in text


@pytest.mark.parametrize("width", [80, 100, 140])
def test_tables_fit_whatever_the_labels_are(width: int) -> None:
    labels = ["x" * 300, "音楽" * 80, "\x1b[31mred", "[bold]x", "two\nlines", None]
    gb = answer(["x" * 300], asked=hashtags("GB", BUSINESS))
    text = shown(
        summarise(MONDAY, [videos(*labels), answer(["y" * 300]), gb], None),
        settings(kinds={TrendKind.HASHTAG: (CURRENT, BUSINESS), TrendKind.VIDEO: (CURRENT,)}),
        width=width,
    )
    tables = text.splitlines()[2:]
    assert max(cell_len(line) for line in tables) <= min(width, 100)
    assert [words(text, f"C{rank}")[0] for rank in range(2, 7)] == [f"C{rank}" for rank in range(2, 7)]
    assert "\x1b" not in text
    assert "[bold]x" in text
    assert "two\\x0alines" in text
    assert "v6" in text


def test_kinds_stand_in_their_order_and_what_has_no_country_stands_alone() -> None:
    everywhere = TrendList(source=BUSINESS, kind=TrendKind.KEYWORD, country=ALL_COUNTRIES, period=NO_PERIOD)
    american = TrendList(source=LEGACY, kind=TrendKind.KEYWORD, country="US", period=7)
    british = TrendList(source=LEGACY, kind=TrendKind.KEYWORD, country="GB", period=7)
    creators = TrendList(source=LEGACY, kind=TrendKind.CREATOR, country="US", period=NO_PERIOD)
    answers = [
        ListAnswer(asked=creators, poll="p1", at="x", rows=(_creator(creators),)),
        *(
            ListAnswer(asked=each, poll="p1", at="x", rows=(_keyword(each),))
            for each in (everywhere, american, british)
        ),
        answer(["cats"]),
    ]
    kinds = {
        TrendKind.CREATOR: (LEGACY,),
        TrendKind.KEYWORD: (BUSINESS, LEGACY),
        TrendKind.HASHTAG: (CURRENT,),
    }
    text = shown(summarise(MONDAY, answers, None), settings(kinds=kinds))
    headings = [line.split("rank")[1:] for line in text.splitlines() if line.strip().startswith("rank")]
    assert [[" ".join(each.split()[:-1]) for each in line] for line in headings] == [
        ["hashtag US, 7 days"],
        ["keyword US, 7 days", "keyword GB, 7 days"],
        ["keyword all countries"],
        ["creator US"],
    ]
    assert "@koda" in text


def test_of_countries_periods_and_industries_the_first_are_shown_and_the_rest_is_counted() -> None:
    lists = [hashtags(country, period=period) for country in ("DE", "FR", "US") for period in (7, 30)]
    text = shown(
        summarise(MONDAY, [answer(["cats"], asked=each) for each in lists], None),
        settings(countries=("FR", "US", "DE"), periods=(30, 7)),
    )
    assert text.count("hashtag") == 2
    assert text.index("hashtag FR, 30 days") < text.index("hashtag US, 30 days")
    assert "4 more lists in trends/summaries/dt=2026-11-16.json.gz" in text


def test_lists_that_the_study_no_longer_asks_for_are_not_shown() -> None:
    monday = summarise(MONDAY, [answer(["cats"]), answer(["tea"], asked=hashtags("GB"))], None)
    text = shown(summarise(TUESDAY, [answer(["cats"])], monday), settings(countries=("US",)))
    assert "tea" not in text
    assert "GB" not in text


def test_a_list_that_is_not_believed_or_missing_keeps_its_last_good_day_and_says_so() -> None:
    monday = summarise(MONDAY, [answer(["cats"]), answer(["tea"], asked=hashtags("GB"))], None)
    missing = answer([], asked=hashtags("GB"), gap="It fails.")
    text = shown(summarise(TUESDAY, [answer([]), missing], monday))
    assert words(text, "C1") == ["C1", "cats", "1", "C1", "tea", "1"]
    assert "no list is of this day" in text
    believed = (
        "creative_center.hashtag.US.7d-all is as of 2026-11-16: the answers of 2026-11-17 are empty and not believed"
    )
    assert believed in text
    assert "creative_center.hashtag.GB.7d-all is as of 2026-11-16.\n" in text


def test_a_list_that_was_always_empty_is_told_and_a_day_without_any_list_is_one_sentence() -> None:
    text = shown(summarise(MONDAY, [answer([])], None))
    assert "Trends of 2026-11-16: there is no list yet." in text
    assert "creative_center.hashtag.US.7d-all was empty; that is not taken for no trends." in text
    assert "rank" not in text


def test_a_list_on_its_first_day_beside_others_is_without_a_mark_as_the_heading_says() -> None:
    monday = summarise(MONDAY, [answer(["cats"])], None)
    tuesday = summarise(TUESDAY, [answer(["cats"]), answer(["tea"], asked=hashtags("GB"))], monday)
    text = shown(tuesday)
    assert "compared with 2026-11-16 (without a mark: a list's first day)" in text
    assert words(text, "C1") == ["C1", "cats", DASH, "2", "C1", "tea", "1"]


def test_rows_that_a_source_withholds_are_told_once_a_source() -> None:
    capped = [answer(["a", "b", "c"], asked=hashtags(country), capped=True, total=100) for country in ("US", "GB")]
    text = shown(summarise(MONDAY, capped, None))
    assert text.count("creative_center withholds rows from this caller") == 1
    assert "has 3 of 100." in text


def test_each_gap_is_one_line_with_its_reason_and_its_sentence() -> None:
    gap = TrendGap(
        source="business_api", kind="sound", reason="credentials_rejected", lists=2, message="The token is [refused]."
    )
    refused = TrendGap(source="creative_center", kind="video", reason="not_offered", lists=0, message="No DK.")
    text = shown(summarise(MONDAY, [answer(["cats"])], None), gaps=(gap, refused))
    assert "  sound of business_api, 2 lists: credentials_rejected. The token is [refused].\n" in text
    assert "  video of creative_center: not_offered. No DK.\n" in text


def _creator(asked: TrendList) -> CreatorRow:
    return CreatorRow(asked=asked, retrieved_at="x", rank=1, rank_from=RankFrom.SOURCE, creator_id="7", username="koda")


def _keyword(asked: TrendList) -> KeywordRow:
    return KeywordRow(asked=asked, retrieved_at="x", rank=1, rank_from=RankFrom.SOURCE, keyword="tea", name="tea")
