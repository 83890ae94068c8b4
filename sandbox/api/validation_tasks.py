"""The /v2/research/validation_task… endpoints. API page "Batch compliance"."""

import re
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from sandbox.api.answers import ApiError, Page, TextFile, invalid
from sandbox.api.calls import Call
from sandbox.faults import Faults
from sandbox.validation import Category, ValidationTask, ValidationTasks
from sandbox.world.catalog import Catalog
from sandbox.world.validity import still_valid
from sandbox.world.video_table import Moment

_ID = re.compile(r"[0-9]{1,19}")
_TASK_ID = re.compile(r"[0-9]{1,20}")
_UTF8_MARK = "\ufeff"


class Compliance:
    """Takes files of ids, and answers which of them are still valid once their task is done."""

    def __init__(self, catalog: Catalog, tasks: ValidationTasks, faults: Faults) -> None:
        self._catalog = catalog
        self._tasks = tasks
        self._faults = faults

    def create(self, call: Call) -> Page:
        """Take a file and return its task's id."""
        category = _category(call.body)
        ids = _ids(call.upload, call.settings.validation_max_ids)
        fails = bool(self._faults.firing(("task_failed",), call.endpoint, call.body, call.page))
        stuck = bool(self._faults.firing(("task_stuck",), call.endpoint, call.body, call.page))
        task = self._tasks.create(category, ids, call.now, call.settings, stuck=stuck, fails=fails)
        return Page({"task_id": task.id}, message="ok.")

    def status(self, call: Call) -> Page:
        """Return how far a task is."""
        return Page({"task_status": self._task(call).status(call.now)}, message="ok.")

    def download(self, call: Call) -> TextFile:
        """Return the ids that were valid when the task was done, one a line, in the order of the upload."""
        task = self._task(call)
        if task.ready is None or task.status(call.now) != "Completed":
            raise invalid("Invalid parameters: the task is not completed")
        valid = still_valid(self._catalog, task.category, task.ids, Moment(task.ready, call.settings))
        lines = [str(number) for number in valid]
        for rule in self._faults.firing(("strange_lines",), call.endpoint, call.body, call.page):
            lines += [str(line) for line in rule.params["lines"]]
        if self._faults.firing(("empty_download",), call.endpoint, call.body, call.page):
            lines = []
        end = "\r\n" if call.settings.validation_line_ends == "crlf" else "\n"
        return TextFile("".join(line + end for line in lines).encode(), len(lines))

    def _task(self, call: Call) -> ValidationTask:
        given = call.body.get("task_id")
        if isinstance(given, bool) or not isinstance(given, int | str) or not _TASK_ID.fullmatch(str(given).strip()):
            raise invalid("Invalid parameters: task_id is required")
        task = self._tasks.find(int(given), call.now, call.settings)
        if task is None:
            raise invalid("Invalid parameters: task_id is not known")
        return task


def read_upload(raw: bytes, content_type: str) -> tuple[dict[str, Any], bytes | None]:
    """Return the text fields of a multipart form, and the bytes of its `file_data` (None without one).

    Raises:
        ApiError: It is not such a form.
    """
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + raw)
    if form.get_content_type() != "multipart/form-data" or not form.is_multipart():
        raise invalid("Invalid parameters: the body must be multipart/form-data")
    fields: dict[str, Any] = {}
    upload = None
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name == "file_data":
            upload = content
            fields["file_name"] = part.get_filename() or ""
            fields["lines"] = len(content.split())
        elif isinstance(name, str):
            fields[name] = content.decode(errors="replace")
    return fields, upload


def _category(body: dict[str, Any]) -> Category:
    match body.get("category"):
        case "video":
            return "video"
        case "comment":
            return "comment"
        case _:
            raise invalid("Invalid parameters: category must be video or comment")


def _ids(upload: bytes | None, most: int) -> list[int]:
    if upload is None:
        raise _unusable("file_data is required")
    try:
        lines = [line.strip() for line in upload.decode().removeprefix(_UTF8_MARK).splitlines()]
    except UnicodeDecodeError as error:
        raise _unusable("the file is not text") from error
    given = [line for line in lines if line]
    if not given:
        raise _unusable("the file is empty")
    if len(given) > most:
        raise _unusable(f"the file has more than {most} ids")
    if not all(_ID.fullmatch(line) for line in given):
        raise _unusable("the file must have one id per line")
    return [int(line) for line in given]


def _unusable(why: str) -> ApiError:
    return ApiError(400, "invalid_file_upload", f"Invalid file upload: {why}")
