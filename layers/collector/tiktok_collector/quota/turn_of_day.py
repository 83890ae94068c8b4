"""The quiet period around 00:00 UTC.

Nothing is sent in it, so that no request is reserved on one day and counted by the server on the next. Its half width
must be at least the HTTP read timeout plus the clock's uncertainty.
"""

from datetime import UTC, datetime, time, timedelta

from tiktok_collector.quota.budget import next_midnight


def quiet_until(moment: datetime, half_width: timedelta) -> datetime | None:
    """The end of the quiet period `[midnight - half_width, midnight + half_width)` that `moment` is in, else None."""
    last_midnight = datetime.combine(moment.astimezone(UTC).date(), time(0, tzinfo=UTC))
    if moment < last_midnight + half_width:
        return last_midnight + half_width
    coming = next_midnight(moment)
    if moment >= coming - half_width:
        return coming + half_width
    return None


def day_opens_at(moment: datetime, half_width: timedelta) -> datetime:
    """When the next UTC day's quota may be used: the 00:00 UTC after `moment`, plus the half width."""
    return next_midnight(moment) + half_width
