"""Hashtags, mentions and other names in every form in which people keep lists, and what captions say."""

from typing import Final

_NAMES: Final = ("name", "title", "hashtagName", "hashtag_name", "userUniqueId", "uniqueId", "username")
"""What objects in a list call what they name."""
_PYTHON_STRING: Final = r"''((?:[^''\\]|\\.)*)''|\"((?:[^\"\\]|\\.)*)\""
_PLAIN_LIST: Final = r"\[''[\p{L}\p{M}\p{N}_]+''(?:, ''[\p{L}\p{M}\p{N}_]+'')*\]"
"""As Python writes most lists of tags: nothing in it is escaped, marked or has to be trimmed."""
_PYTHON_NAME: Final = rf"[''\"](?:{'|'.join(_NAMES)})[''\"]: *(?:{_PYTHON_STRING})"
_JSON_NAME: Final = ", ".join(f"json_extract_string(e, '$.{name}')" for name in _NAMES)
_TAG: Final = r"[#\x{ff03}]([\p{L}\p{M}\p{N}_]+)"
_MENTION: Final = r"(?:^|[^\p{L}\p{N}_.@])@([\p{L}\p{N}_](?:[\p{L}\p{N}_.]*[\p{L}\p{N}_])?)"
_WITH: Final = r"with|met|mit|med|con|com|avec|cu|dengan|với|\x{0441}|z|ile"
"""How captions of duets and stitches go on, in the languages that were met and their neighbours."""
_REFERENCE: Final = rf"(?i)#(duet|stitch)\s+(?:{_WITH})\s+@([\p{{L}}\p{{N}}_](?:[\p{{L}}\p{{N}}_.]*[\p{{L}}\p{{N}}_])?)"


SQL: Final = rf"""
CREATE OR REPLACE MACRO tt_filled(l, sign) AS
    list_filter(list_transform(l, lambda e: ltrim(tt_trim(e), sign)), lambda e: e <> '');

-- What is no list is one element, and none of an object: so its row is refused and not lost.
CREATE OR REPLACE MACRO tt_elements(x) AS CASE
    WHEN x[1] = '[' AND json_valid(x) THEN from_json(x, '["JSON"]')
    WHEN x IS NOT NULL THEN [to_json(x)] END;

CREATE OR REPLACE MACRO tt_json_names(x) AS list_transform(from_json(x, '["JSON"]'), lambda e:
    CASE json_type(e) WHEN 'OBJECT' THEN coalesce({_JSON_NAME}) ELSE json_extract_string(e, '$') END);

-- What Python has escaped, such as a line end or \xa0, is nearly as JSON escapes it.
CREATE OR REPLACE MACRO tt_python_text(e) AS CASE
    WHEN contains(e, '\') THEN coalesce(
        json_extract_string(TRY_CAST('"' || replace(replace(regexp_replace(regexp_replace(
            replace(e, '\''', ''''),
            '\\x([0-9a-fA-F]{{2}})', '\\u00\1', 'g'),
            '\\U[0-9a-fA-F]{{8}}', '', 'g'),
            '\"', '"'), '"', '\"') || '"' AS JSON), '$'),
        regexp_replace(e, '\\(.)', '\1', 'g'))
    ELSE e END;

-- Python's text of a list, which may be of dictionaries; or a list in brackets without quotes.
CREATE OR REPLACE MACRO tt_python_names(x) AS CASE
    WHEN regexp_matches(x, '^\[\s*\{{') THEN list_transform(regexp_extract_all(x, '{_PYTHON_NAME}'), lambda e:
        rtrim(regexp_extract(e, ': *[''"](.*)$', 1), '''"'))
    WHEN NOT regexp_matches(x, '[''"]') THEN string_split(x[2:-2], ',')
    ELSE list_transform(regexp_extract_all(x, '{_PYTHON_STRING}'), lambda e: tt_python_text(e[2:-2])) END;

CREATE OR REPLACE MACRO tt_written_names(g, sign) AS CASE
    WHEN contains(g, sign) THEN regexp_extract_all(g, sign || '([^\s,;|' || sign || ']+)', 1)
    ELSE regexp_split_to_array(g, '[\s,;|]+') END;

CREATE OR REPLACE MACRO tt_names(x, sign) AS CASE
    WHEN regexp_full_match(x, '{_PLAIN_LIST}') THEN string_split(x[3:-3], ''', ''')
    WHEN x IS NOT NULL THEN tt_filled(CASE
    WHEN x[1] <> '[' THEN list_transform([tt_given(x)], lambda g: tt_written_names(g, sign))[1]
    WHEN json_valid(x) THEN tt_json_names(x)
    ELSE tt_python_names(x) END, sign) END;

-- Many captions have none: looking for a character is cheaper than for a pattern.
CREATE OR REPLACE MACRO tt_tags_of(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN contains(x, '#') OR contains(x, chr(65283)) THEN regexp_extract_all(x, '{_TAG}', 1)
    ELSE [] END;

CREATE OR REPLACE MACRO tt_mentions_of(x) AS CASE
    WHEN x IS NULL THEN NULL
    WHEN contains(x, '@') THEN regexp_extract_all(x, '{_MENTION}', 1)
    ELSE [] END;

CREATE OR REPLACE MACRO tt_answers_how(x) AS CASE WHEN contains(x, '@') AND contains(x, '#')
    THEN lower(nullif(regexp_extract(x, '{_REFERENCE}', 1), '')) END;

CREATE OR REPLACE MACRO tt_answers_whom(x) AS CASE WHEN contains(x, '@') AND contains(x, '#')
    THEN nullif(regexp_extract(x, '{_REFERENCE}', 2), '') END;

-- The web's textExtra: each element is a tag or a person, told apart by which name is filled.
CREATE OR REPLACE MACRO tt_extra(x, field) AS CASE WHEN json_valid(x) THEN list_filter(
    list_transform(from_json(x, '["JSON"]'), lambda e: json_extract_string(e, field)), lambda e: e <> '') END;

-- The element that names the video which is answered names its author, too.
CREATE OR REPLACE MACRO tt_answered(x) AS CASE WHEN json_valid(x) THEN list_filter(list_transform(
    list_filter(from_json(x, '["JSON"]'), lambda e: coalesce(json_extract_string(e, '$.awemeId'), '') NOT IN ('', '0')),
    lambda e: json_extract_string(e, '$.userUniqueId')), lambda e: e <> '')[1] END;
"""
