"""Which event asks again for what a run lacks: pure. The window of a gap says which days, docs/manifest.md the rest."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from cli.manifests import RunGap
from tiktok_collector.study.streams import OF_ACCOUNTS
from tiktok_collector.study.video_ids import publication
from tiktok_collector.tasks.task import GapReason

_LIMITS: Final = {"followers": "max_followers", "following": "max_following"}
_OF_VIDEOS: Final = frozenset({"videos", "comments", "replies"})
_ASKED_AGAIN: Final = frozenset({*OF_ACCOUNTS, *_OF_VIDEOS, "playlists"})
_VIDEO: Final = "video_id="
_WORTH_IT: Final = frozenset(
    {
        GapReason.SEARCH_LOST,
        GapReason.CURSOR_LOOP,
        GapReason.CURSOR_MISSING,
        GapReason.PAGE_CAP,
        GapReason.WINDOW_FAILS,
        GapReason.DAY_FAILS,
        GapReason.PAGE_FAILS,
        GapReason.API_DOWN,
        GapReason.OFFSETS_SHIFTED,
        GapReason.FAILED,
    }
)
PREFIX: Final = "retry-"

type Days = tuple[date, date]


@dataclass(frozen=True)
class Retry:
    """An event that asks again for some gaps, of one run or of several that lack the same."""

    function: str
    event: Mapping[str, Any]
    gaps: tuple[RunGap, ...]

    def event_on(self, today: date) -> dict[str, Any]:
        """The event without days to come: a video of today is published within three days, so its gap may name such."""
        last = {name: min(day, today.isoformat()) for name, day in self.event.items() if name == "end_date"}
        return {**self.event, **last}

    @property
    def digest(self) -> str:
        """The same for the same event, on any day."""
        return hashlib.sha256(json.dumps(self.event, sort_keys=True).encode()).hexdigest()[:12]

    def run_id(self, today: date) -> str:
        """One run a day: asking twice on a day costs nothing more, asking on another day asks anew."""
        return f"{PREFIX}{self.digest}-{today:%Y%m%d}"


def why_not(gap: RunGap, *, possible: bool) -> str:
    """Why a gap is not asked for again, in words; empty where it is."""
    reasons = (
        (gap.function == "study", "the study asks again by itself"),
        (gap.reason == GapReason.REFUSED, "TikTok does not take the request"),
        (gap.reason not in _WORTH_IT, "there is nothing to ask for again"),
        (gap.possible and not possible, "it may be none (--possible asks again)"),
        (gap.function == "video_refresh", "send the ids of the videos again"),
        (gap.stream not in _ASKED_AGAIN, "its pages are kept; the same event under another run_id asks for all again"),
        (gap.stream == "playlists", "playlists are met in videos: ask for those again"),
        (gap.stream in _OF_VIDEOS and _days(gap) is None, "it has no days to ask for"),
    )
    return next((words for applies, words in reasons if applies), "")


def retries(manifest: Mapping[str, Any], gaps: Iterable[RunGap], *, possible: bool) -> list[Retry]:
    """The events that ask again for those of a run's gaps for which that makes sense, each with its gaps."""
    by_subject: dict[str, list[RunGap]] = {}
    for gap in gaps:
        if not why_not(gap, possible=possible):
            by_subject.setdefault(gap.subject, []).append(gap)
    return [retry for subject, some in by_subject.items() for retry in _of_subject(manifest, subject, some)]


def _of_subject(manifest: Mapping[str, Any], subject: str, gaps: Sequence[RunGap]) -> Iterator[Retry]:
    asked, function = manifest["event"], manifest["function"]
    named = {"name": asked["name"], "query": asked["query"]} if function == "video_search" else {"username": subject}
    of_videos = [gap for gap in gaps if gap.stream in _OF_VIDEOS]
    for days, some in _spans(of_videos):
        event = {**named, **_kept(asked, ("comments", "playlists", "identified")), **_period(*days)}
        if function == "user_extraction":
            event["include"] = ["videos"]
        yield Retry(function, event, tuple(some))
    streams = [stream for stream in OF_ACCOUNTS if any(gap.stream == stream for gap in gaps)]
    if streams:
        limits = [_LIMITS[stream] for stream in streams if stream in _LIMITS]
        period = _kept(asked, ("start_date", "end_date", "identified"))
        some = [gap for gap in gaps if gap.stream in streams]
        event = {**named, "include": [str(stream) for stream in streams], **_kept(asked, limits), **period}
        yield Retry(function, event, tuple(some))


def _kept(asked: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: asked[name] for name in names if name in asked}


def _period(first: date, last: date) -> dict[str, str]:
    return {"start_date": first.isoformat(), "end_date": last.isoformat()}


def _days(gap: RunGap) -> Days | None:
    """The days to ask for again: the gap's window, or those on which the video was published."""
    if gap.window:
        return date.fromisoformat(gap.window[0]), date.fromisoformat(gap.window[1])
    number = (gap.item or "").removeprefix(_VIDEO)
    if gap.item and gap.item.startswith(_VIDEO) and number.isdecimal():
        published = publication(int(number))
        return published.start, published.end
    return None


def _spans(gaps: Iterable[RunGap]) -> list[tuple[Days, list[RunGap]]]:
    """The gaps by spans of days that do not touch, so that no day is asked for twice."""
    found: list[tuple[Days, list[RunGap]]] = []
    dated = [(days, gap) for gap in gaps if (days := _days(gap)) is not None]
    for days, gap in sorted(dated, key=lambda each: each[0]):
        if found and days[0] <= found[-1][0][1] + timedelta(days=1):
            (first, last), some = found[-1]
            found[-1] = ((first, max(last, days[1])), [*some, gap])
        else:
            found.append((days, [gap]))
    return found
