"""Batch Compliance: files of ids go out, and files of the ids that are still valid come back (TikTok docs).

Nothing here sends: requests are described, and answers are read.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final

from tiktok_collector.errors import Fatal, Retriable
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import Form
from tiktok_collector.http.json_body import NotJson, decode_body
from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.answers import Frame, read_frame
from tiktok_collector.research_api.endpoints import CursorKind, Endpoint

MOST_IDS: Final = 10_000
"""Of one file."""
_NO_ACCESS: Final = (403, 404)
_SUCCESS: Final = range(200, 300)
_ID: Final = re.compile(rb"[0-9]{1,20}")
_TASK_ID: Final = re.compile(r"[0-9]{1,40}")
_BETWEEN_IDS: Final = re.compile(rb"[\s,;\"\[\]]+")
_BOM: Final = b"\xef\xbb\xbf"


class NoAccess(Fatal):
    """This client may not use Batch Compliance, or its server has none: known videos are asked for by id instead."""


class Category(StrEnum):
    """What the ids of a file are."""

    VIDEO = "video"
    COMMENT = "comment"


class Standing(StrEnum):
    """How far a task is."""

    PROCESSING = "Processing"
    COMPLETED = "Completed"
    FAILED = "Failed"


def _endpoint(name: str, path: str) -> Endpoint:
    return Endpoint(
        name=f"validation_task_{name}",
        path=f"/v2/research/{path}/",
        entity="validation",
        family=Family.RESEARCH,
        fields=(),
        row_keys=(),
        cursor=CursorKind.NONE,
    )


CREATE: Final = _endpoint("create", "validation_task/create")
STATUS: Final = _endpoint("status", "validation_task_status/get")
DOWNLOAD: Final = _endpoint("download", "validation_task/download")


def form_of(category: Category, ids: Iterable[int]) -> Form:
    """The form of `CREATE`: one id a line.

    Raises:
        ValueError: they are none, or more than one file may hold.
    """
    lines = [str(each) for each in ids]
    if not 1 <= len(lines) <= MOST_IDS:
        raise ValueError(f"A file holds 1 to {MOST_IDS} ids, not {len(lines)}.")
    content = "\n".join(lines).encode() + b"\n"
    return Form(fields={"category": category}, files={"file_data": (f"{category}_ids.txt", content)})


def task_body(task_id: str) -> dict[str, Any]:
    """The body of `STATUS` and `DOWNLOAD`; the id has 20 digits, which only an integer keeps."""
    return {"task_id": int(task_id)}


def read_task_id(answer: Answer) -> str:
    """The id of a created task, as text.

    Raises:
        NoAccess: the client may not do this.
        CollectorError: as `answers.read_frame` says.
    """
    found = _data(CREATE, answer).rows[0].get("task_id")
    text = str(found) if isinstance(found, int | str) and not isinstance(found, bool) else ""
    if not _TASK_ID.fullmatch(text):
        raise Retriable("validation_task_create answered without the id of a task: try again.")
    return text


def read_standing(answer: Answer) -> Standing:
    """How far the task is; a word that is not known counts as processing. Raises as `read_task_id` does."""
    found = _data(STATUS, answer).rows[0].get("task_status")
    text = found.strip().casefold() if isinstance(found, str) else ""
    return next((each for each in Standing if each.casefold() == text), Standing.PROCESSING)


def read_valid_ids(answer: Answer) -> frozenset[int]:
    """The ids that are still valid; none where the file is empty.

    TikTok does not say what its file looks like, so whatever is no id (a heading, quotes) is passed over.

    Raises:
        NoAccess: the client may not do this.
        Retriable: the answer is no such file.
        CollectorError: it is an error answer; as `answers.read_frame` says.
    """
    if answer.status not in _SUCCESS or _is_object(answer.body):
        _data(DOWNLOAD, answer)
        raise Retriable("validation_task_download answered with JSON in place of a file of ids: try again.")
    parts = [each for each in _BETWEEN_IDS.split(answer.body.removeprefix(_BOM)) if each]
    ids = frozenset(int(each) for each in parts if _ID.fullmatch(each))
    if parts and not ids:
        raise Retriable("validation_task_download answered with text that holds no id: try again.")
    return ids


def _data(endpoint: Endpoint, answer: Answer) -> Frame:
    if answer.status in _NO_ACCESS:
        raise NoAccess(
            f"{endpoint.name} answered HTTP {answer.status}: this client has no access to Batch Compliance; ask "
            "TikTok for it, or leave it as it is: known videos are asked for by id meanwhile."
        )
    return read_frame(endpoint, answer)


def _is_object(body: bytes) -> bool:
    if not body.lstrip().removeprefix(_BOM).startswith((b"{", b"<")):
        return False
    try:
        return isinstance(decode_body(body), dict)
    except NotJson:
        return False
