"""What the command shows of names, titles, log lines and uploaded files: no terminal and no markup obeys it."""

import io
import json
from datetime import UTC, datetime

from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from cli.function_logs import LogLine
from cli.logs import picture
from cli.screen import Screen
from cli.study_files import Difference
from cli.study_screen import diff_screen
from cli.words import printable, shortened, visible
from tests.hostile.examples import TEXTS, VALUES, few

NAMES = TEXTS | st.text(st.sampled_from("\\[]/ab=@#\x1b\u202e"), max_size=12)


@given(NAMES, NAMES)
@example("\\[link=http://x]y", "")
@example("[/]", "]")
@example("a\\", "\\")
@example("[red", "x]")
@example("[", "red]")
def test_no_name_begins_or_ends_markup(one: str, other: str) -> None:
    shown = Text.from_markup(f"[red]{visible(one)}[/red] {visible(other)}")
    assert [(span.start, str(span.style)) for span in shown.spans] in ([(0, "red")], [])
    assert shown.plain.isprintable()
    # Only where a bracket is never closed does its escape show.
    assert shown.plain.replace("\\", "").replace("x5c", "") == (
        f"{printable(one)} {printable(other)}".replace("\\", "").replace("x5c", "")
    )


@given(TEXTS)
def test_a_shortened_text_is_one_printable_line(text: str) -> None:
    assert Text.from_markup(shortened(text, 50)).plain.isprintable()


@few
@given(st.dictionaries(TEXTS, VALUES, max_size=3))
def test_a_document_is_printable_and_the_same(document: dict[str, object]) -> None:
    out = io.StringIO()
    Screen(Console(file=out), Console(file=io.StringIO()), as_json=True).show(document)
    shown = out.getvalue()
    assert shown.replace("\n", "").isprintable()
    shown.encode()
    assert json.loads(shown) == json.loads(json.dumps(document))


@given(NAMES, NAMES)
def test_log_lines_and_differences_command_nothing(message: str, field: str) -> None:
    line = LogLine(datetime(2026, 11, 20, tzinfo=UTC), "video_search", "ERROR", message, {"log_id": field})
    assert picture(line).plain.isprintable()
    for each in diff_screen([Difference("config/study.yaml", (message, f"+{field}"))]):
        assert isinstance(each, Text)
        assert each.plain.isprintable()
