"""Times as Unix seconds: numbers of seconds, milliseconds and microseconds, ISO 8601, dates, and dates without a year.

What a text leaves open (its zone, whether day or month comes first, the year) is said by a mapping file, or by the time
that the row's id carries; where neither does, nothing is guessed.
"""

from enum import StrEnum
from typing import Final


class DateOrder(StrEnum):
    """What comes first in `03-04-2026`."""

    AUTO = "auto"
    """Whichever the time in the row's id says; without one it is read only where it can be but one day."""
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


DEFAULT_ZONE: Final = "UTC"
"""Of times that name none, where a mapping file names none, either."""
FIRST: Final = 1_262_304_000
"""2010: nothing on TikTok is older, and smaller numbers are no times."""
LAST: Final = 4_102_444_799
"""The end of 2099."""
_NEAR: Final = 3 * 86_400
"""Seconds between a time and that in its id which drafts and zones explain."""
_DAY: Final = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
_MONTH_AND_DAY: Final = r"^\d{1,2}-\d{1,2}$"
_ZONED: Final = r":\d\d.*([zZ]|[+-]\d\d(:?\d\d)?|UTC|GMT)\s*$"

SQL: Final = rf"""
CREATE OR REPLACE MACRO tt_seconds_of(stamp, zone) AS list_transform(
    [epoch(CASE WHEN zone = 'UTC' THEN stamp::TIMESTAMPTZ ELSE timezone(zone, stamp) END)],
    lambda e: CASE WHEN e BETWEEN {FIRST} AND {LAST} THEN e::BIGINT END)[1];

CREATE OR REPLACE MACRO tt_moment(n, zone) AS CASE
    WHEN n BETWEEN {FIRST} AND {LAST} THEN n
    WHEN n BETWEEN 20100101 AND 20991231 THEN tt_seconds_of(TRY_STRPTIME(n::VARCHAR, '%Y%m%d'), zone)
    WHEN n // 1000 BETWEEN {FIRST} AND {LAST} THEN n // 1000
    WHEN n BETWEEN 20100101000000 AND 20991231235959 THEN tt_seconds_of(TRY_STRPTIME(n::VARCHAR, '%Y%m%d%H%M%S'), zone)
    WHEN n // 1000000 BETWEEN {FIRST} AND {LAST} THEN n // 1000000 END;

CREATE OR REPLACE MACRO tt_stamp(x) AS coalesce(TRY_CAST(x AS TIMESTAMP), TRY_STRPTIME(x, [
    '%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p', '%b %d, %Y', '%B %d, %Y', '%d %b %Y', '%d %B %Y']));

-- The reading that lies near the time that is known; of two different ones without it, none.
CREATE OR REPLACE MACRO tt_the_one(a, b, known) AS CASE
    WHEN b IS NULL OR a = b THEN a
    WHEN a IS NULL THEN b
    WHEN abs(a - known) <= {_NEAR} AND abs(a - known) < abs(b - known) THEN a
    WHEN abs(b - known) <= {_NEAR} AND abs(b - known) < abs(a - known) THEN b END;

CREATE OR REPLACE MACRO tt_day_in_order(g, zone, sequence, known) AS list_transform([{{
        'd': tt_seconds_of(tt_stamp(regexp_replace(g, '{_DAY}', '\3-\2-\1')), zone),
        'm': tt_seconds_of(tt_stamp(regexp_replace(g, '{_DAY}', '\3-\1-\2')), zone)
    }}], lambda r: CASE sequence
        WHEN 'day_first' THEN r.d WHEN 'month_first' THEN r.m ELSE tt_the_one(r.d, r.m, known) END)[1];

-- The id's own time, where it lies about that day of any year.
CREATE OR REPLACE MACRO tt_without_year(g, known) AS CASE WHEN list_bool_or(list_transform([0, -1, 1], lambda more:
    coalesce(abs(epoch(TRY_CAST((year(make_timestamp(known * 1000000)) + more) || '-' || g AS TIMESTAMP)) - known)
        <= {_NEAR}, FALSE))) THEN known END;

CREATE OR REPLACE MACRO tt_odd_time(x, zone, sequence, known) AS list_transform([tt_given(x)], lambda g: CASE
    WHEN regexp_full_match(g, '\d{{10,16}}\.\d+') THEN tt_moment(TRY_CAST(string_split(g, '.')[1] AS BIGINT), zone)
    WHEN regexp_full_match(g, '\d\.\d{{9,}}[eE]\+?0?9')
        THEN tt_moment(TRY_CAST(floor(TRY_CAST(g AS DOUBLE)) AS BIGINT), zone)
    WHEN regexp_matches(g, '{_ZONED}') THEN tt_seconds_of(timezone('UTC', TRY_CAST(g AS TIMESTAMPTZ)), 'UTC')
    WHEN regexp_matches(g, '{_DAY}') THEN tt_day_in_order(g, zone, sequence, known)
    WHEN regexp_matches(g, '{_MONTH_AND_DAY}') THEN tt_without_year(g, known)
    ELSE tt_seconds_of(tt_stamp(replace(g, '/', '-')), zone) END)[1];

-- ISO 8601, which most are: a cast takes it for UTC where it names no zone.
CREATE OR REPLACE MACRO tt_iso_time(x, zone) AS CASE
    WHEN zone = 'UTC' OR regexp_matches(x, '{_ZONED}') THEN CASE
        WHEN TRY_CAST(x AS TIMESTAMPTZ) BETWEEN to_timestamp({FIRST}) AND to_timestamp({LAST})
            THEN epoch(TRY_CAST(x AS TIMESTAMPTZ))::BIGINT END END;

CREATE OR REPLACE MACRO tt_time(x, n, zone, sequence, known) AS CASE
    WHEN n IS NOT NULL THEN tt_moment(n, zone)
    WHEN x IS NOT NULL THEN coalesce(tt_iso_time(x, zone), tt_odd_time(x, zone, sequence, known)) END;

-- Neither a number nor of a stated zone: what it means depends on where it was written.
CREATE OR REPLACE MACRO tt_lacks_zone(x, n) AS CASE
    WHEN n IS NOT NULL OR x IS NULL THEN FALSE
    ELSE regexp_matches(x, '\d:\d\d') AND NOT regexp_matches(x, '{_ZONED}') END;

CREATE OR REPLACE MACRO tt_is_day(x, n) AS CASE
    WHEN n IS NOT NULL THEN n BETWEEN 20100101 AND 20991231
    ELSE x IS NOT NULL AND regexp_full_match(x, '[^:]*\b\d{{4}}\b[^:]*') END;

CREATE OR REPLACE MACRO tt_has_no_year(x, n) AS
    n IS NULL AND x IS NOT NULL AND regexp_full_match(x, '\s*\d{{1,2}}-\d{{1,2}}\s*');

-- When a row was collected: to the millisecond where it is said; 20260330_193550_ab is how run ids say it.
CREATE OR REPLACE MACRO tt_collected(x, n) AS CASE
    WHEN n // 1000 BETWEEN {FIRST} AND {LAST} THEN make_timestamp(n * 1000)
    WHEN regexp_matches(x, '^\d{{8}}[_-]\d{{6}}') THEN TRY_STRPTIME(x[1:8] || x[10:15], '%Y%m%d%H%M%S')
    ELSE coalesce(
        timezone('UTC', CASE WHEN n IS NULL THEN TRY_CAST(x AS TIMESTAMPTZ) END),
        make_timestamp(tt_time(x, n, 'UTC', 'auto', NULL::BIGINT) * 1000000)) END;
"""
