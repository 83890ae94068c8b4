"""What faults do to an answer: replace it, or change a good page."""

from random import Random
from typing import Any

from sandbox.api.answers import (
    BAD_CURSOR,
    Answer,
    ApiError,
    Page,
    html_answer,
    invalid,
    search_id_invalid,
    server_error,
    too_fast,
)
from sandbox.api.calls import Call
from sandbox.faults import Rule

REPLACING = (
    "internal_error", "gateway_timeout", "json_timeout", "bad_gateway", "ok_with_error", "error", "search_id_rejected",
    "invalid_cursor", "rate_limited",
)  # fmt: skip
CHANGING = ("empty_page", "stuck_cursor", "extra_fields", "broken_rows", "body_with_500")


def replacement(rule: Rule, call: Call) -> Answer | ApiError:
    """Return the answer that a fault gives instead of the good one."""
    params = rule.params
    found: Answer | ApiError
    match rule.kind:
        case "gateway_timeout":
            found = html_answer(504, "Gateway Time-out")
        case "bad_gateway":
            found = html_answer(502, "Bad Gateway")
        case "json_timeout":
            found = ApiError(504, "timeout", "The request timed out. Please try again later.")
        case "ok_with_error":
            found = ApiError(200, str(params["code"]), str(params["message"]), data={})
        case "error":
            found = ApiError(int(params["status"]), str(params["code"]), str(params["message"]))
        case "search_id_rejected":
            found = search_id_invalid(str(call.body.get("search_id")))
        case "invalid_cursor":
            found = invalid(BAD_CURSOR)
        case "rate_limited":
            found = too_fast(params["retry_after"])
        case _:
            found = server_error(str(params["message"]))
    return found


def change(rule: Rule, call: Call, page: Page) -> None:
    """Change a good page in place."""
    data = page.data
    match rule.kind:
        case "empty_page" if page.rows_key in data:
            data[str(page.rows_key)] = []
        case "stuck_cursor":
            data["cursor"] = call.cursor()
            data["has_more"] = True
        case "extra_fields":
            for row in page.rows:
                row.update(rule.params["fields"])
        case "broken_rows":
            for row in page.rows[: int(rule.params["count"])]:
                _break(row, str(rule.params["how"]))
        case _:
            pass


def _break(row: dict[str, Any], how: str) -> None:
    if how == "missing_id":
        row.pop("id", None)
        row.pop("username", None)
    elif how == "null_time":
        row["create_time"] = None
    else:
        for name in ("view_count", "like_count", "create_time", "display_name"):
            if name in row:
                row[name] = "not a number" if name != "display_name" else 12
                return


def shuffle_keys(page: Page, random: Random) -> None:
    """Put the keys of the data object and of every row in a random order."""
    rows = page.rows
    for index, row in enumerate(rows):
        if isinstance(row, dict):
            rows[index] = _shuffled(row, random)
    page.data = _shuffled(page.data, random)


def _shuffled(entry: dict[str, Any], random: Random) -> dict[str, Any]:
    names = list(entry)
    random.shuffle(names)
    return {name: entry[name] for name in names}
