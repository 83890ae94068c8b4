"""Whatever is valid reads back as it was meant; whatever is not is refused in plain words."""

from datetime import date
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.study.test_query import QUERIES, accepted
from tests.unit.study_file.study_files import HEAD, problems, read
from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study, Visits
from tiktok_collector.study.streams import OF_ACCOUNTS, Stream

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,10}", fullmatch=True)
ACCOUNTS = st.lists(st.from_regex(r"@?[A-Za-z_][A-Za-z0-9_]{0,10}|[0-9]{1,19}", fullmatch=True), min_size=1, max_size=5)
DAYS = st.dates(date(2016, 1, 1), date(2026, 12, 31))
SCHEDULE = {
    "first_day": DAYS,
    "every_days": st.integers(1, 90),
    "passes": st.lists(st.integers(1, 250), min_size=1, max_size=4, unique=True).map(sorted),
}
COMMON = {
    **SCHEDULE,
    "priority": st.integers(1, 9),
    "comments": st.fixed_dictionaries(
        {}, optional={"max_per_video": st.integers(1, 100_000), "replies": st.booleans()}
    ),
    "shares": st.fixed_dictionaries({}, optional={"research": st.integers(1, 10)}),
}
COHORTS = st.fixed_dictionaries(
    {"accounts": ACCOUNTS},
    optional={
        **COMMON,
        "include": st.lists(st.sampled_from([stream.value for stream in Stream])).map(lambda some: ["videos", *some]),
        "profile_every_days": st.integers(1, 366),
    },
)
SEARCHES = st.fixed_dictionaries(
    {"query": QUERIES.map(accepted).filter(bool)},
    optional={**COMMON, "include": st.just(["videos", "playlists"])},
)
PARTS = st.dictionaries(NAMES, COHORTS | SEARCHES, min_size=1, max_size=5)


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    parts = draw(PARTS)
    return {
        "version": 1,
        "name": draw(NAMES),
        "first_day": draw(DAYS),
        **draw(st.fixed_dictionaries({}, optional=SCHEDULE)),
        "cohorts": {name: part for name, part in parts.items() if "accounts" in part},
        "searches": {name: part for name, part in parts.items() if "query" in part},
        "quota": {"batch_size": draw(st.integers(1, 100))},
    }


def expected_schedule(raw: dict[str, Any], part: dict[str, Any]) -> Schedule:
    said = {"every_days": 1, "passes": [2, 10], **raw, **part}
    return Schedule(said["first_day"], None, said["every_days"], tuple(said["passes"]))


def expected_depth(part: dict[str, Any]) -> Depth:
    include, comments = part.get("include", []), part.get("comments")
    return Depth(
        comments="comments" in include or comments is not None,
        max_comments=(comments or {}).get("max_per_video"),
        replies=(comments or {}).get("replies", False),
        playlists="playlists" in include,
    )


def expected(raw: dict[str, Any]) -> Study:
    def common(name: str, part: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": name,
            "schedule": expected_schedule(raw, part),
            "depth": expected_depth(part),
            "priority": part.get("priority", 5),
            "research_share": part.get("shares", {}).get("research"),
        }

    return Study(
        name=raw["name"],
        cohorts=tuple(
            Cohort(
                **common(name, part),
                usernames=tuple(dict.fromkeys(each.removeprefix("@").lower() for each in part["accounts"])),
                visits=Visits(
                    tuple(each.value for each in OF_ACCOUNTS if each.value in part.get("include", ["profile"])),
                    part.get("profile_every_days", 30),
                ),
            )
            for name, part in raw["cohorts"].items()
        ),
        searches=tuple(Search(**common(name, part), query=part["query"]) for name, part in raw["searches"].items()),
        batch_size=raw["quota"]["batch_size"],
    )


class Dumper(yaml.SafeDumper):
    """Writes everything out: a person has no use for marks."""

    def ignore_aliases(self, _: object) -> bool:
        return True


@given(raw=files(), flow=st.sampled_from([True, False, None]))
@settings(max_examples=80)
def test_whatever_is_valid_reads_back_as_it_was_meant(raw: dict[str, Any], flow: bool | None) -> None:
    text = yaml.dump(raw, Dumper=Dumper, default_flow_style=flow, allow_unicode=True, sort_keys=False)
    assert read(text).study == expected(raw)


WORDS = st.sampled_from(
    ["1", "NO", "x", "", "~", "[]", "{}", "[a, b]", "{a: b}", "2026-10-01", "-3", "a b", "*x", "&x", "videos", "'", '"']
)
KEYS = st.sampled_from(
    [
        "version",
        "name",
        "first_day",
        "passes",
        "cohorts",
        "searches",
        "a",
        "accounts",
        "file",
        "include",
        "shares",
        "research",
        "query",
        "and",
        "comments",
        "trends",
        "kinds",
        "enabled",
        "data",
        "quota",
        "priority",
    ]
)
LINES = st.builds(lambda depth, key, value: f"{'  ' * depth}{key}: {value}", st.integers(0, 3), KEYS, WORDS)
BROKEN = st.lists(LINES | st.sampled_from(HEAD.splitlines()), max_size=12).map("\n".join)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)
MISSHAPEN = st.dictionaries(KEYS, ANYTHING, max_size=6).map(lambda data: yaml.dump(data, Dumper=Dumper))


@given(text=st.text(max_size=80) | BROKEN | MISSHAPEN, listed=st.binary(max_size=30))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_in_plain_words(text: str, listed: bytes) -> None:
    for problem in problems(text, a_csv=listed):
        assert "Input should" not in problem
        assert problem.isprintable()
