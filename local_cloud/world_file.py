"""What `make run WORLD=file` collects if it is not said: the busiest accounts of the dataset, over its own period.

Only what decides this is read; a line that cannot be used is passed over, since the sandbox names it when it starts.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from local_cloud.errors import LocalCloudError
from local_cloud.options import Options
from tiktok_collector.study.days import FIRST_DAY
from tiktok_collector.study.handles import normalise_handle

_BUSIEST = 3
_LATEST = 1 << 32


class VideoLine(msgspec.Struct, tag="video", tag_field="type"):
    """What counts of a video (docs/sandbox.md: dataset files)."""

    username: str
    create_time: int
    deleted: bool = False


class UserLine(msgspec.Struct, tag="user", tag_field="type"):
    """What counts of a user."""

    username: str


@dataclass(frozen=True, slots=True)
class WorldFile:
    """Handles by number of videos, most first, and the UTC days of the first and the last video."""

    accounts: tuple[str, ...]
    first: date | None
    last: date | None


def read_world_file(path: Path) -> WorldFile:
    """The accounts and the period of the dataset in `path`; deleted videos do not count for an account.

    Raises:
        LocalCloudError: it cannot be read.
    """
    videos: Counter[str] = Counter()
    first, last = _LATEST, 0
    for line in _lines(path):
        try:
            handle = normalise_handle(line.username)
        except ValueError:
            continue
        videos[handle] += isinstance(line, VideoLine) and not line.deleted
        if isinstance(line, VideoLine) and 0 < line.create_time < _LATEST:
            first, last = min(first, line.create_time), max(last, line.create_time)
    accounts = tuple(name for name, _ in sorted(videos.items(), key=lambda item: (-item[1], item[0])))
    return WorldFile(accounts, _day(first), _day(last)) if last else WorldFile(accounts, None, None)


def fill_in(options: Options, today: date) -> Options:
    """The options with the accounts and the period of the dataset where they name none, and no study either.

    The period is clipped to what can be asked: TikTok's first day to `today`.

    Raises:
        LocalCloudError: the file cannot be read, or names no account.
    """
    if options.world is None or (options.study and not options.accounts) or (options.accounts and options.start):
        return options
    world = read_world_file(options.world)
    if not options.accounts:
        if not world.accounts:
            raise LocalCloudError(
                f"WORLD names {options.world}, in which no line names an account: give a dataset as docs/sandbox.md "
                "describes, one JSON object a line."
            )
        options = replace(options, accounts=world.accounts[:_BUSIEST])
    if not options.start and world.first and world.last:
        start, end = (min(max(day, FIRST_DAY), today).isoformat() for day in (world.first, world.last))
        options = replace(options, start=start, end=end)
    return options


def notice(asked: Options, filled: Options) -> str:
    """One line that says what was taken from the dataset; empty if nothing was."""
    taken = []
    if filled.accounts != asked.accounts:
        taken.append(f"the accounts with the most videos ({', '.join(filled.accounts)})")
    if filled.start != asked.start:
        taken.append(f"its period ({filled.start} to {filled.end})")
    if not taken:
        return ""
    others = {"ACCOUNTS": filled.accounts != asked.accounts, "START and END": filled.start != asked.start}
    names = ", ".join(name for name, is_taken in others.items() if is_taken)
    return f"Taken from WORLD: {' and '.join(taken)}; {names} ask for others."


def _lines(path: Path) -> Iterator[VideoLine | UserLine]:
    decoder = msgspec.json.Decoder(VideoLine | UserLine, strict=False)
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
    except OSError as error:
        raise LocalCloudError(f"WORLD names {path}, which cannot be read: {error.strerror}.") from error


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, tz=UTC).date()
