"""Counters: heavy-tailed totals, growth over days, and an archive that sees them late and stale."""

from typing import TYPE_CHECKING

import numpy as np

from sandbox.world.generated_accounts import GeneratedAccounts
from sandbox.world.hashing import Floats, Ints, exponentials, normals, units
from sandbox.world.recipe import Recipe
from sandbox.world.video_table import CommentNumbers, Moment

if TYPE_CHECKING:
    from sandbox.world.generated_videos import GeneratedVideos

_DAY = 86_400.0
_HOUR = 3600.0
GROWTH_DAYS = 3.0
_MEAN_LAG_HOURS = 20.0
_MAX_LAG_HOURS = 240.0
_MAX_COMMENTS = 200_000


class Engagement:
    """What videos gather, and when the archive gets to know it."""

    def __init__(self, recipe: Recipe, accounts: GeneratedAccounts, videos: "GeneratedVideos") -> None:
        self._recipe = recipe
        self._accounts = accounts
        self._videos = videos
        exact = np.full(len(accounts), -1 if recipe.comments_per_video is None else recipe.comments_per_video)
        replies = np.zeros(len(accounts), dtype=np.int64)
        for index, spec in enumerate(recipe.specs):
            if spec.comments_per_video is not None:
                exact[index], replies[index] = spec.comments_per_video, spec.replies_per_comment
        self._exact: Ints = exact.astype(np.int64)
        self._exact_replies = replies

    def counter(self, field: str, positions: Ints, moment: Moment) -> Floats:
        """Return the archived counter of each video; live where the staleness scale is 0."""
        age = (self._snapshot(positions, moment) - self._videos.created[positions]) / _DAY
        grown = 1 - np.exp(-np.maximum(age, 0.0) / GROWTH_DAYS)
        if field == "comment_count":
            exact = self._exact[self._videos.account[positions]]
            known = exact * (1 + self._exact_replies[self._videos.account[positions]])
            return np.where(exact >= 0, known, np.floor(self._comment_totals(positions) * grown))
        total = self._views(positions)
        if field != "view_count":
            key = self._videos.key(field)
            rate = {"like_count": 0.08, "share_count": 0.004, "favorites_count": 0.012}[field]
            total = total * np.minimum(rate * np.exp(0.6 * normals(key, self._videos.serial[positions])), 0.6)
        return np.asarray(np.floor(total * grown))

    def _views(self, positions: Ints) -> Floats:
        popularity = self._accounts.popularity[self._videos.account[positions]]
        spread = 1.3 * normals(self._videos.key("views"), self._videos.serial[positions])
        viral = (1 - units(self._videos.key("viral"), self._videos.serial[positions])) ** -0.5
        return np.asarray(popularity * np.exp(spread) * viral)

    def _comment_totals(self, positions: Ints) -> Floats:
        rate = 0.003 * np.exp(0.8 * normals(self._videos.key("comments"), self._videos.serial[positions]))
        return np.minimum(np.floor(self._views(positions) * rate + 0.3), _MAX_COMMENTS)

    def comment_numbers(self, position: int) -> CommentNumbers:
        """Return how many comments the video ends up with."""
        account = int(self._videos.account[position])
        exact = int(self._exact[account])
        if exact >= 0:
            return CommentNumbers(exact, exact * int(self._exact_replies[account]), exact=True)
        total = int(self._comment_totals(np.array([position]))[0])
        replies = total // 5
        return CommentNumbers(total - replies, replies, exact=False)

    def lag_seconds(self, positions: Ints) -> Floats:
        """Return how long after creation each video enters the archive: most within two days, a tail beyond four."""
        hours = 0.5 + _MEAN_LAG_HOURS * exponentials(self._videos.key("lag"), self._videos.serial[positions])
        return np.minimum(hours, _MAX_LAG_HOURS) * _HOUR

    def published(self, positions: Ints, moment: Moment) -> Floats:
        """Return when each video enters the archive under the settings of that moment."""
        return self._videos.created[positions] + self.lag_seconds(positions) * moment.settings.archive_lag_scale

    def _snapshot(self, positions: Ints, moment: Moment) -> Floats:
        """Return when the archive last refreshed each video's counters: every one to ten days from its arrival on."""
        scale = moment.settings.stats_staleness_scale
        if scale <= 0:
            return np.full(len(positions), moment.now)
        published = self.published(positions, moment)
        period = (1 + 9 * units(self._videos.key("refresh"), self._videos.serial[positions])) * _DAY * scale
        passed = np.floor((moment.now - published) / period)
        return np.asarray(published + np.maximum(passed, 0) * period)
