"""What a person reads while it works and when it fails."""

from io import StringIO

import pytest
from requests.exceptions import ConnectionError as RequestsConnectionError
from rich.console import Console
from urllib3.exceptions import ProtocolError

from local_cloud.errors import in_words
from local_cloud.logs import in_order
from local_cloud.progress import ProgressView, counted
from local_cloud.sandbox_process import refusal
from local_cloud.watch import RunStatus, SubjectStatus


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            ["usage: python -m sandbox [-h]", "python -m sandbox: error: argument --seed: invalid int value: 'abc'"],
            "SEED is wrong: invalid int value: 'abc'",
        ),
        (
            ["Sandbox at http://127.0.0.1:1: 5 accounts", "--faults is not valid JSON: no."],
            "FAULTS is not valid JSON: no.",
        ),
        (["/x/y.jsonl, line 2: no `id`; remove it."], "WORLD is wrong: /x/y.jsonl, line 2: no `id`; remove it."),
        (["There is no fault called 'x'."], "FAULTS is wrong: There is no fault called 'x'."),
    ],
)
def test_the_sandboxs_refusal_is_its_sentence_about_the_variable_of_make(said: list[str], sentence: str) -> None:
    assert refusal(said, "FAULTS") == sentence


@pytest.mark.parametrize("said", [[], ["Traceback (most recent call last):", "ValueError: --seed"]])
def test_a_defect_of_the_sandbox_is_not_taken_for_a_refusal(said: list[str]) -> None:
    assert refusal(said, "WORLD") == ""


def test_errors_of_http_libraries_are_shown_without_their_python_values() -> None:
    closed = ConnectionResetError(104, "Connection reset by peer")
    broken = RequestsConnectionError(ProtocolError("Connection aborted.", closed))
    assert in_words(broken) == "Connection aborted: Connection reset by peer"
    remote = "no answer: ('Connection aborted.', RemoteDisconnected('Remote end closed connection'))"
    assert in_words(remote) == "no answer: Connection aborted: Remote end closed connection"
    refused = "HTTPConnectionPool(host='127.0.0.1', port=8): Max retries exceeded (Caused by <urllib3.X object at 0x1>)"
    assert in_words(refused) == "no answer from 127.0.0.1:8"
    assert in_words(ValueError("An error occurred (X) when calling Y")) == "An error occurred (X) when calling Y"


def test_lines_of_one_millisecond_stay_in_the_order_in_which_they_came() -> None:
    lines = [(2, "worker", "START"), (2, "worker", "END"), (1, "token", "z"), (2, "worker", "A report")]
    assert in_order(lines) == [lines[2], lines[0], lines[1], lines[3]]


def test_one_thing_is_not_many() -> None:
    assert [counted(number, "account") for number in (0, 1, 1200)] == ["0 accounts", "1 account", "1,200 accounts"]


@pytest.mark.parametrize(("total", "shown"), [(0, "someone planning"), (4, "someone 0/4 tasks")])
def test_an_account_without_tasks_is_being_planned(total: int, shown: str) -> None:
    account = SubjectStatus("someone", total, done=0, parked=0, failed=0, pages=0, rows=0, requests=0)
    status = RunStatus("run", planned=bool(total), finished=False, subjects=[account], due=None, reasons=[])
    console = Console(file=StringIO(), width=100)
    with ProgressView(console) as view:
        view.show([status])
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().strip() == shown
