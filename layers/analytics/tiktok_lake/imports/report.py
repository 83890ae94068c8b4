"""What became of a dataset, for whoever put it there: `<file>.report.json`."""

from typing import Final

import msgspec

from tiktok_lake.imports.recognition import Nearest

SHOWN_LINES: Final = 100
"""Quarantined lines that a report lists; all of them are in the table `quarantine`."""


class QuarantinedLine(msgspec.Struct, frozen=True):
    """A row that was not taken: its line (of JSON its element) from 1, and why."""

    line: int
    reason: str


class PartReport(msgspec.Struct, kw_only=True):
    """One list of rows of a file; nearly all files are one.

    Attributes:
        inside: Of a JSON document the path of the list, with dots.
        form: delimited, json_lines or json_document.
        encoding: As Python names it.
        delimiter: Of delimited text.
        header: Whether its first row names the columns.
        rows: Rows read, those that were not taken too.
        family: The schema family; null if nobody can say which it is.
        title: What people call it.
        why: By what it was recognised, or why not.
        nearest: Where there is no family, those that come nearest and the columns they miss.
        mapped: By table and column, the columns that it was read from.
        missing: Columns that files of the family may have and this one has not.
        kept: Columns that no table has; they are in `extra`.
        taken: Rows by table.
        quarantined: Rows not taken, by reason.
        quarantined_lines: The first of them.
        duplicates: Rows not taken since an earlier line says the same thing of the same time.
        unlikely_ids: Rows whose ids cannot be TikTok's; they are among the quarantined.
        notes: What else is to be known, a sentence each.
    """

    inside: str = ""
    form: str
    encoding: str
    delimiter: str = ""
    header: bool = True
    rows: int = 0
    family: str | None = None
    title: str = ""
    why: str = ""
    nearest: tuple[Nearest, ...] = ()
    mapped: dict[str, dict[str, tuple[str, ...]]] = {}
    missing: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    taken: dict[str, int] = {}
    quarantined: dict[str, int] = {}
    quarantined_lines: list[QuarantinedLine] = []
    duplicates: int = 0
    unlikely_ids: int = 0
    notes: list[str] = []


class ImportReport(msgspec.Struct, kw_only=True):
    """What became of a file.

    Attributes:
        version: Of this form.
        file: Its key or name.
        import_id: The `run_id` of its rows; the same file again has the same.
        imported_at: UTC.
        outcome: One sentence.
        taken: Rows by table, of all parts.
        quarantined: Rows that were not taken, of all parts.
        duplicates: Rows left out since an earlier line of the file says the same.
        known_before: Videos and comments of which an earlier import of another file has rows, by table; these rows are
            taken all the same. Null where nobody looked.
        days: The first and the last UTC day that rows were filed under.
        parts: The lists of rows in it.
        problem: Why nothing at all could be read; null if it could.
        files: Objects that were written; of a file of which nothing was taken into a folder, those of its last import.
        replaced: Objects of an earlier version of the file that were removed.
        seconds: How long it took.
    """

    version: int = 1
    file: str
    import_id: str
    imported_at: str
    outcome: str = ""
    taken: dict[str, int] = {}
    quarantined: int = 0
    duplicates: int = 0
    known_before: dict[str, int] | None = None
    days: tuple[str, str] | None = None
    parts: list[PartReport] = []
    problem: str | None = None
    files: list[str] = []
    replaced: list[str] = []
    seconds: float = 0


def outcome_of(report: ImportReport) -> str:
    """What became of it, in one sentence."""
    if report.problem is not None:
        return f"Nothing was taken: {report.problem}"
    taken = [part for part in report.parts if any(part.taken.values())]
    if not taken:
        rows = sum(part.rows for part in report.parts)
        # One that is mapped was recognised, and its `why` says by what.
        why = next((part.why for part in report.parts if part.why and not part.mapped), "there is no row in it")
        if report.quarantined:
            why = f"{report.quarantined:,} of its {rows:,} rows are quarantined"
        return f"Nothing was taken: {why.rstrip('.')}."
    tables = ", ".join(f"{table} {rows:,}" for table, rows in report.taken.items() if rows)
    families = ", ".join(dict.fromkeys(part.title or part.family or "" for part in taken))
    return (
        f"Taken for {families}: rows of {tables}; {report.quarantined:,} quarantined, "
        f"{report.duplicates:,} duplicates left out."
    )
