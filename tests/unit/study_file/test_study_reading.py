"""A study file and its lists become a `Study`."""

from datetime import date
from typing import Any

import pytest

from tests.unit.study_file.study_files import COHORT, HEAD, SEARCH, contents, problems, read
from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study, Visits
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.reading import MAX_ACCOUNTS, files_of, read_study

FULL = """
version: 1
name: full
first_day: 20261001
last_day: 2026-12-31
every_days: 2
passes: [3]
cohorts:
  deep:
    accounts: [Zoe, "@ann", https://www.tiktok.com/@bob/video/1, 7320768196569599275]
    file: more.csv
    include: [following, playlists, videos, followers, profile, reposted, liked, pinned, videos]
    comments: {max_per_video: 7, replies: on}
    max_followers: 1000
    max_following: 20
    profile_every_days: 1
    priority: 9
    shares: {research: 60, followers: 100}
    first_day: 2026-11-01
    every_days: 1
    passes: [1, 4, 250]
  profiles: {accounts: [ann], include: [profile]}
searches:
  north:
    query:
      and:
        - {field_name: region_code, operation: IN, field_values: [NO, no, SE]}
        - {field_name: music_id, operation: EQ, field_values: [7320768196569599275]}
        - {field_name: create_date, operation: GTE, field_values: [2026-10-15]}
    include: [comments, videos]
    last_day: 2026-11-30
    shares: {research: 40}
  plain:
    query: {not: [{field_name: keyword, operation: EQ, field_values: ["null"]}]}
quota: {adhoc_reserve_percent: 0, batch_size: 100}
"""


def test_every_key_comes_to_its_place() -> None:
    found = read(FULL, more_csv="username\nann\nEve\n").study
    schedule = Schedule(first=date(2026, 10, 1), last=date(2026, 12, 31), every_days=2, passes=(3,))
    north: list[dict[str, Any]] = [
        {"field_name": "region_code", "operation": "IN", "field_values": ["NO", "NO", "SE"]},
        {"field_name": "music_id", "operation": "EQ", "field_values": ["7320768196569599275"]},
        {"field_name": "create_date", "operation": "GTE", "field_values": ["20261015"]},
    ]
    assert found == Study(
        name="full",
        cohorts=(
            Cohort(
                name="deep",
                schedule=Schedule(date(2026, 11, 1), date(2026, 12, 31), 1, (1, 4, 250)),
                depth=Depth(comments=True, max_comments=7, replies=True, playlists=True),
                priority=9,
                research_share=60,
                followers_share=100,
                usernames=("zoe", "ann", "bob", "7320768196569599275", "eve"),
                visits=Visits(
                    streams=("profile", "pinned", "liked", "reposted", "followers", "following"),
                    every_days=1,
                    max_followers=1000,
                    max_following=20,
                ),
            ),
            Cohort(
                name="profiles",
                schedule=schedule,
                usernames=("ann",),
                videos=False,
                visits=Visits(streams=("profile",)),
            ),
        ),
        searches=(
            Search(
                name="north",
                schedule=Schedule(date(2026, 10, 1), date(2026, 11, 30), 2, (3,)),
                depth=Depth(comments=True),
                research_share=40,
                query={"and": north},
            ),
            Search(
                name="plain",
                schedule=schedule,
                query={"not": [{"field_name": "keyword", "operation": "EQ", "field_values": ["null"]}]},
            ),
        ),
        batch_size=100,
        adhoc_reserve_percent=0,
    )


def test_what_is_left_out_has_its_default() -> None:
    found = read(HEAD + COHORT + SEARCH).study
    schedule = Schedule(first=date(2026, 10, 1), last=None, every_days=1, passes=(2, 10))
    (cohort,), (search,) = found.cohorts, found.searches
    assert cohort == Cohort(name="some", schedule=schedule, usernames=("one",), visits=Visits(streams=("profile",)))
    assert search.schedule == schedule
    assert search.depth == cohort.depth == Depth()
    assert (found.batch_size, found.adhoc_reserve_percent) == (50, 10)


@pytest.mark.parametrize("code", ["NO", "no", "'NO'"])
def test_norway_is_a_region(code: str) -> None:
    text = HEAD + SEARCH.replace("keyword", "region_code").replace("[cats]", f"[{code}]")
    assert read(text).study.searches[0].query["and"][0]["field_values"] == ["NO"]


@pytest.mark.parametrize("written", ["7320768196569599275", "'7320768196569599275'"])
def test_ids_keep_their_digits(written: str) -> None:
    text = HEAD + SEARCH.replace("keyword", "video_id").replace("[cats]", f"[{written}]")
    assert read(text).study.searches[0].query["and"][0]["field_values"] == ["7320768196569599275"]


def test_accounts_that_are_named_twice_are_warned_of_with_both_lines() -> None:
    text = HEAD + "cohorts:\n  a:\n    accounts:\n      - one\n      - two\n      - '@ONE'\n  b:\n    accounts: [one]\n"
    found = read(text)
    assert found.study.cohorts[0].usernames == ("one", "two")
    assert found.study.cohorts[1].usernames == ("one",)
    assert found.warnings == (
        "study.yaml, line 9 (cohorts.a.accounts.2): 'one' is in line 7 already; it is taken once.",
    )


def test_a_list_of_ten_thousand_rows_is_used_but_for_the_rows_that_are_wrong() -> None:
    rows = [f"name_{n}" for n in range(9_998)]
    listed = "\n".join(["username", *rows[:5_000], "two words", *rows[5_000:], "NAME_7"])
    found = read(HEAD + "cohorts:\n  a:\n    file: big.csv\n  b: {file: big.csv}\n", big_csv=listed)
    assert found.study.cohorts[0].usernames == found.study.cohorts[1].usernames == tuple(rows)
    assert [warning.partition(";")[0] for warning in found.warnings] == [
        "big.csv, row 5002: 'two words' is not a TikTok handle or profile address",
        "big.csv, row 10001: 'name_7' is in row 9 already",
    ]


def test_all_cohorts_together_have_at_most_twenty_thousand_accounts() -> None:
    text = HEAD + "cohorts:\n  a: {file: a.csv}\n  b: {file: b.csv}\n"
    half = [f"n{n}" for n in range(MAX_ACCOUNTS)]
    assert read(text, a_csv="\n".join(half), b_csv="\n".join(half[:50])).warnings == ()
    (problem,) = problems(text, a_csv="\n".join(half), b_csv="other")
    assert problem.startswith(
        "study.yaml, line 4 (cohorts): the cohorts have 20001 accounts, and at most 20000 can be "
    )


def test_the_lists_that_a_file_names() -> None:
    text = """
cohorts:
  a: {file: one.csv}
  b: {file: sub/two.txt, oops: 1}
  c: {file: one.csv}
  d: {file: ../up.csv}
  e: {file: sub/../up.csv}
  f: {file: /etc/x.csv}
  g: {file: study.yaml}
  h: {file: [x.csv]}
  i: x.csv
"""
    assert files_of(text) == ("one.csv", "sub/two.txt")
    assert files_of("cohorts: 3") == files_of("a: 1") == ()
    with pytest.raises(InvalidStudy, match=r"study\.yaml, line 1: the file is empty"):
        files_of("")


def test_the_digest_is_of_the_text_and_of_the_lists_that_it_names() -> None:
    text = HEAD + "cohorts:\n  a: {file: a.csv}\n  b: {file: b.csv}\n"

    def digest(text: str, **files: str) -> str:
        return read_study(text, contents(files)).digest

    first = digest(text, a_csv="one", b_csv="two")
    assert first == digest(text, b_csv="two", a_csv="one", c_csv="three")
    others = [digest(text, a_csv="one\n", b_csv="two"), digest(text, a_csv="two", b_csv="one")]
    others += [digest(text + "\n", a_csv="one", b_csv="two"), first]
    assert len(set(others)) == 4
    assert len(first) == 16
    assert int(first, 16) >= 0
