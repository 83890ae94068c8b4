"""Rows of generated videos: each field is one column function over the positions of a page; None means absent."""

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.world.hashing import Ints, below, units
from sandbox.world.video_table import Moment, Row
from sandbox.world.vocabulary import EFFECTS, STICKERS

if TYPE_CHECKING:
    from sandbox.world.generated_videos import GeneratedVideos

_STEM_SHARE = 0.03
type Column = Callable[[Ints, Moment], list[Any]]


class VideoRows:
    """Synthesises the documented fields of a video."""

    def __init__(self, videos: "GeneratedVideos") -> None:
        self._videos = videos
        self._accounts = videos.accounts
        self._columns: dict[str, Column] = {
            "id": lambda p, _: videos.ids[p].tolist(),
            "create_time": lambda p, _: videos.created[p].tolist(),
            "music_id": lambda p, _: videos.music[p].tolist(),
            "username": lambda p, _: [self._accounts.usernames[i] for i in videos.account[p].tolist()],
            "region_code": lambda p, _: [
                self._accounts.regions[i] for i in self._accounts.region[videos.account[p]].tolist()
            ],
            "video_duration": lambda p, _: videos.durations(p).astype(int).tolist(),
            "video_description": self._descriptions,
            "video_mention_list": lambda p, _: [None if m is None else [m] for m in self._mentions(p)],
            "hashtag_names": lambda p, _: [list(c.listed_tags) for c in self._classes(p)],
            "hashtag_info_list": self._hashtag_infos,
            "effect_ids": lambda p, _: [None if i < 0 else [_effect_id(i)] for i in videos.effects(p).tolist()],
            "effect_info_list": self._effect_infos,
            "sticker_info_list": self._stickers,
            "playlist_id": self._playlist_ids,
            "voice_to_text": self._transcripts,
            "is_stem_verified": lambda p, _: (units(videos.key("stem"), videos.serial[p]) < _STEM_SHARE).tolist(),
            "video_label": self._labels,
            "video_tag": self._tags,
            "like_count": self._likes,
            "view_count": self._counter("view_count"),
            "share_count": self._counter("share_count"),
            "comment_count": self._counter("comment_count"),
            "favorites_count": self._counter("favorites_count"),
        }

    def rows(self, positions: Ints, fields: tuple[str, ...], moment: Moment) -> list[Row]:
        """Return one object per position, without the fields that have no value."""
        columns = [self._columns[field](positions, moment) for field in fields]
        return [
            {field: value for field, value in zip(fields, values, strict=True) if value is not None}
            for values in zip(*columns, strict=True)
        ]

    def _counter(self, field: str) -> Column:
        return lambda p, moment: self._videos.counter(field, p, moment).astype(int).tolist()

    def _some(self, name: str, share: float, positions: Ints) -> list[bool]:
        return list((units(self._videos.key(name), self._videos.serial[positions]) < share).tolist())

    def _likes(self, positions: Ints, moment: Moment) -> list[Any]:
        values = self._videos.counter("like_count", positions, moment).astype(int).tolist()
        lost = self._some("likes_lost", 0.003, positions)
        return [None if missing else value for value, missing in zip(values, lost, strict=True)]

    def _classes(self, positions: Ints) -> list[Any]:
        return [self._videos.captions.classes[i] for i in self._videos.caption[positions].tolist()]

    def _mentions(self, positions: Ints) -> list[str | None]:
        targets = below(self._videos.key("mention"), self._videos.serial[positions], len(self._accounts)).tolist()
        return [
            None if entry.kind == "plain" else self._accounts.get(target).display_name
            for entry, target in zip(self._classes(positions), targets, strict=True)
        ]

    def _descriptions(self, positions: Ints, _: Moment) -> list[Any]:
        pairs = zip(self._classes(positions), self._mentions(positions), strict=True)
        return [entry.text(mention) for entry, mention in pairs]

    def _hashtag_infos(self, positions: Ints, _: Moment) -> list[Any]:
        return [
            [
                {"hashtag_id": 10_000 + zlib.crc32(tag.encode()), "hashtag_name": tag, "hashtag_description": ""}
                for tag in entry.listed_tags
            ]
            or None
            for entry in self._classes(positions)
        ]

    def _effect_infos(self, positions: Ints, _: Moment) -> list[Any]:
        return [
            None
            if i < 0
            else [
                {
                    "effect_id": _effect_id(i),
                    "effect_name": EFFECTS[i],
                    "effect_photo_url": f"https://effects.example.org/{EFFECTS[i]}.png",
                }
            ]
            for i in self._videos.effects(positions).tolist()
        ]

    def _stickers(self, positions: Ints, _: Moment) -> list[Any]:
        chosen = below(self._videos.key("sticker"), self._videos.serial[positions], len(STICKERS)).tolist()
        return [
            [{"sticker_id": str(900_000 + i), "sticker_name": STICKERS[i]}] if has else None
            for i, has in zip(chosen, self._some("has_sticker", 0.15, positions), strict=True)
        ]

    def _playlist_ids(self, positions: Ints, _: Moment) -> list[Any]:
        playlists = self._videos.playlists
        pairs = zip(self._videos.account[positions].tolist(), playlists.numbers(positions).tolist(), strict=True)
        return [None if number < 0 else playlists.id_of(account, number) for account, number in pairs]

    def _transcripts(self, positions: Ints, _: Moment) -> list[Any]:
        pairs = zip(self._classes(positions), self._some("transcript", 0.28, positions), strict=True)
        return [entry.transcript if has else None for entry, has in pairs]

    def _labels(self, positions: Ints, _: Moment) -> list[Any]:
        label = {"content": "Get the facts about the election", "type": 1}
        return [dict(label) if has else None for has in self._some("label", 0.005, positions)]

    def _tags(self, positions: Ints, _: Moment) -> list[Any]:
        kinds = below(self._videos.key("tag_number"), self._videos.serial[positions], 2).tolist()
        return [
            {"type": "AIGC Type", "number": kind + 1} if has else None
            for kind, has in zip(kinds, self._some("tag", 0.03, positions), strict=True)
        ]


def _effect_id(index: int) -> str:
    return str(63_960_500 + 7 * index)
