"""The one sentence that says what became of a dataset."""

from typing import Any

from tiktok_lake.imports.report import ImportReport, PartReport, outcome_of


def report(*parts: PartReport, **known: Any) -> ImportReport:
    return ImportReport(
        file="imports/a.json", import_id="i", imported_at="2026-11-20T12:00:00Z", parts=list(parts), **known
    )


def part(title: str, rows: int, taken: int = 0, why: str = "") -> PartReport:
    family = title.replace(" ", "_") or None
    return PartReport(
        form="json_document", encoding="utf-8", family=family, title=title, rows=rows, why=why, taken={"videos": taken}
    )


def test_a_section_that_is_left_out_on_purpose_is_none_that_the_file_was_taken_for() -> None:
    found = report(part("videos watched", 2, 2), part("logins", 5), taken={"videos": 2})
    assert outcome_of(found).startswith("Taken for videos watched: rows of videos 2; ")


def test_rows_of_lists_that_nobody_knows_are_not_counted_as_quarantined() -> None:
    found = report(part("", 50, why="Its columns are those of no known family."), part("videos", 2), quarantined=2)
    assert outcome_of(found) == "Nothing was taken: 2 of its 52 rows are quarantined."


def test_a_file_that_is_recognised_and_has_no_row_is_said_to_have_none() -> None:
    found = part("videos", 0, why="It has the columns id, text of videos.")
    found.mapped = {"videos": {"video_id": ("id",)}}
    assert outcome_of(report(found)) == "Nothing was taken: there is no row in it."
