"""What searches take from the trend lists of the bucket: once for each day of videos, whoever picks."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

import boto3
import msgspec
import pytest
from moto import mock_aws

from tests.unit.trend_lists.trend_rows import US, answer
from tiktok_collector.errors import Fatal, NewerVersion
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.lake.trend_keys import trend_summary_key
from tiktok_collector.studies.trend_picks import PickedStudy, with_picks
from tiktok_collector.study.collections import Schedule, Search, Study
from tiktok_collector.study.trends import TrendPick, TrendSettings
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.summary import Summary, encode_summary

BUCKET = "lake"
FIRST = date(2026, 11, 10)
"""The day of the first list."""
GB = msgspec.structs.replace(US, country="GB")
CONDITION = {"operation": "EQ", "field_name": "region_code", "field_values": ["US"]}
type Lists = Mapping[TrendList, Sequence[str]]


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket=BUCKET)
        yield ObjectStore(s3, BUCKET)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def put(objects: ObjectStore, number: int, lists: Lists, before: Summary | None = None) -> Summary:
    """Stores the summary of a day with these lists."""
    summary = summarise(on(number), [answer(names, asked=asked) for asked, names in lists.items()], before)
    key = trend_summary_key(on(number).isoformat())
    objects.put_bytes(key, gzipped(encode_summary(summary)), content_type=GZIP)
    return summary


def study(first: int = -10, pick: TrendPick | None = None) -> Study:
    wanted = pick or TrendPick(countries=("US",), top=2, days_before=3)
    trends = TrendSettings(
        countries=("US", "GB"),
        periods=(7,),
        kinds={TrendKind.HASHTAG: (TrendSource.CREATIVE_CENTER,)},
        acknowledge_unofficial_terms=True,
    )
    plain = Search(name="plain", query={"and": [CONDITION]}, schedule=Schedule(on(first)))
    hot = Search(name="hot", query={"and": [CONDITION]}, schedule=Schedule(on(first)), trends=wanted)
    return Study(name="test", searches=(plain, hot), trends=trends)


def picked(objects: ObjectStore, today: int, study_: Study | None = None, *, store: bool = True) -> PickedStudy:
    return with_picks(study_ or study(), on(today), objects, threads=4, store=store)


def hashtags(found: PickedStudy) -> dict[int, list[str]]:
    """By day of videos, counted from the day of the first list."""
    plain, hot = found.study.searches
    assert plain.dated == ()
    by_day: dict[int, list[str]] = {}
    for each in hot.dated:
        condition, names = each.query["and"]
        assert condition == CONDITION
        assert (names["operation"], names["field_name"]) == ("IN", "hashtag_name")
        by_day |= {(day - FIRST).days: names["field_values"] for day in each.window.each_day()}
    return by_day


def keys(objects: ObjectStore, prefix: str = "studies/") -> list[str]:
    return [each.key for each in objects.keys(prefix)]


def test_each_day_has_the_hashtags_of_its_own_list(objects: ObjectStore) -> None:
    summary = put(objects, 0, {US: ["Heat", "#Rain", "snow"]})
    put(objects, 1, {US: "abc"}, summary)
    found = picked(objects, 3)
    before = {day: ["heat", "rain"] for day in (-3, -2, -1, 0)}
    assert hashtags(found) == before | {1: ["a", "b"], 2: ["a", "b"]}
    assert found.notes == ("The search 'hot' begins with 2026-11-07, since its first trend list is of 2026-11-10.",)
    assert len(keys(objects)) == 6


def test_what_is_picked_once_stays_whatever_the_lists_become(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    first = hashtags(picked(objects, 1))
    put(objects, 0, {US: "xyz"})
    put(objects, 1, {US: "xyz"})
    assert hashtags(picked(objects, 2)) == first | {1: ["x", "y"]}


def test_of_two_who_pick_at_once_the_first_counts(objects: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    put(objects, 0, {US: "abc"})
    put_once = objects.put_once

    def somebody_else_first(key: str, data: bytes, **_: str) -> bool:
        theirs = json.loads(gunzipped(data, key=key))
        theirs["picked"]["hashtags"] = ["theirs"]
        assert put_once(key, gzipped(json.dumps(theirs).encode()))
        return put_once(key, data)

    monkeypatch.setattr(objects, "put_once", somebody_else_first)
    ours = picked(objects, 1)
    monkeypatch.undo()
    assert hashtags(ours) == hashtags(picked(objects, 1)) == {day: ["theirs"] for day in (-3, -2, -1, 0)}


def test_a_draft_stores_nothing(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    draft = picked(objects, 2, store=False)
    assert keys(objects) == []
    assert picked(objects, 2) == draft
    assert keys(objects) != []


def test_before_the_first_list_nothing_is_searched_and_that_is_said(objects: ObjectStore) -> None:
    found = picked(objects, 2)
    assert hashtags(found) == {}
    assert found.notes == ("The search 'hot' has no trend list yet, so nothing is searched.",)
    put(objects, 2, {msgspec.structs.replace(US, kind=TrendKind.SOUND): ()})
    assert picked(objects, 3).notes == found.notes
    assert keys(objects) == []


def test_a_study_without_such_searches_reads_nothing(objects: ObjectStore) -> None:
    plain = Study(name="test", searches=study().searches[:1], trends=study().trends)
    assert picked(objects, 2, plain) == PickedStudy(plain, ())
    without = Study(name="test", searches=study().searches[:1])
    assert picked(objects, 2, without) == PickedStudy(without, ())


def test_the_list_of_the_present_day_will_do_for_the_days_before_once_it_is_whole(objects: ObjectStore) -> None:
    both = study(pick=TrendPick(countries=("US", "GB"), top=1, days_before=2))
    put(objects, 0, {US: "abc"})
    assert hashtags(picked(objects, 0, both)) == {}
    put(objects, 0, {US: "abc", GB: "xyz"})
    assert hashtags(picked(objects, 0, both)) == {-2: ["a", "x"], -1: ["a", "x"]}


def test_on_the_next_day_the_lists_that_are_there_will_do(objects: ObjectStore) -> None:
    both = study(pick=TrendPick(countries=("US", "GB"), top=1, days_before=0))
    put(objects, 0, {US: "abc"})
    found = picked(objects, 1, both)
    assert hashtags(found) == {0: ["a"]}
    assert any(GB.name in note for note in found.notes)
    # It is said once: the day's pick is settled.
    assert not any(GB.name in note for note in picked(objects, 1, both).notes)


def test_days_without_a_list_are_told_and_settled_after_three_days(objects: ObjectStore) -> None:
    summary = put(objects, 0, {US: "abc"})
    put(objects, 7, {US: "xyz"}, summary)
    found = picked(objects, 8)
    assert sorted(hashtags(found)) == [-3, -2, -1, 0, 1, 2, 3, 7]
    assert found.notes[1] == (
        "The search 'hot' has no trend list of 2026-11-14 to 2026-11-16: what was posted then is not searched."
    )
    # On day 8 day 4 is older than three days, and 5 and 6 are not: a poll of theirs may end late.
    put(objects, 4, {US: "klm"}, summary)
    put(objects, 5, {US: "klm"}, summary)
    late = picked(objects, 8)
    assert {day: names for day, names in hashtags(late).items() if 3 < day < 7} == {5: ["k", "l"], 6: ["k", "l"]}
    assert "no trend list of 2026-11-14:" in late.notes[1]


def test_new_entries_are_taken_on_their_day_alone(objects: ObjectStore) -> None:
    new = study(pick=TrendPick(countries=("US",), new_only=True, days_before=1))
    summary = put(objects, 0, {US: "abc"})
    summary = put(objects, 1, {US: "axb"}, summary)
    put(objects, 3, {US: "axb"}, summary)
    found = picked(objects, 4, new)
    # On day 0 nothing is known to be new, day 2 has no list of its own, and on day 3 nothing was new.
    assert hashtags(found) == {0: ["x"], 1: ["x"]}
    assert "no trend list of 2026-11-12:" in found.notes[1]
    assert any("takes no hashtag of the trend lists of 2026-11-13" in note for note in found.notes)


def test_other_settings_pick_anew_and_more_days_before_only_add_days(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abcdef"})
    first = hashtags(picked(objects, 1))
    put(objects, 0, {US: "uvwxyz"})
    more_days = study(pick=TrendPick(countries=("US",), top=2, days_before=5))
    assert hashtags(picked(objects, 1, more_days)) == {-5: ["u", "v"], -4: ["u", "v"], **first}
    other = study(pick=TrendPick(countries=("US",), top=1, days_before=0))
    assert hashtags(picked(objects, 1, other)) == {0: ["u"]}


def test_a_search_that_begins_earlier_than_it_did_takes_the_lists_of_then(objects: ObjectStore) -> None:
    summary = put(objects, 0, {US: "abc"})
    put(objects, 1, {US: "def"}, summary)
    late = hashtags(picked(objects, 2, study(first=1)))
    assert late == {1: ["d", "e"]}
    assert hashtags(picked(objects, 2)) == {day: ["a", "b"] for day in (-3, -2, -1, 0)} | late


def test_a_damaged_summary_stops_nothing_and_is_told(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    objects.put_bytes(trend_summary_key(on(1).isoformat()), b"no gzip")
    objects.put_bytes(trend_summary_key(on(2).isoformat()), gzipped(b'{"day": 9}'))
    found = picked(objects, 3)
    assert hashtags(found)[1] == hashtags(found)[2] == ["a", "b"]
    assert [note.partition(":")[0] for note in found.notes[:2]] == [
        "The trend lists of 2026-11-11 are not used",
        "The trend lists of 2026-11-12 are not used",
    ]


def test_lists_of_newer_code_are_not_passed_over_since_a_pick_is_for_good(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    objects.put_bytes(trend_summary_key(on(1).isoformat()), gzipped(b'{"version": 9}'))
    with pytest.raises(NewerVersion, match="The summary of trends has version 9"):
        picked(objects, 3)


def test_a_damaged_pick_is_not_passed_over(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    picked(objects, 1)
    objects.put_bytes(keys(objects)[0], gzipped(b"{}"))
    with pytest.raises(Fatal, match=r"studies/trends/search=hot/.* delete it, and the day is picked again"):
        picked(objects, 1)


def test_what_a_pick_was_made_of_can_be_read(objects: ObjectStore) -> None:
    put(objects, 0, {US: "abc"})
    picked(objects, 1)
    key = keys(objects)[-1]
    assert key.endswith("/dt=2026-11-10.json.gz")
    data = objects.get_bytes(key)
    assert data
    document = json.loads(gunzipped(data, key=key))
    assert (document["search"], document["day"], document["lists_of"]) == ("hot", "2026-11-10", "2026-11-10")
    assert document["picked"]["hashtags"] == ["a", "b"]
    assert document["picked"]["from_lists"] == {US.name: "2026-11-10"}
    assert document["wanted"]["top"] == 2
