"""Videos made from a recipe: compact columns at start, everything else hashed when it is asked for."""

from collections import Counter
from datetime import UTC, datetime, time
from typing import override

import numpy as np

from sandbox.query import Condition
from sandbox.world.captions import PER_TOPIC, captions_of
from sandbox.world.engagement import Engagement
from sandbox.world.generated_accounts import GeneratedAccounts
from sandbox.world.hashing import Bools, Floats, Ints, below, exponentials, hashes, key_of, units
from sandbox.world.playlists import Playlists
from sandbox.world.recipe import Recipe
from sandbox.world.video_rows import VideoRows
from sandbox.world.video_table import MAX_DRAFT_SECONDS, CommentNumbers, Moment, Row, VideoTable
from sandbox.world.vocabulary import EFFECTS, TOPICS

_DAY = 86_400
_DRAFT_SHARE = 0.02
_ON_TOPIC = 0.8
_ORIGINAL_SOUND = 0.4
_WITH_EFFECT = 0.04


class GeneratedVideos(VideoTable):
    """The videos of a recipe.

    Attributes:
        caption: Caption class of each video.
        music: Music id of each video.
        serial: The number under which a video was drawn, of which its properties are hashes.
    """

    def __init__(self, recipe: Recipe, accounts: GeneratedAccounts) -> None:
        self.recipe = recipe
        self.accounts = accounts
        self.captions = captions_of(recipe.seed)
        self.end = int(datetime.combine(recipe.end, time(), UTC).timestamp())
        self.start = self.end - recipe.days * _DAY
        self._draw()
        self.index_accounts(len(accounts))
        self.engagement = Engagement(recipe, accounts, self)
        self.playlists = Playlists(accounts, self, recipe.seed)
        self._rows = VideoRows(self)

    def key(self, name: str) -> int:
        """Return the hash key of one property of the videos."""
        return key_of(self.recipe.seed, f"video.{name}")

    def _draw(self) -> None:
        owners, created, serials = self._ambient()
        for index, spec in enumerate(self.recipe.specs):
            slots = np.arange(spec.videos, dtype=np.int64)
            numbers = slots + ((index + 1) << 40)
            width = spec.days * _DAY / max(spec.videos, 1)
            moments = self.end - spec.days * _DAY + ((slots + 0.9 * units(self.key("slot"), numbers)) * width)
            owners = np.concatenate([owners, np.full(spec.videos, index, dtype=np.int64)])
            created = np.concatenate([created, moments.astype(np.int64)])
            serials = np.concatenate([serials, numbers])
        ids = ((created - self._draft_seconds(serials)) << 32) | (
            hashes(self.key("id"), serials) >> np.uint64(33)
        ).astype(np.int64)
        order = np.argsort(ids, kind="stable")
        self.ids, self.created, self.account, self.serial = ids[order], created[order], owners[order], serials[order]
        while (same := np.flatnonzero(np.diff(self.ids) <= 0)).size:
            self.ids[same + 1] = self.ids[same] + 1
        self.caption = self._captions()
        self.music = self._music()

    def _ambient(self) -> tuple[Ints, Ints, Ints]:
        recipe = self.recipe
        wanted = (
            0
            if recipe.accounts == 0
            else round(recipe.videos * (recipe.days + recipe.future_days) / max(recipe.days, 1))
        )
        serials = np.arange(wanted, dtype=np.int64)
        if not wanted:
            return serials, serials.copy(), serials.copy()
        specs = len(recipe.specs)
        activity = (1 - units(key_of(recipe.seed, "activity"), np.arange(recipe.accounts, dtype=np.int64))) ** -0.8
        bounds = np.cumsum(activity)
        owners = np.searchsorted(bounds[:-1], units(self.key("owner"), serials) * bounds[-1]).astype(np.int64) + specs
        days = below(self.key("day"), serials, recipe.days + recipe.future_days)
        uniform = units(self.key("second"), serials)
        seconds = ((uniform + 0.11 * np.sin(2 * np.pi * (uniform + 0.2)) + 1) % 1.0) * (_DAY - 1)
        return owners, self.start + days * _DAY + seconds.astype(np.int64), serials

    def _draft_seconds(self, serials: Ints) -> Ints:
        usual = 20 + 23 * np.exp(0.5 * np.sqrt(2) * (exponentials(self.key("upload"), serials) - 0.7))
        draft = 600 * (MAX_DRAFT_SECONDS / 600) ** units(self.key("draft"), serials)
        seconds = np.where(units(self.key("is_draft"), serials) < _DRAFT_SHARE, draft, np.minimum(usual, 600))
        return seconds.astype(np.int64)

    def _captions(self) -> Ints:
        topics = len(TOPICS)
        own = self.accounts.topic[self.account]
        other = below(self.key("topic"), self.serial, topics)
        topic = np.where(units(self.key("off_topic"), self.serial) < _ON_TOPIC, own, other)
        return np.asarray(topic + topics * (units(self.key("caption"), self.serial) ** 2 * PER_TOPIC).astype(np.int64))

    def _music(self) -> Ints:
        """Return ids: some sounds are everybody's hits, others an account's own."""
        hits = max(len(self.ids) // 25, 40)
        sound = (units(self.key("sound"), self.serial) ** 4 * hits).astype(np.int64)
        own = (1 << 36) + self.account * 64 + below(self.key("own_sound"), self.serial, 8)
        number = np.where(units(self.key("original"), self.serial) < _ORIGINAL_SOUND, own, sound)
        seconds = self.start - below(self.key("sound_time"), number, 400 * _DAY)
        return np.asarray((seconds << 32) | (hashes(self.key("sound_id"), number) >> np.uint64(33)).astype(np.int64))

    @override
    def matches_text(self, condition: Condition, positions: Ints) -> Bools:
        values = condition.values
        match condition.field:
            case "username":
                known = [self.accounts.by_name[v.lower()] for v in values if v.lower() in self.accounts.by_name]
                return np.isin(self.account[positions], np.array(known, dtype=np.int64))
            case "region_code":
                regions = [i for i, code in enumerate(self.accounts.regions) if code in {v.upper() for v in values}]
                return np.isin(self.accounts.region[self.account[positions]], np.array(regions, dtype=np.int64))
            case "hashtag_name":
                return self.captions.with_hashtag(values)[self.caption[positions]]
            case "keyword":
                return self.captions.with_keyword(values)[self.caption[positions]]
            case "music_id":
                return np.isin(self.music[positions], np.array(condition.numbers, dtype=np.int64))
            case _:
                wanted = [i for i in range(len(EFFECTS)) if effect_id(i) in values]
                return np.isin(self.effects(positions), np.array(wanted, dtype=np.int64))

    def effects(self, positions: Ints) -> Ints:
        """Return the index of each video's effect, -1 where it has none."""
        serials = self.serial[positions]
        has = units(self.key("has_effect"), serials) < _WITH_EFFECT
        return np.where(has, below(self.key("effect"), serials, len(EFFECTS)), -1)

    @override
    def durations(self, positions: Ints) -> Floats:
        seconds = 18 * np.exp(0.9 * (exponentials(self.key("duration"), self.serial[positions]) - 0.7))
        return np.asarray(np.floor(np.clip(seconds, 3, 600)))

    @override
    def counter(self, field: str, positions: Ints, moment: Moment) -> Floats:
        return self.engagement.counter(field, positions, moment)

    @override
    def published(self, positions: Ints, moment: Moment) -> Floats:
        return self.engagement.published(positions, moment)

    @override
    def deleted(self, positions: Ints, moment: Moment) -> Bools:
        serials = self.serial[positions]
        if moment.settings.drop_rate is not None:
            return units(self.key("dropped"), serials) < moment.settings.drop_rate
        shares = np.full(len(self.accounts), self.recipe.deleted_share)
        shares[: len(self.recipe.specs)] = [spec.deleted_share for spec in self.recipe.specs]
        doomed = units(self.key("doomed"), serials) < shares[self.account[positions]]
        when = self.created[positions] + 3600 + 12 * _DAY * exponentials(self.key("deletion"), serials)
        return doomed & (when <= moment.now)

    @override
    def rows(self, positions: Ints, fields: tuple[str, ...], moment: Moment) -> list[Row]:
        return self._rows.rows(positions, fields, moment)

    @override
    def hashtag_counts(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for entry, videos in zip(self.captions.classes, np.bincount(self.caption).tolist(), strict=False):
            found.update(dict.fromkeys(entry.listed_tags, videos))
        return {tag: videos for tag, videos in found.items() if videos}

    @override
    def music_counts(self) -> dict[int, int]:
        sounds, videos = np.unique(self.music, return_counts=True)
        return dict(zip(sounds.tolist(), videos.tolist(), strict=True))

    @override
    def comment_numbers(self, position: int) -> CommentNumbers:
        return self.engagement.comment_numbers(position)

    @override
    def playlists_of(self, index: int) -> list[int]:
        return self.playlists.of_account(index)

    @override
    def playlist_positions(self, playlist_id: int) -> Ints | None:
        return self.playlists.positions(playlist_id)


def effect_id(index: int) -> str:
    """Return the id of an effect of the vocabulary; the API writes it as a string."""
    return str(63_960_500 + 7 * index)
