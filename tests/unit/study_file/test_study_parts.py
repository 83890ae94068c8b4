"""What is wrong with a cohort or a search, or with their shares together, is said with line, path and fix."""

import pytest

from tests.unit.study_file.study_files import COHORT, HEAD, SEARCH, cohort, problems, wrong


@pytest.mark.parametrize(
    ("text", "line", "path", "message"),
    [
        (
            "version: 1\nname: x\n" + COHORT,
            4,
            "cohorts.some",
            "it has no first_day; write one here, or one for all at the top of the file",
        ),
        (
            cohort("accounts: [a]", "last_day: 2026-09-01"),
            7,
            "cohorts.c.last_day",
            "last_day 2026-09-01 is before first_day 2026-10-01; swap or correct them",
        ),
        (
            HEAD + "cohorts:\n  a:\n",
            5,
            "cohorts.a",
            "there is no value; write keys with their values in the lines below, or leave it out",
        ),
        (
            HEAD + "cohorts:\n  a b:\n    accounts: [x]\n",
            5,
            "cohorts.a b",
            (
                "'a b' cannot be used here; write letters, digits, _ and -, beginning with a letter or a digit, at "
                "most 64"
            ),
        ),
        (
            HEAD + COHORT + SEARCH.replace("cats:", "some:"),
            8,
            "searches.some",
            "a cohort is called 'some', too; give the search another name",
        ),
        (
            cohort("priority: 3"),
            5,
            "cohorts.c",
            "the cohort has no accounts; name them in accounts, or a list of them in file",
        ),
        (
            cohort("accounts:", "  - one", "  - two words"),
            8,
            "cohorts.c.accounts.1",
            "'two words' is not a TikTok handle or profile address; write @name or its profile URL",
        ),
        (
            cohort("accounts:", "  - #one"),
            7,
            "cohorts.c.accounts.0",
            "there is no value; write text, in quotes if it begins with #, or leave it out",
        ),
        (cohort("accounts: [a]", "include: []"), 7, "cohorts.c.include", "the list is empty; write at least 1"),
        (
            cohort("accounts: [a]", "include: [video]"),
            7,
            "cohorts.c.include.0",
            (
                "'video' is not known here; did you mean videos? Known are profile, videos, pinned, liked, "
                "reposted, followers, following, comments, playlists"
            ),
        ),
        (
            cohort("accounts: [a]", "include: [profile, comments]"),
            7,
            "cohorts.c.include",
            "comments are those of the videos: add videos to include",
        ),
        (
            cohort("accounts: [a]", "include: [profile, playlists]"),
            7,
            "cohorts.c.include",
            "playlists are those met in videos: add videos to include",
        ),
        (
            cohort("accounts: [a]", "comments: {max_per_video: 0}"),
            7,
            "cohorts.c.comments.max_per_video",
            "'0' is too small; the least is 1",
        ),
        (
            cohort("accounts: [a]", "comments: {replies: maybe}"),
            7,
            "cohorts.c.comments.replies",
            "'maybe' is not true or false; write one of the two",
        ),
        (
            cohort("accounts: [a]", "comments: {deep: 1}"),
            7,
            "cohorts.c.comments.deep",
            "'deep' is not known here; known are max_per_video, replies",
        ),
        (
            cohort("accounts: [a]", "max_followers: 10"),
            7,
            "cohorts.c.max_followers",
            "max_followers is given, but followers are not asked for: add followers to include",
        ),
        (cohort("accounts: [a]", "priority: 10"), 7, "cohorts.c.priority", "'10' is too large; the most is 9"),
        (
            cohort("accounts: [a]", "shares: {research: 101}"),
            7,
            "cohorts.c.shares.research",
            "'101' is too large; the most is 100",
        ),
        (
            cohort("accounts: [a]", "shares: {followers: 10}"),
            7,
            "cohorts.c.shares.followers",
            "a share is given, but neither followers nor following is asked for: add one to include",
        ),
        (
            cohort("file: ../secret.csv"),
            6,
            "cohorts.c.file",
            (
                "'../secret.csv' cannot be used here; write the name of a .csv, .tsv or .txt file in the folder of "
                "the study file, of letters, digits, . _ and -"
            ),
        ),
        (
            cohort("file: missing.csv"),
            6,
            "cohorts.c.file",
            "there is no missing.csv in the folder of the study file; put it there, or correct the name",
        ),
        (
            HEAD + SEARCH + "    include: [videos, profile]\n",
            7,
            "searches.cats.include.1",
            "profile is not found by a search; known are videos, comments, playlists",
        ),
        (
            HEAD + SEARCH + "    shares: {followers: 1}\n",
            7,
            "searches.cats.shares.followers",
            "'followers' is not known here; known are research",
        ),
        (
            HEAD + "searches: {s: {priority: 1}}\n",
            4,
            "searches.s",
            "the search has neither query nor trends; write at least one of them",
        ),
    ],
)
def test_one_thing_that_is_wrong(text: str, line: int, path: str, message: str) -> None:
    assert wrong(text) == [(line, path, message, "study.yaml")]


def shares(**percent: int) -> str:
    """Cohorts, each in two lines and with its share in the second, from line 5 on."""
    lines = [
        f"  {name}:\n    {{accounts: [x], include: [followers], shares: {{%s: {each}}}}}\n"
        for name, each in percent.items()
    ]
    return HEAD + "cohorts:\n" + "".join(lines)


@pytest.mark.parametrize("family", ["research", "followers"])
def test_shares_of_more_than_a_hundred_per_cent(family: str) -> None:
    assert problems(shares(news=60, sports=40).replace("%s", family)) == []
    named = "news 60 %, sports 30 %, arts 40 %"
    (problem,) = problems(shares(news=60, sports=30, arts=40).replace("%s", family))
    assert problem == (
        f"study.yaml, line 10 (cohorts.arts.shares.{family}): the {family} shares add up to 130 %: {named}; lower them "
        "to 100 % or less together."
    )


def test_shares_of_cohorts_and_searches_count_together() -> None:
    text = shares(news=60).replace("%s", "research") + SEARCH + "    shares: {research: 41}\n"
    (problem,) = problems(text)
    assert "(searches.cats.shares.research): the research shares add up to 101 %: news 60 %, cats 41 %" in problem
