"""What is wrong with a query in a study file is said with line, path and fix."""

import pytest

from tests.unit.study_file.study_files import HEAD, wrong


def query(*lines: str) -> str:
    """A study whose search `s` has a query of these lines, the first of them in line 7."""
    return HEAD + "searches:\n  s:\n    query:\n" + "".join(f"      {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("lines", "line", "path", "message"),
    [
        (["and: []"], 7, "searches.s.query.and", "the list is empty; leave it out or put a condition into it"),
        (["{}"], 6, "searches.s.query", "the query has no condition; put at least one into and, or, not"),
        (
            ["and:", "  - field_name: keyword", "    operation: EQ", "    field_values: []"],
            10,
            "searches.s.query.and.0.field_values",
            "the list is empty; name at least one value",
        ),
        (
            ["not:", "  - field_name: keyword", "    operation: EQ", "    field_values: [a, b]"],
            10,
            "searches.s.query.not.0.field_values",
            "EQ takes exactly one value, not 2; use IN for several",
        ),
        (
            ["and:", "  - field_name: region_code", "    operation: IN", "    field_values: [NO,", "       UK]"],
            11,
            "searches.s.query.and.0.field_values.1",
            "'UK' is not a region code that TikTok knows; write GB",
        ),
        (
            [
                "or:",
                "  - field_name: hashtag_name",
                "    operation: IN",
                "    field_values:",
                "      - a",
                "      - '#b'",
            ],
            12,
            "searches.s.query.or.0.field_values.1",
            "'#b' begins with #, which TikTok does not take; write 'b'",
        ),
        (
            [
                "or:",
                "  - field_name: hashtag_name",
                "    operation: IN",
                "    field_values:",
                "      - a",
                "      - #b",
            ],
            12,
            "searches.s.query.or.0.field_values.1",
            "there is no value; write text, in quotes if it begins with #, or leave it out",
        ),
        (
            ["and:", "  - {field_name: create_date, operation: GTE, field_values: [2015-12-31]}"],
            8,
            "searches.s.query.and.0.field_values.0",
            "'2015-12-31' is before TikTok's first day, 2016-01-01",
        ),
        (
            ["and:", "  - {field_name: keyword, operation: GT, field_values: [a]}"],
            8,
            "searches.s.query.and.0.operation",
            "GT does not go with keyword; use EQ or IN",
        ),
        (
            ["and:", "  - {field_name: keywords, operation: EQ, field_values: [a]}"],
            8,
            "searches.s.query.and.0.field_name",
            (
                "'keywords' is not known here; did you mean keyword? Known are create_date, username, region_code, "
                "video_id, hashtag_name, keyword, music_id, effect_id, video_length, view_count, comment_count"
            ),
        ),
        (
            ["and:", "  - field_name: keyword", "    field_values: [a]"],
            8,
            "searches.s.query.and.0.operation",
            "'operation' is missing; write it here",
        ),
        (
            [
                "and:",
                "  - {field_name: username, operation: EQ, field_values: [a]}",
                "  - {field_name: username, operation: EQ, field_values: ['@B']}",
            ],
            6,
            "searches.s.query",
            "the conditions and.0 and and.1 on username exclude each other, so no video can be found",
        ),
    ],
)
def test_a_query_that_is_wrong(lines: list[str], line: int, path: str, message: str) -> None:
    assert wrong(query(*lines)) == [(line, path, message, "study.yaml")]
