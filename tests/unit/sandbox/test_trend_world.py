"""What trends: the same for the same seed and time, smoothly moving, partly of the world's own videos."""

import unicodedata
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.trends.movement import DAY, edition
from sandbox.trends.world import ListName, TrendWorld
from sandbox.world import World
from tests.unit.sandbox.trend_support import NOW, trend_world

WORLD = trend_world()
TRENDS = TrendWorld(WORLD.catalog)
SECOND = NOW.timestamp()
US = ListName("hashtag", "US", 7)
moments = st.floats(SECOND - 400 * DAY, SECOND + 400 * DAY)
lists = st.builds(
    ListName,
    st.sampled_from(["hashtag", "sound", "keyword", "creator"]),
    st.sampled_from(["US", "GB", "ZZ", ""]),
    st.sampled_from([0, 1, 7, 30, 90, 120]),
    st.sampled_from(["", "23000000000"]),
)


@given(lists, moments)
def test_a_list_is_full_without_repeats_and_the_same_each_time(name: ListName, moment: float) -> None:
    sizes = {"hashtag": 200, "sound": 100, "keyword": 500, "creator": 459}
    entries = TRENDS.now(name, moment)
    assert len({entry.name for entry in entries}) == len(entries) == sizes[name.kind]
    assert [entry.rank for entry in entries] == list(range(1, len(entries) + 1))
    assert all(entry.score > 0 for entry in entries)
    assert TrendWorld(WORLD.catalog).now(name, moment) == entries


@given(lists, moments)
def test_the_rank_of_the_day_before_is_the_rank_on_that_day(name: ListName, moment: float) -> None:
    yesterday = {entry.bits: entry.rank for entry in TRENDS.of_day(name, moment - DAY, 50)}
    for entry in TRENDS.of_day(name, moment, 50):
        assert entry.before == yesterday.get(entry.bits)


@given(moments)
def test_a_list_of_the_day_stays_all_day(moment: float) -> None:
    start = moment // DAY * DAY
    assert TRENDS.of_day(US, start) == TRENDS.of_day(US, start + DAY - 1)


@given(st.integers(0, 500), moments)
def test_an_edition_is_never_of_the_future_and_lasts(seed: int, moment: float) -> None:
    made = edition(seed, moment)
    assert made <= moment
    assert edition(seed, made) == made


def test_content_changes_on_most_days_but_not_with_every_look() -> None:
    looks = [edition(1, SECOND + quarter * DAY / 4) for quarter in range(4 * 200)]
    changes = sum(one != other for one, other in pairwise(looks))
    days = {int(look // DAY) for look in looks}
    assert 150 < changes < 270  # about every fourth look
    assert 110 < len(days) < 170  # of two hundred days


@pytest.mark.parametrize(("period", "lowest", "highest"), [(7, 0.6, 0.8), (120, 0.8, 0.95)])
def test_about_seven_of_ten_names_survive_a_change(period: int, lowest: float, highest: float) -> None:
    name = ListName("hashtag", "US", period)
    made = sorted({edition(1, SECOND + quarter * DAY / 4) for quarter in range(400)})
    tops = [{entry.name for entry in TRENDS.now(name, moment)[:100]} for moment in made]
    shares = [len(one & other) / 100 for one, other in pairwise(tops)]
    assert lowest < sum(shares) / len(shares) < highest


def test_ranks_move_by_little_within_an_hour() -> None:
    made = sorted({edition(1, SECOND + minute * 60) for minute in range(60 * 24 * 200)})
    one, other = next((one, other) for one, other in pairwise(made) if other - one < 7200)
    before = {entry.bits: entry.rank for entry in TRENDS.now(US, one)[:100]}
    moves = [abs(before[entry.bits] - entry.rank) for entry in TRENDS.now(US, other) if entry.bits in before]
    assert sum(moves) / len(moves) < 5


def test_lists_differ_by_country_period_industry_and_seed() -> None:
    other_seed = TrendWorld(trend_world(seed=2).catalog)
    variants = [US, ListName("hashtag", "GB", 7), ListName("hashtag", "US", 30), ListName("hashtag", "US", 7, "1")]
    tops = [tuple(entry.name for entry in TRENDS.now(name, SECOND)[:10]) for name in variants]
    tops.append(tuple(entry.name for entry in other_seed.now(US, SECOND)[:10]))
    assert len(set(tops)) == len(tops)


def test_a_search_for_trending_hashtags_finds_videos() -> None:
    found = 0
    for entry in TRENDS.now(US, SECOND)[:20]:
        query = {"and": [{"field_name": "hashtag_name", "operation": "EQ", "field_values": [entry.name]}]}
        found += bool(WORLD.search(query, date(2026, 7, 5), date(2026, 8, 2)))
    assert 8 <= found < 20  # others are made up


def test_hashtags_are_of_several_scripts_and_stay_apart_when_normalised() -> None:
    names = [entry.name for day in range(30) for entry in TRENDS.now(US, SECOND + day * DAY)]
    scripts = {unicodedata.name(name[0]).split()[0] for name in names}
    assert {"LATIN", "CJK", "HANGUL", "ARABIC", "CYRILLIC", "THAI", "DEVANAGARI"} <= scripts
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(set(names))


def test_videos_are_the_worlds_own_first_and_of_the_period() -> None:
    videos = TRENDS.videos(ListName("video", "US", 7), SECOND)
    assert len(set(videos)) == 500
    table = WORLD.catalog.videos
    known = [number for number in videos if table.position(number) is not None]
    assert 200 < len(known) < 500
    assert videos[: len(known)] == tuple(known)
    created = [int(table.created[position]) for number in known if (position := table.position(number)) is not None]
    assert min(created) >= SECOND - 7 * DAY
    assert max(created) < SECOND


def test_a_world_without_videos_trends_as_well() -> None:
    empty = World.generate(accounts=0, videos=0, days=0, samples=False, end=NOW.date())
    trends = TrendWorld(empty.catalog)
    assert len({entry.name for entry in trends.now(US, SECOND)}) == 200
    assert len(set(trends.videos(ListName("video", "US", 7), SECOND))) == 500
