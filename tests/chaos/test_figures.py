"""docs/reliability.md shows the figures of a campaign in full that kept every promise."""

from benchmarks.chaos import record
from benchmarks.chaos.campaign import CASES


def test_the_document_shows_what_was_counted() -> None:
    document = record.DOCUMENT.read_text(encoding="utf-8")
    assert record.table(record.recorded()) in document
    assert document == record.with_table(document, record.recorded())


def test_what_was_played_in_full_kept_its_promises() -> None:
    recorded = record.recorded()
    assert len(recorded) >= 10
    assert set(recorded) <= {case.name for case in CASES}
    assert not {name: figures.broken() for name, figures in recorded.items() if figures.broken()}
