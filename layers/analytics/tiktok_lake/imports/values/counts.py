"""Counts as people and pages write them: 984.1K, 1,2M, 25.0, 1 234, 1.234.567."""

from enum import StrEnum
from typing import Final

from tiktok_lake.imports.values.plain import listed


class Decimals(StrEnum):
    """What parts a number from its fraction."""

    AUTO = "auto"
    """As the number itself says: counts are whole, so `1.234` and `1,234` are thousands; `1.2K` and `1,2K` are not."""
    POINT = "point"
    COMMA = "comma"


_THOUSANDS: Final = ("k", "tsd", "tusind", "tus", "rb", "mil", "тыс")
_MILLIONS: Final = ("m", "mio", "mln", "mill", "jt", "млн", "tr")
_BILLIONS: Final = ("b", "bn", "mrd", "mia", "md")

SQL: Final = rf"""
-- Without spaces of any kind, marks of thousands that are none of . and , and the name of what is counted.
CREATE OR REPLACE MACRO tt_bare(x) AS regexp_replace(
    regexp_replace(lower(x), '[\s\x{{a0}}\x{{2009}}\x{{202f}}\x{{2019}}''_]', '', 'g'),
    '(views?|likes?|plays?|comments?|shares?|followers?|vistas|visninger|aufrufe)$', '');

CREATE OR REPLACE MACRO tt_times(s) AS CASE
    WHEN s = '' THEN 1
    WHEN s IN ({listed(_THOUSANDS)}) THEN 1000
    WHEN s IN ({listed(_MILLIONS)}) THEN 1000000
    WHEN s IN ({listed(_BILLIONS)}) THEN 1000000000 END;

-- The one mark that parts the fraction, nothing where all marks part thousands; 1.234K may be either, and is not read.
CREATE OR REPLACE MACRO tt_mark(n, suffixed) AS CASE
    WHEN contains(n, '.') AND contains(n, ',') AND regexp_matches(n, ',[0-9.]*\.[0-9]*$') THEN '.'
    WHEN contains(n, '.') AND contains(n, ',') THEN ','
    WHEN regexp_matches(n, '[.,].*[.,]') THEN ''
    WHEN NOT suffixed AND regexp_full_match(n, '[1-9][0-9]{{0,2}}[.,][0-9]{{3}}') THEN ''
    WHEN suffixed AND regexp_matches(n, '[.,][0-9]{{3}}$') THEN 'either'
    WHEN contains(n, '.') THEN '.'
    WHEN contains(n, ',') THEN ','
    ELSE '' END;

-- Groups of three and at most one fraction: else it is no number.
CREATE OR REPLACE MACRO tt_plain(n, mark) AS CASE
    WHEN mark = '.' AND regexp_full_match(n, '([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)(\.[0-9]*)?') THEN replace(n, ',', '')
    WHEN mark = ',' AND regexp_full_match(n, '([0-9]+|[0-9]{{1,3}}(\.[0-9]{{3}})+)(,[0-9]*)?')
        THEN replace(replace(n, '.', ''), ',', '.')
    WHEN mark = '' AND regexp_full_match(n, '[0-9]+|[0-9]{{1,3}}((,[0-9]{{3}})+|(\.[0-9]{{3}})+)')
        THEN replace(replace(n, '.', ''), ',', '') END;

CREATE OR REPLACE MACRO tt_odd_count(x, decimals) AS list_transform([tt_bare(tt_given(x))], lambda b: CASE
    WHEN regexp_full_match(b, '[0-9](\.[0-9]+)?e\+?[0-9]{{1,2}}') THEN TRY_CAST(TRY_CAST(b AS DOUBLE) AS BIGINT)
    ELSE list_transform([{{
            'n': regexp_extract(b, '^[0-9][0-9.,]*'),
            's': rtrim(regexp_extract(b, '^[0-9][0-9.,]*(.*)$', 1), '.+')
        }}], lambda p: list_transform([
            TRY_CAST(tt_plain(p.n, CASE decimals WHEN 'point' THEN '.' WHEN 'comma' THEN ','
                ELSE tt_mark(p.n, p.s <> '') END) AS DECIMAL(28, 6)) * tt_times(p.s)
        ], lambda d: CASE WHEN d = trunc(d) OR p.s <> '' THEN TRY_CAST(round(d) AS BIGINT) END)[1])[1]
    END)[1];

CREATE OR REPLACE MACRO tt_count(x, n, decimals) AS CASE
    WHEN n IS NOT NULL THEN CASE WHEN n >= 0 THEN n END
    -- As pandas writes whole numbers of a column that lacks some.
    WHEN regexp_full_match(x, '[0-9]{{1,15}}\.0') THEN TRY_CAST(x[:-3] AS BIGINT)
    WHEN x IS NOT NULL THEN tt_odd_count(x, decimals) END;

-- 15, 15.0, 14.63, 0:15, 1:02:03: whole seconds.
CREATE OR REPLACE MACRO tt_seconds(x, n) AS CASE
    WHEN n IS NOT NULL THEN CASE WHEN n >= 0 THEN n END
    WHEN x IS NOT NULL THEN list_transform([tt_given(x)], lambda g: CASE
        WHEN regexp_full_match(g, '[0-9]{{1,9}}:[0-5]?[0-9](:[0-5]?[0-9])?')
            THEN list_reduce(list_transform(string_split(g, ':'), lambda e: e::BIGINT), lambda a, b: a * 60 + b)
        WHEN regexp_full_match(g, '[0-9]{{1,15}}[.,][0-9]+')
            THEN TRY_CAST(round(TRY_CAST(replace(g, ',', '.') AS DOUBLE)) AS BIGINT) END)[1] END;
"""
