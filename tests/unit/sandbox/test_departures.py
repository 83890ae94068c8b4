"""Videos and comments that vanish, accounts that turn private or are deleted."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sandbox.world import AccountSpec, World
from tests.unit.sandbox.support import END, NOW, START, Client, by_username, small_world

WEEK = 7 * 86_400
KEPT: dict[str, Any] = {"archive_lag_scale": 0, "stats_staleness_scale": 0}


def client(**settings: Any) -> Client:
    return Client(small_world(), **(KEPT | settings))


def ids_of(api: Client, username: str) -> list[int]:
    pages = api.pages("video/query", by_username(username, max_count=100))
    return [row["id"] for page in pages for row in page["videos"]]


class TestDailyShares:
    def test_about_that_share_of_the_videos_is_gone_after_so_many_days(self) -> None:
        api = client(videos_vanish_daily=0.05)
        before = ids_of(api, "exact")
        api.clock.advance(WEEK)
        after = ids_of(Client(api.service.world, now=api.clock.now(), videos_vanish_daily=0.05, **KEPT), "exact")
        assert set(after) < set(before)
        assert 0.5 < len(after) / len(before) < 0.9  # 0.95 ** 7.5 = 0.68

    def test_nothing_comes_back_and_the_same_seed_loses_the_same(self) -> None:
        world, other = small_world(), small_world()
        apis = [Client(each, videos_vanish_daily=0.1, accounts_deleted_daily=0.05, **KEPT) for each in (world, other)]
        days = [NOW + timedelta(days=day) for day in (0, 1, 5, 20)]
        gone = [[set(map(str, api.service.world.gone(day)["videos"])) for day in days] for api in apis]
        assert gone[0] == gone[1]
        assert all(earlier < later for earlier, later in zip(gone[0], gone[0][1:], strict=False))

    def test_the_share_counts_from_the_end_of_the_world_or_the_day_that_is_set(self) -> None:
        late = client(videos_vanish_daily=0.3, vanish_from="20250401")
        assert late.service.world.gone()["videos"] == client().service.world.gone()["videos"]
        early = client(videos_vanish_daily=0.3, vanish_from="20250101")
        assert len(early.service.world.gone()["videos"]) > 1.5 * len(late.service.world.gone()["videos"])

    def test_comments_and_accounts_leave_as_well(self) -> None:
        api = client(comments_vanish_daily=0.1, accounts_private_daily=0.05, accounts_deleted_daily=0.05)
        world = api.service.world
        later = NOW + timedelta(days=10)
        video = world.videos_of("exact", START, END)[0]["id"]
        assert len(world.comments_of(video, later)) < len(world.comments_of(video)) <= 25
        gone = world.gone(later)
        assert gone["private"]
        assert gone["deleted"]
        assert not set(gone["private"]) & set(gone["deleted"])
        assert {world.standing_of(str(name), later) for name in gone["private"]} == {"private"}
        assert not {*gone["private"], *gone["deleted"]} & set(world.usernames(later))

    def test_without_a_share_time_takes_only_what_the_world_was_made_to_lose(self) -> None:
        world = World.generate(accounts=5, videos=100, days=30, end=NOW.date(), deleted_share=0, samples=False)
        world.bind(client().clock, lambda: client().service.settings)
        assert world.gone(NOW + timedelta(days=400)) == {"videos": [], "comments": [], "private": [], "deleted": []}


class TestByHand:
    def test_a_video_is_gone_everywhere_at_once(self) -> None:
        api = client()
        world = api.service.world
        for endpoint, key in (("user/liked_videos", "user_liked_videos"), ("user/reposted_videos", "reposted_videos")):
            body = {"username": "exact", "max_count": 100}
            video = api.call(endpoint, body).data[key][0]["id"]
            world.vanish({"videos": [video]})
            assert video not in [row["id"] for row in api.call(endpoint, body).data[key]]
        pinned = api.call("user/pinned_videos", {"username": "exact"}).data["pinned_videos_list"][0]["id"]
        playlist = world.playlists_of("exact")[0]
        listed = api.call("playlist/info", {"playlist_id": playlist}).data["playlist_video_ids"][0]
        count = world.profile("exact")["video_count"]
        world.vanish({"videos": [pinned, listed]})
        assert pinned not in [row["id"] for row in world.pinned_by("exact")]
        assert listed not in api.call("playlist/info", {"playlist_id": playlist}).data["playlist_video_ids"]
        assert not {pinned, listed} & set(ids_of(api, "exact"))
        assert api.call("comment/list", {"video_id": listed}).data == {"has_more": False}
        assert world.profile("exact")["video_count"] == count - len({pinned, listed})

    def test_a_search_that_is_under_way_goes_on_with_its_cursor(self) -> None:
        api = client()
        body = by_username("exact", max_count=20)
        first = api.call("video/query", body).data
        doomed = api.service.world.videos_of("exact", START, END)[20]["id"]
        api.service.world.vanish({"videos": [doomed]})
        second = api.call("video/query", body | {"cursor": 20, "search_id": first["search_id"]}).data
        assert (len(second["videos"]), second["cursor"]) == (19, 40)

    def test_a_comment_goes_with_its_replies(self) -> None:
        api = client()
        world = api.service.world
        video = world.videos_of("exact", START, END)[0]["id"]
        first, second = world.comments_of(video)[:2]
        reply = world.replies_of(second["id"])[1]
        world.vanish({"comments": [first["id"], reply["id"]]})
        left = [row["id"] for row in api.call("comment/list", {"video_id": video, "max_count": 100}).data["comments"]]
        assert len(left) == 24
        assert first["id"] not in left
        assert api.call("comment/list", {"comment_id": first["id"]}).data == {"has_more": False}
        assert reply["id"] not in [row["id"] for row in world.replies_of(second["id"])]
        assert len(world.replies_of(second["id"])) == 2

    @pytest.mark.parametrize(
        ("leaving", "message"),
        [
            ("private", "`username: exact` is private"),
            ("deleted", "`username: exact` is invalid: cannot find the user"),
        ],
    )
    def test_an_account_is_refused_in_the_words_of_the_api_and_its_videos_are_gone(
        self, leaving: str, message: str
    ) -> None:
        api = client()
        assert api.call("user/info", {"username": "exact"}, "display_name").code == "ok"
        cursor = api.call("video/query", by_username("exact", max_count=100)).data["cursor"]
        api.service.world.vanish({leaving: ["EXACT"]})
        for endpoint in ("user/info", "user/followers", "user/liked_videos", "user/pinned_videos"):
            fields = "display_name" if endpoint == "user/info" else "id"
            reply = api.call(endpoint, {"username": "exact"}, fields)
            assert (reply.status, reply.code, reply.message) == (400, "invalid_params", message)
        empty = api.call("video/query", by_username("exact", max_count=100)).data
        assert (empty["videos"], empty["cursor"]) == ([], cursor)

    def test_who_has_left_is_in_no_follow_list(self) -> None:
        specs = [AccountSpec("star", followers=2000), *(AccountSpec(f"fan{i}") for i in range(5))]
        world = World.generate(accounts=0, videos=0, days=0, end=NOW.date(), samples=False, specs=specs)
        api = Client(world)
        fans = {row["username"] for row in world.followers_of("star")} & {f"fan{i}" for i in range(5)}
        world.vanish({"private": list(fans)})
        assert fans
        assert not fans & {row["username"] for row in world.followers_of("star")}
        assert api.call("user/followers", {"username": "star"}, "").code == "ok"

    def test_before_that_moment_it_was_there_and_it_can_be_brought_back(self) -> None:
        world = client().service.world
        video = world.videos_of("exact", START, END)[0]["id"]
        world.vanish({"videos": [video]})
        assert world.valid_videos([video], NOW - timedelta(seconds=1)) == [video]
        assert world.valid_videos([video]) == []
        world.bring_back()
        assert world.valid_videos([video]) == [video]

    @pytest.mark.parametrize(
        ("leaving", "words"),
        [
            ({"videos": [1]}, "no video 1"),
            ({"comments": [1]}, "no comment 1"),
            ({"private": ["nobody_at_all"]}, "no account called 'nobody_at_all'"),
            ({"playlists": [1]}, "one of videos, comments, private, deleted"),
        ],
    )
    def test_what_is_not_there_cannot_leave(self, leaving: dict[str, list[Any]], words: str) -> None:
        world = client().service.world
        before = world.gone()
        with pytest.raises(ValueError, match=words):
            world.vanish({"private": ["exact"], **leaving})
        assert world.gone() == before


def test_a_dataset_loses_rows_too(tmp_path: Any) -> None:
    path = tmp_path / "world.jsonl"
    line = '{{"type": "video", "id": {}, "username": "someone", "create_time": 1704499196}}\n'
    path.write_text("".join(line.format((1704499100 << 32) + i) for i in range(300)))
    world = World.from_file(path)
    api = Client(world, now=datetime(2024, 1, 16, tzinfo=UTC), videos_vanish_daily=0.05, archive_lag_scale=0)
    left = len(world.videos_of("someone", date(2024, 1, 5), date(2024, 1, 6)))
    assert 0.5 < left / 300 < 0.75  # 0.95 ** 10 = 0.6
    assert api.call("user/info", {"username": "someone"}, "video_count").data == {"video_count": left}
