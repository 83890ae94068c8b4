import statistics
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from sandbox.settings import Settings
from sandbox.world import AccountSpec, World
from sandbox.world.video_table import VIDEO_FIELDS, Moment

END = date(2025, 3, 1)
LATER = datetime(2025, 6, 1, tzinfo=UTC)
HOUR = 3600


@pytest.fixture(scope="module")
def world() -> World:
    return World.generate(seed=3, accounts=400, videos=20_000, days=120, end=END)


def rows_of(world: World, count: int = 3000) -> list[dict[str, object]]:
    videos = world.catalog.videos
    positions = np.arange(min(count, len(videos)), dtype=np.int64)
    return videos.rows(positions, VIDEO_FIELDS, world.moment(LATER))


def test_same_seed_same_rows() -> None:
    def make() -> World:
        return World.generate(seed=5, accounts=20, videos=300, end=END)

    assert rows_of(make()) == rows_of(make())


def test_another_seed_another_world() -> None:
    one, two = (World.generate(seed=seed, accounts=20, videos=300, end=END, samples=False) for seed in (1, 2))
    assert not set(one.catalog.videos.ids.tolist()) & set(two.catalog.videos.ids.tolist())


def test_ids_are_distinct_and_begin_with_the_second_of_the_upload(world: World) -> None:
    ids, created = world.catalog.videos.ids, world.catalog.videos.created
    delays = created - (ids >> 32)
    assert len(np.unique(ids)) == len(ids)
    assert ids.max() < 2**63 - 1
    assert len(str(ids.min())) == 19
    assert delays.min() >= 20
    assert 1000 < delays.max() <= 219_361
    assert 30 <= np.median(delays) <= 60


def test_accounts_and_views_have_heavy_tails(world: World) -> None:
    owners = Counter(world.catalog.videos.account.tolist())
    busiest = sum(count for _, count in owners.most_common(len(owners) // 10))
    assert busiest > 0.3 * len(world.catalog.videos)
    views = sorted(int(str(row["view_count"])) for row in rows_of(world))
    assert views[-1] > 100 * statistics.median(views)


def test_sounds_and_hashtags_are_shared_between_accounts(world: World) -> None:
    sounds: dict[object, set[object]] = {}
    tags: Counter[str] = Counter()
    for row in rows_of(world):
        sounds.setdefault(row["music_id"], set()).add(row["username"])
        names = row["hashtag_names"]
        assert isinstance(names, list)
        tags.update(names)
    assert max(len(users) for users in sounds.values()) > 20
    assert tags.most_common(1)[0][1] > 20 * statistics.median(tags.values())


def test_captions_mention_people_and_name_duets_and_stitches(world: World) -> None:
    captions = [str(row["video_description"]) for row in rows_of(world) if "video_mention_list" in row]
    assert captions
    assert all("@" in caption for caption in captions)
    assert any("#duet with @" in caption for caption in captions)
    assert any("#stitch with @" in caption for caption in captions)


def test_fields_without_a_value_are_absent(world: World) -> None:
    rows = rows_of(world)
    assert not [row for row in rows if None in row.values()]
    with_transcript = sum("voice_to_text" in row for row in rows) / len(rows)
    assert 0.2 < with_transcript < 0.36
    for rare in ("effect_ids", "playlist_id", "like_count", "video_label"):
        assert sum(rare in row for row in rows) > 0, rare
        assert sum(rare in row for row in rows) < len(rows), rare
    assert all(isinstance(row["hashtag_names"], list) for row in rows)


def test_the_archive_lag_is_a_distribution_with_a_tail(world: World) -> None:
    videos = world.catalog.videos
    positions = np.arange(len(videos), dtype=np.int64)
    hours = (videos.published(positions, world.moment(LATER)) - videos.created) / HOUR
    assert hours.min() >= 0.5
    assert 10 < np.median(hours) < 24
    assert 0.8 < np.mean(hours <= 48) < 0.97
    assert 0 < np.mean(hours > 96) < 0.02
    no_lag = Moment(LATER.timestamp(), Settings(archive_lag_scale=0))
    assert (videos.published(positions, no_lag) == videos.created).all()


def test_a_video_becomes_visible_only_when_its_lag_is_over(world: World) -> None:
    day = END - timedelta(days=1)
    every = len(world.candidates_of("sandbox_alice", day, day, at=LATER))
    counts = [len(world.candidates_of("sandbox_alice", day, day, at=later)) for later in days_after(day, 0, 12)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] == every


def days_after(day: date, first: int, last: int) -> list[datetime]:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return [midnight + timedelta(days=n) for n in range(first, last)]


def test_counters_grow_and_the_archive_is_stale(world: World) -> None:
    videos = world.catalog.videos
    positions = videos.of_account(0)

    def views(at: datetime, **settings: float) -> list[float]:
        moment = Moment(at.timestamp(), Settings(**settings))  # type: ignore[arg-type]
        return list(videos.counter("view_count", positions, moment).tolist())

    soon, late = datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 20, tzinfo=UTC)
    assert all(before <= after for before, after in zip(views(soon), views(late), strict=True))
    stale, live = sum(views(soon)), sum(views(soon, stats_staleness_scale=0))
    assert stale < live


def test_an_account_can_be_given_an_exact_shape() -> None:
    spec = AccountSpec(
        "Exact.One", videos=90, days=10, followers=333, following=44, liked=21, reposted=17, pinned=2, playlists=1,
        comments_per_video=100, replies_per_comment=2,
    )  # fmt: skip
    world = World.generate(accounts=10, videos=300, days=60, end=END, specs=[spec])
    videos = world.videos_of("exact.one", END - timedelta(days=10), END - timedelta(days=1), at=LATER)
    per_day = Counter(datetime.fromtimestamp(row["create_time"], UTC).date() for row in videos)
    assert len(videos) == 90
    assert set(per_day.values()) == {9}
    assert [row["id"] for row in videos] == sorted((row["id"] for row in videos), reverse=True)
    comments = world.comments_of(videos[0]["id"], at=LATER)
    assert len(comments) == 100
    assert videos[0]["comment_count"] == 300
    assert {row["reply_count"] for row in comments} == {2}
    assert len(world.replies_of(comments[7]["id"], at=LATER)) == 2
    assert len({row["username"] for row in world.followers_of("exact.one", at=LATER)}) == 333
    assert len(world.following_of("exact.one", at=LATER)) == 44
    assert len(world.pinned_by("exact.one", at=LATER)) == 2
    profile = world.profile("exact.one", at=LATER)
    assert (profile["follower_count"], profile["following_count"], profile["video_count"]) == (333, 44, 90)


def test_a_hundred_thousand_followers_are_distinct() -> None:
    world = World.generate(accounts=5, videos=0, days=1, end=END, specs=[AccountSpec("big", followers=100_000)])
    world.bind(world._clock, lambda: Settings(followers_cap=None))
    assert len({row["username"] for row in world.followers_of("big", at=LATER)}) == 100_000


def test_future_days_bring_new_videos_as_time_goes_on() -> None:
    world = World.generate(accounts=20, videos=600, days=30, future_days=30, end=END, samples=False)
    created = world.catalog.videos.created
    end = int(datetime(2025, 3, 1, tzinfo=UTC).timestamp())
    assert np.sum(created < end) == pytest.approx(600, abs=80)
    assert np.sum(created >= end) == pytest.approx(600, abs=80)


def test_every_world_has_the_documented_accounts(world: World) -> None:
    names = world.usernames()
    assert {"sandbox_alice", "sandbox_bruno", "sandbox_nul\u0000name"} <= set(names)
    assert not {"sandbox_carla", "sandbox_outside", "sandbox_nobody"} & set(names)
    assert len(world.pinned_by("sandbox_alice", at=LATER)) == 3
    assert len(world.playlists_of("sandbox_alice")) == 3
    assert not world.pinned_by("sandbox_bruno", at=LATER)


def test_playlists_hold_the_videos_that_name_them(world: World) -> None:
    start = END - timedelta(days=80)
    videos = world.videos_of("sandbox_alice", start, END, at=LATER)
    for playlist in world.playlists_of("sandbox_alice"):
        assert world.playlist(playlist, at=LATER) == [v["id"] for v in videos if v.get("playlist_id") == playlist]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"videos": -1}, "cannot have -1 videos"),
        ({"accounts": 0, "videos": 5}, "at least one account"),
        ({"specs": [AccountSpec("Twin"), AccountSpec("twin")]}, "'twin'"),
    ],
)
def test_impossible_worlds_are_refused_in_a_sentence(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        World.generate(**options)  # type: ignore[arg-type]


def test_ambient_accounts_can_have_exact_numbers_too() -> None:
    world = World.generate(
        accounts=5, videos=40, days=30, end=END, samples=False, comments_per_video=7, followers_per_account=120
    )
    for username in world.usernames():
        assert len({row["username"] for row in world.followers_of(username, at=LATER)}) == 120
        videos = world.videos_of(username, END - timedelta(days=30), END, at=LATER)
        assert {len(world.comments_of(row["id"], at=LATER)) for row in videos} <= {7}
        assert {row["comment_count"] for row in videos} <= {7}
