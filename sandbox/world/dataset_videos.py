"""Videos and accounts of a dataset file, served as given; what the file cannot know is drawn from the seed."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import override

import numpy as np

from sandbox.query import Condition
from sandbox.world.accounts import Account, AccountDirectory, title_of
from sandbox.world.dataset import UserLine, VideoLine
from sandbox.world.hashing import Bools, Floats, Ints, exponentials, key_of, units
from sandbox.world.video_table import CommentNumbers, Moment, Row, VideoTable

_TAG = re.compile(r"#(\w+)")
_MAX_COMMENTS = 200_000


class DatasetAccounts(AccountDirectory):
    """The users of a file, and every handle that has a video in it."""

    def __init__(self, videos: list[VideoLine], users: dict[str, UserLine]) -> None:
        names = {user.username.lower(): user.username for user in users.values()}
        for video in videos:
            names.setdefault(video.username.lower(), video.username)
        self.usernames = list(names.values())
        self.lines = [users.get(key) for key in names]
        self.index_names()
        self.hidden = np.array([line is not None and line.private for line in self.lines], dtype=np.bool_)
        self.out_of_scope = np.array([line is not None and not line.in_scope for line in self.lines], dtype=np.bool_)

    @override
    def get(self, index: int) -> Account:
        username = self.usernames[index]
        line = self.lines[index] or UserLine(username)
        return Account(
            index=index,
            username=username,
            display_name=line.display_name or title_of(username),
            bio=line.bio_description or "",
            bio_url=line.bio_url,
            region="",
            verified=bool(line.is_verified),
            followers=line.follower_count or 0,
            following=line.following_count or 0,
            following_public=True,
            liked=line.liked,
            reposted=line.reposted,
            pinned=line.pinned,
            playlists=0,
            private=line.private,
            in_scope=line.in_scope,
            private_followers=0.0,
        )


class DatasetVideos(VideoTable):
    """The videos of a file, by ascending id."""

    def __init__(self, lines: list[VideoLine], accounts: DatasetAccounts, seed: int) -> None:
        self.lines = lines
        self.accounts = accounts
        self._seed = seed
        self.ids = np.array([line.id for line in lines], dtype=np.int64)
        self.created = np.array([line.create_time for line in lines], dtype=np.int64)
        self.account = np.array([accounts.by_name[line.username.lower()] for line in lines], dtype=np.int64)
        self.index_accounts(len(accounts))
        self._deleted = np.array([line.deleted for line in lines], dtype=np.bool_)
        self._playlists: dict[int, list[int]] = defaultdict(list)
        self._tags: dict[str, list[int]] = defaultdict(list)
        for position, line in enumerate(lines):
            if line.playlist_id is not None:
                self._playlists[line.playlist_id].append(position)
            for tag in {tag.lower() for tag in hashtags(line)}:
                self._tags[tag].append(position)
        self._texts = [(line.video_description or "").lower() for line in lines]

    @override
    def between(self, start: int, end: int, positions: Ints | None = None) -> Ints:
        if positions is None:
            positions = np.arange(len(self.ids), dtype=np.int64)
        created = self.created[positions]
        return positions[(created >= start) & (created < end)]

    @override
    def matches_text(self, condition: Condition, positions: Ints) -> Bools:
        values = condition.values
        lowered = {value.lower() for value in values}
        if condition.field == "username":
            known = [self.accounts.by_name[value] for value in lowered if value in self.accounts.by_name]
            return np.isin(self.account[positions], np.array(known, dtype=np.int64))
        if condition.field == "hashtag_name":
            tagged = sorted({position for value in lowered for position in self._tags.get(value, ())})
            return np.isin(positions, np.array(tagged, dtype=np.int64))
        if condition.field == "keyword":
            return self._each(positions, lambda p: any(value in self._texts[p] for value in lowered))
        if condition.field == "region_code":
            return self._each(positions, lambda p: (self.lines[p].region_code or "").lower() in lowered)
        if condition.field == "music_id":
            return self._each(positions, lambda p: self.lines[p].music_id in condition.numbers)
        return self._each(positions, lambda p: not set(values).isdisjoint(self.lines[p].effect_ids or ()))

    def _each(self, positions: Ints, test: Callable[[int], bool]) -> Bools:
        return np.fromiter((test(p) for p in positions.tolist()), dtype=np.bool_, count=len(positions))

    @override
    def counter(self, field: str, positions: Ints, moment: Moment) -> Floats:
        values = [getattr(self.lines[p], field) for p in positions.tolist()]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    @override
    def durations(self, positions: Ints) -> Floats:
        return np.array([self.lines[p].video_duration or 0 for p in positions.tolist()], dtype=np.float64)

    @override
    def published(self, positions: Ints, moment: Moment) -> Floats:
        hours = 0.5 + 20 * exponentials(key_of(self._seed, "video.lag"), self.ids[positions])
        return self.created[positions] + np.minimum(hours, 240) * 3600 * moment.settings.archive_lag_scale

    @override
    def deleted(self, positions: Ints, moment: Moment) -> Bools:
        if moment.settings.drop_rate is not None:
            drawn = units(key_of(self._seed, "video.dropped"), self.ids[positions])
            return drawn < moment.settings.drop_rate
        return self._deleted[positions]

    @override
    def rows(self, positions: Ints, fields: tuple[str, ...], moment: Moment) -> list[Row]:
        rows: list[Row] = []
        for position in positions.tolist():
            line = self.lines[position]
            values = ((field, getattr(line, field)) for field in fields)
            row = {field: value for field, value in values if value is not None}
            if "hashtag_names" in fields:
                row["hashtag_names"] = hashtags(line)
            rows.append(row)
        return rows

    @override
    def hashtag_counts(self) -> dict[str, int]:
        return {tag: len(positions) for tag, positions in self._tags.items()}

    @override
    def music_counts(self) -> dict[int, int]:
        return dict(Counter(line.music_id for line in self.lines if line.music_id is not None))

    @override
    def comment_numbers(self, position: int) -> CommentNumbers:
        total = min(self.lines[position].comment_count or 0, _MAX_COMMENTS)
        return CommentNumbers(total - total // 5, total // 5, exact=False)

    @override
    def playlists_of(self, index: int) -> list[int]:
        own = self.of_account(index).tolist()
        return sorted({found for p in own if (found := self.lines[p].playlist_id) is not None})

    @override
    def playlist_positions(self, playlist_id: int) -> Ints | None:
        found = self._playlists.get(playlist_id)
        return None if found is None else np.array(found[::-1], dtype=np.int64)


def hashtags(line: VideoLine) -> list[str]:
    """Return the hashtags given, or those of the caption."""
    if line.hashtag_names is not None:
        return line.hashtag_names
    return [tag.lower() for tag in _TAG.findall(line.video_description or "")]
