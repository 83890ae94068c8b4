"""What is due, over files of a row store in a folder."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lake_rows import write
from tiktok_collector.clock import iso
from tiktok_lake.engine import EngineLimits
from tiktok_lake.keys import file_key
from tiktok_lake.refresh.checks import Checked
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.survey import Found, Survey
from tiktok_lake.refresh.terms import Terms
from tiktok_lake.sources import FolderSource
from tiktok_lake.tables import TABLES

if TYPE_CHECKING:
    from tiktok_lake.refresh.state import PartitionNote

FIRST = datetime(2026, 11, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = Terms(interval_days=15)
LIMITS = EngineLimits(memory=128 * 1024 * 1024, threads=1)


class Remembered:
    """Checks in memory."""

    def __init__(self) -> None:
        self.found: list[Checked] = []

    def of_kind(self, _: Kind) -> Iterator[Checked]:
        return iter(self.found)

    def add(self, at: datetime, ids: Iterable[int | str]) -> None:
        self.found.append(Checked(checked_at=iso(at), ids=list(ids)))


class Store:
    """A row store in a folder, and what was checked and noted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.checks = Remembered()
        self.notes: dict[str, PartitionNote] = {}

    def add(self, table: str, at: datetime, rows: list[dict[str, Any]], name: str = "one") -> None:
        path = self.folder / file_key(table, at.date().isoformat(), name)
        write(path, TABLES[table], [{"fetched_at": at, **row} for row in rows])

    def videos(self, at: datetime, *ids: int, **more: Any) -> None:
        name = more.pop("name", "one")
        self.add("videos", at, [{"video_id": each, **more} for each in ids], name)

    def look(self, now: datetime, kind: Kind = Kind.VIDEOS, **more: Any) -> Found:
        survey = Survey(FolderSource(self.folder), self.checks, LIMITS)  # type: ignore[arg-type]
        found = survey.of(kind, TERMS, now, notes=self.notes, **more)
        self.notes = found.notes
        return found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def test_nothing_is_kept(store: Store) -> None:
    assert store.look(FIRST) == Found([], 0, 0, {}, {}, None)


def test_a_video_is_due_before_its_interval_is_over_and_late_after(store: Store) -> None:
    store.videos(FIRST, 1, 2)
    assert store.look(FIRST + 11 * DAY - timedelta(seconds=1)).due == 0
    due = store.look(FIRST + 11 * DAY + timedelta(seconds=1))
    assert (due.chosen, due.due, due.late) == ([1, 2], 2, 0)
    late = store.look(FIRST + 15 * DAY + timedelta(seconds=1))
    assert (late.due, late.late) == (2, 2)


def test_the_next_due_day_is_known_without_reading(store: Store) -> None:
    store.videos(FIRST, 1)
    # Of a partition that was never read only its day is known.
    assert store.look(FIRST + DAY).next_due == datetime(2026, 11, 12, tzinfo=UTC)


def test_newer_rows_and_checks_are_evidence(store: Store) -> None:
    store.videos(FIRST, 1, 2, 3)
    store.videos(FIRST + 5 * DAY, 2)
    store.checks.add(FIRST + 6 * DAY, [3])
    found = store.look(FIRST + 12 * DAY)
    assert (found.chosen, found.days) == ([1], {"2026-11-01": 1})
    # Their own partitions say when they are.
    assert store.look(FIRST + 16 * DAY + DAY / 2).chosen == [1, 2]


def test_every_place_of_a_video_counts(store: Store) -> None:
    store.add("comments", FIRST, [{"comment_id": 7, "video_id": 1}])
    store.add("relations", FIRST, [{"kind": "liked", "username": "ann", "video_id": 2}])
    store.add("quarantine", FIRST, [{"target": "videos", "video_id": 3}])
    store.videos(FIRST + 4 * DAY, 2)
    assert store.look(FIRST + 12 * DAY).chosen == [1, 3]


def test_accounts_are_those_whose_profile_or_lists_were_asked_for(store: Store) -> None:
    store.add("users", FIRST, [{"username": "ann"}])
    store.add(
        "relations",
        FIRST,
        [
            {"kind": "follower", "username": "ben", "other_username": "carla"},
            {"kind": "in_playlist", "username": None, "video_id": 9},
        ],
    )
    assert store.look(FIRST + 12 * DAY, Kind.ACCOUNTS).chosen == ["ann", "ben"]


def test_imports_are_not_checked(store: Store) -> None:
    store.videos(FIRST, 1, source="import")
    assert store.look(FIRST + 30 * DAY).due == 0


def test_what_is_under_way_is_due_but_not_chosen(store: Store) -> None:
    store.videos(FIRST, 1, 2)
    found = store.look(FIRST + 12 * DAY, under_way=[1])
    assert (found.chosen, found.due) == ([2], 2)


def test_the_one_that_was_not_seen_for_longest_comes_first(store: Store) -> None:
    store.videos(FIRST + DAY, 1)
    store.videos(FIRST, 2)
    assert store.look(FIRST + 20 * DAY).chosen == [2, 1]


def test_a_partition_is_read_again_once_its_files_change(store: Store) -> None:
    store.videos(FIRST, 1)
    store.checks.add(FIRST + 8 * DAY, [1])
    assert store.look(FIRST + 12 * DAY).due == 0
    # An import of another run, or curation that comes late.
    store.videos(FIRST, 2, name="two")
    assert store.look(FIRST + 13 * DAY).chosen == [2]


def test_videos_of_an_account_that_is_gone_are_due_at_once(store: Store) -> None:
    store.videos(FIRST, 1, username="ann")
    store.videos(FIRST, 2, username="ben", name="two")
    urgent = {"ann": iso(FIRST + 2 * DAY)}
    found = store.look(FIRST + 2 * DAY, urgent=urgent)
    assert (found.chosen, found.urgent) == ([1], 1)
    store.checks.add(FIRST + 2 * DAY + timedelta(hours=1), [1])
    assert store.look(FIRST + 3 * DAY, urgent=urgent).urgent == 0


def test_a_choice_is_what_the_days_count(store: Store) -> None:
    store.videos(FIRST, 1, 2)
    store.videos(FIRST + DAY, 3)
    found = store.look(FIRST + 13 * DAY, choose=lambda due: due[:1])
    assert (found.chosen, found.due, found.days) == ([1], 3, {"2026-11-01": 1})


@settings(max_examples=3, deadline=None)
@given(st.dictionaries(st.integers(0, 15), st.sets(st.integers(1, 12), min_size=1), min_size=1, max_size=5))
def test_nothing_is_ever_late_and_nothing_asked_before_it_is_due(fetches: dict[int, set[int]]) -> None:
    """Four weeks of daily ticks: rows arrive on some days, and what is chosen is found valid."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder))
        seen: dict[int, datetime] = {}
        for day in range(28):
            morning = FIRST + day * DAY
            if day in fetches:
                store.videos(morning, *fetches[day])
                seen |= dict.fromkeys(fetches[day], morning)
            now = morning + timedelta(hours=2)
            found = store.look(now)
            assert found.late == 0
            assert all(now - seen[int(each)] >= TERMS.interval - TERMS.slack for each in found.chosen)
            assert {each for each, at in seen.items() if at < TERMS.due_before(now)} == set(found.chosen)
            store.checks.add(now, found.chosen)
            seen |= {int(each): now for each in found.chosen}
            assert all(now + DAY - at < TERMS.interval for at in seen.values())
