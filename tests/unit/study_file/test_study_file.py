"""What is wrong with a study file as a whole, and with its settings, is said with line, path and fix."""

import pytest

from tests.unit.study_file.study_files import COHORT, HEAD, SEARCH, cohort, problems, read, wrong
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study_file.problems import InvalidStudy


def test_a_valid_one_has_no_problems() -> None:
    assert problems(HEAD + COHORT) == problems(HEAD + SEARCH) == problems(HEAD + COHORT + SEARCH) == []


@pytest.mark.parametrize(
    ("text", "line", "path", "message"),
    [
        ("name: x\nfirst_day: 2026-10-01\n" + COHORT, 1, "version", "'version' is missing; write it here"),
        ("version: 2\n" + HEAD.partition("\n")[2] + COHORT, 1, "version", "version 2 is not known; write version: 1"),
        (HEAD, 1, "", "the study has neither cohorts nor searches, and trends are not enabled; name at least one"),
        (
            HEAD + COHORT + "serches: 1\n",
            7,
            "serches",
            (
                "'serches' is not known here; did you mean searches? Known are cohorts, data, description, "
                "every_days, first_day, last_day, name, passes, quota, searches, trends, version"
            ),
        ),
        (
            HEAD + COHORT + "zzz: 1\n",
            7,
            "zzz",
            (
                "'zzz' is not known here; known are cohorts, data, description, every_days, first_day, last_day, "
                "name, passes, quota, searches, trends, version"
            ),
        ),
        (
            HEAD + COHORT + "description: []\n",
            7,
            "description",
            "a list is not text; write text, in quotes if it begins with #",
        ),
        (
            HEAD.replace("demo", "my study") + COHORT,
            2,
            "name",
            (
                "'my study' cannot be used here; write letters, digits, _ and -, beginning with a letter or a "
                "digit, at most 64"
            ),
        ),
        (
            HEAD.replace("2026-10-01", "2015-12-31") + COHORT,
            3,
            "first_day",
            "2015-12-31 is before TikTok's first day, 2016-01-01; start there or later",
        ),
        (
            HEAD.replace("2026-10-01", "soon") + COHORT,
            3,
            "first_day",
            "'soon' is not a day; write it as YYYY-MM-DD or YYYYMMDD",
        ),
        (
            HEAD + "last_day: 2026-09-30\n" + COHORT,
            4,
            "last_day",
            "last_day 2026-09-30 is before first_day 2026-10-01; swap or correct them",
        ),
        (HEAD + "every_days: 91\n" + COHORT, 4, "every_days", "'91' is too large; the most is 90"),
        (
            HEAD + "every_days: weekly\n" + COHORT,
            4,
            "every_days",
            "'weekly' is not a whole number; write digits such as 30",
        ),
        (
            HEAD + "every_days:\n" + COHORT,
            4,
            "every_days",
            "there is no value; write digits such as 30, or leave it out",
        ),
        (HEAD + "passes: []\n" + COHORT, 4, "passes", "the list is empty; write at least 1"),
        (
            HEAD + "passes: 2\n" + COHORT,
            4,
            "passes",
            "'2' is not a list; write one such as [one, two]",
        ),
        (
            HEAD + "passes: [2, 10, 10]\n" + COHORT,
            4,
            "passes",
            "the ages [2, 10, 10] do not ascend; write each once, the smallest first",
        ),
        (HEAD + "passes: [1, 2, 3, 4, 5]\n" + COHORT, 4, "passes", "the list has 5 entries; the most is 4"),
        (HEAD + "passes:\n- 2\n- 251\n" + COHORT, 6, "passes.1", "'251' is too large; the most is 250"),
        (HEAD + "passes:\n- 0\n- 2\n" + COHORT, 5, "passes.0", "'0' is too small; the least is 1"),
        (
            HEAD + "cohorts: [a]\n",
            4,
            "cohorts",
            ("a list is not a mapping; write keys with their values in the lines below"),
        ),
        (
            HEAD + COHORT + "quota: {adhoc_reserve_percent: 91}\n",
            7,
            "quota.adhoc_reserve_percent",
            "'91' is too large; the most is 90",
        ),
        (HEAD + COHORT + "quota: {batch_size: 101}\n", 7, "quota.batch_size", "'101' is too large; the most is 100"),
        (
            HEAD + COHORT + "trends: {periods: [60]}\n",
            7,
            "trends.periods.0",
            "'60' is not known here; known are 1, 7, 30, 90, 120",
        ),
        (
            HEAD + COHORT + "trends: {countries: [US, UK]}\n",
            7,
            "trends.countries.1",
            "'UK' is not a region code that TikTok knows; write GB",
        ),
        (
            HEAD + COHORT + "trends: {kinds: {hashtags: business_api}}\n",
            7,
            "trends.kinds.hashtags",
            ("'hashtags' is not known here; did you mean hashtag? Known are hashtag, sound, keyword, creator, video"),
        ),
        (
            HEAD + COHORT + "trends: {enabled: true, kinds: {sound: business_api}}\n",
            7,
            "trends.countries",
            "trends are enabled without countries; name at least one, or set enabled: false",
        ),
        (
            HEAD
            + COHORT
            + "trends:\n  enabled: true\n  countries: [US]\n  kinds:\n    sound: creative_center_legacy\n",
            11,
            "trends.kinds.sound",
            (
                "creative_center_legacy is not an official source: read its terms, and if you may use it set "
                "acknowledge_unofficial_terms: true; or choose business_api"
            ),
        ),
        (
            HEAD + COHORT + "data: {refresh_interval_days: 31}\n",
            7,
            "data.refresh_interval_days",
            "'31' is too large; the most is 30",
        ),
        (
            HEAD + "last_day: 2026-12-31\n" + COHORT + "data:\n  delete_after: 2026-11-30\n",
            9,
            "data.delete_after",
            "2026-11-30 is before 2026-12-31, the last day of some; choose a later day",
        ),
    ],
)
def test_one_thing_that_is_wrong(text: str, line: int, path: str, message: str) -> None:
    assert wrong(text) == [(line, path, message, "study.yaml")]


@pytest.mark.parametrize("source", ["creative_center", "creative_center_legacy"])
def test_unofficial_sources_are_allowed_once_their_terms_are_acknowledged(source: str) -> None:
    trends = (
        f"trends: {{enabled: yes, countries: [NO], kinds: {{hashtag: {source}}}, acknowledge_unofficial_terms: %s}}\n"
    )
    assert "read its terms" in problems(HEAD + COHORT + trends % "no")[0]
    assert read(HEAD + COHORT + trends % "yes").file.trends.countries == ["NO"]
    assert problems(HEAD + COHORT + trends % "no".replace("enabled: yes", "")) != []
    assert problems(HEAD + COHORT + (trends % "no").replace("enabled: yes", "enabled: no")) == []
    assert problems(HEAD + COHORT + (trends % "no").replace(source, "business_api")) == []


def test_everything_is_said_at_once_in_the_order_of_the_lines() -> None:
    text = cohort("accounts: [a b]", "file: x.csv", "priority: 0", "priority: 1", "inclde: []") + SEARCH + "quota: 1\n"
    text = text.replace("keyword", "region_code").replace("version: 1", "version: one")
    found = problems(text.replace("x.csv", "sub/x.csv"), y_csv="one")
    assert [problem.partition(":")[0].removeprefix("study.yaml, ") for problem in found] == [
        "line 1 (version)",
        "line 6 (cohorts.c.accounts.0)",
        "line 7 (cohorts.c.file)",
        "line 8 (cohorts.c.priority)",
        "line 9 (cohorts.c.priority)",
        "line 10 (cohorts.c.inclde)",
        "line 13 (searches.cats.query.and.0.field_values.0)",
        "line 14 (quota)",
    ]
    with pytest.raises(InvalidStudy) as caught:
        read(text)
    assert str(caught.value).startswith("study.yaml, line 1 (version): 'one' is not a whole number")
    assert str(caught.value).endswith(". There are 7 more problems.")
    assert isinstance(caught.value, InvalidRequest)


def test_problems_of_a_list_stand_behind_those_of_the_file() -> None:
    text = cohort("file: x.csv", "priority: 0")
    found = problems(text, x_csv=b"one\n\xff\n")
    assert found == [
        "study.yaml, line 7 (cohorts.c.priority): '0' is too small; the least is 1.",
        "x.csv, line 2: the byte 0xff is not UTF-8; save the list as CSV in UTF-8.",
    ]
    assert problems(cohort("file: x.csv"), x_csv="a b\n") == [
        "x.csv, line 1: there is no usable account name in it; write one in each line, such as @name."
    ]


def test_what_was_written_is_shown_shortened() -> None:
    text = cohort(f"accounts: [{'a b' * 100}]", f"priority: {'9' * 100_000}", f"{'k' * 200}: 1")
    assert len(problems(text)) == 3
    assert all(len(problem) < 700 for problem in problems(text))


def test_a_key_that_is_too_long_is_the_only_problem_and_is_not_repeated() -> None:
    (problem,) = problems(cohort(f"accounts: [{'a b' * 100}]", f"{'k' * 1000}: 1"))
    assert "a key has 1000 characters" in problem
    assert "k" * 200 not in problem
