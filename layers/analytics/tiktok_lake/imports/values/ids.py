"""Ids: exact or not at all. TikTok's have 19 digits, more than a float or a spreadsheet keeps."""

from typing import Final

FEWEST_DIGITS: Final = 15
"""Of TikTok's ids of videos and comments; today's have 19. Shorter ones are counters, or made up."""
SMALLEST: Final = 10 ** (FEWEST_DIGITS - 1)
"""The smallest number of so many digits."""
_FLOAT: Final = 1 << 53
"""Smaller whole numbers are exact in a float."""
_STEP: Final = 512
"""Numbers of 19 digits that went through a float are multiples of at least this."""
_FIRST_TIME: Final = 1_388_534_400
"""2014: ids that carry an earlier time carry none."""

SQL: Final = rf"""
-- The number where its digits are all there is to the text: a cast alone would take 6.89E+18, 1_000 and 0x1f.
CREATE OR REPLACE MACRO tt_digits(x) AS
    CASE WHEN TRY_CAST(x AS BIGINT)::VARCHAR = x THEN TRY_CAST(x AS BIGINT) END;

-- Spreadsheets keep digits as text by ="123" or a leading apostrophe, and exports carry that along.
CREATE OR REPLACE MACRO tt_odd_id(x) AS CASE WHEN x IS NOT NULL THEN
    list_transform([trim(ltrim(tt_given(x), '='), '"''')], lambda g: CASE
        WHEN regexp_full_match(g, '-?\d+') THEN TRY_CAST(g AS BIGINT)
        WHEN regexp_full_match(g, '\d+\.0*') THEN list_transform(
            [TRY_CAST(string_split(g, '.')[1] AS BIGINT)],
            lambda n: CASE WHEN n < {_FLOAT} OR n % {_STEP} <> 0 THEN n END)[1]
    END)[1] END;

CREATE OR REPLACE MACRO tt_number(x, n) AS CASE WHEN n IS NULL THEN tt_odd_id(x) ELSE n END;

-- An id that may be absent: none is often 0.
CREATE OR REPLACE MACRO tt_id(x, n) AS nullif(greatest(tt_number(x, n), 0), 0);

CREATE OR REPLACE MACRO tt_video_id(x, n) AS CASE
    WHEN n IS NOT NULL THEN n
    WHEN contains(x, '/') THEN TRY_CAST(nullif(regexp_extract(
        x, '(?:/(?:video|photo|v|embed(?:/v2)?)/|[?&](?:share_)?item_id=|[?&]aweme_id=)(\d+)', 1), '') AS BIGINT)
    ELSE tt_odd_id(x) END;

-- As spreadsheets and floats write what they have rounded.
CREATE OR REPLACE MACRO tt_is_rounded(x) AS list_transform([tt_given(x)], lambda g:
    coalesce(regexp_full_match(g, '[+-]?\d([.,]\d*)?[eE]\+?\d+'), FALSE)
    OR (coalesce(regexp_full_match(g, '\d+\.0*'), FALSE) AND tt_odd_id(g) IS NULL))[1];

CREATE OR REPLACE MACRO tt_ends_rounded(n) AS n > {_FLOAT} AND (n % 1000 = 0 OR n % {_STEP} = 0);

CREATE OR REPLACE MACRO tt_time_of_id(id) AS CASE WHEN id >= {_FIRST_TIME << 32} THEN id >> 32 END;
"""


def why_not(text: str, number: str, what: str, last: int) -> str:
    """SQL: why an id cannot be taken, in words.

    Args:
        text: SQL of the text that it was read from.
        number: SQL of what was read, which cannot be an id.
        what: What it is the id of, such as `a video`.
        last: The greatest id that there can be: TikTok's carry the time at which they were made.
    """
    return f"""CASE
        WHEN {text} IS NULL THEN 'there is no id of {what}'
        WHEN {number} IS NULL AND tt_is_rounded({text})
            THEN 'the id of {what} has lost its last digits in a spreadsheet or a float'
        WHEN {number} IS NULL AND contains({text}, '/') THEN 'the link leads to no id of {what}'
        WHEN {number} IS NULL THEN 'what should be the id of {what} is no number that an id can be'
        WHEN {number} > {last} THEN 'the id of {what} cannot be TikTok''s: the time in it has not come yet'
        WHEN {number} < 1 THEN 'the id of {what} cannot be TikTok''s: it is not positive'
        ELSE 'the id of {what} cannot be TikTok''s: it has '
            || length({number}::VARCHAR) || ' digits in place of 19' END"""
