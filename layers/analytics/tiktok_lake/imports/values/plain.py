"""What is no value at all, and values that are nearly as they should be: texts, names, switches."""

from typing import Final

_NOTHING: Final = ("", "-", "–", "—", "nan", "none", "null", "n/a", "na", "#n/a", "undefined", "\\n", "nat", "<na>")  # noqa: RUF001 - as people write them
"""What spreadsheets, pandas and databases write for "not there", in lower case. In texts they stay what they are."""
_NO_WORD: Final = "|".join(each for each in _NOTHING if each.isalnum())
_YES: Final = ("true", "t", "yes", "y", "1", "1.0", "ja", "sí", "si", "oui", "sim")
_NO: Final = ("false", "f", "no", "n", "0", "0.0", "nej", "nein", "non", "não")


def listed(words: tuple[str, ...]) -> str:
    """The words as SQL's `IN` takes them."""
    return ", ".join(f"'{each}'" for each in words)


# A macro's argument is copied to wherever it stands, and DuckDB works out what stands twice for every row, even where
# only a rare branch needs it: so such things are bound by a lambda, and what most rows look like is tried first.
SQL: Final = rf"""
CREATE OR REPLACE MACRO tt_trim(x) AS
    trim(x, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279));

CREATE OR REPLACE MACRO tt_given(x) AS CASE
    WHEN regexp_full_match(x, '[A-Za-z0-9_.]{{10,}}') THEN x
    WHEN regexp_full_match(x, '[A-Za-z0-9_.]+') AND NOT regexp_full_match(x, '(?i){_NO_WORD}') THEN x
    ELSE list_transform([tt_trim(x)], lambda g: CASE WHEN lower(g) NOT IN ({listed(_NOTHING)}) THEN g END)[1] END;

-- Without the apostrophe that this project's CSV files have before what a spreadsheet would change.
CREATE OR REPLACE MACRO tt_unmarked(x) AS CASE
    WHEN regexp_matches(x,
        '^''([=+\-@\t\r\n''\x{{ff1d}}\x{{ff0b}}\x{{ff0d}}\x{{ff20}}]|-?[0-9]+$)') THEN x[2:] ELSE x END;

CREATE OR REPLACE MACRO tt_text(x) AS nullif(x, '');

CREATE OR REPLACE MACRO tt_handle(x) AS nullif(
    CASE WHEN contains(x, 'tiktok.com/') THEN regexp_extract(x, '/@([^/?#\s]+)', 1)
    ELSE ltrim(tt_given(x), '@') END, '');

CREATE OR REPLACE MACRO tt_flag(x) AS list_transform([lower(tt_trim(x))], lambda g:
    CASE WHEN g IN ({listed(_YES)}) THEN TRUE WHEN g IN ({listed(_NO)}) THEN FALSE END)[1];

CREATE OR REPLACE MACRO tt_json(x) AS CASE WHEN json_valid(x) THEN x ELSE to_json(x)::VARCHAR END;
"""
