"""What faults do to an answer about trends: replace it, or change a good list."""

from typing import Any

import msgspec

from sandbox.api.answers import Answer, Data, html_answer
from sandbox.api.trend_calls import Listing, Row, TrendApi, TrendCall, too_many
from sandbox.faults import Rule

REPLACING = (
    "internal_error", "gateway_timeout", "bad_gateway", "error", "rate_limited", "html", "broken_json", "bare_400",
    "no_permission", "login_expired", "scope_missing", "deprecated",
)  # fmt: skip
CHANGING = (
    "empty_page", "shrunken_list", "repeated_rows", "repeated_ranks", "text_numbers", "missing_list", "huge_body",
    "extra_fields", "broken_rows",
)  # fmt: skip
_IDENTITIES = (
    "hashtagID", "hashtagName", "hashtag_id", "hashtag_name", "clip_id", "commercial_music_id", "keyword", "user_id",
    "tt_link", "id", "item_id", "itemInfo",
)  # fmt: skip
_RANKS = ("rankIndex", "rank", "rank_position")
_EXPIRED = {
    "creative_center": (38001001, "InvalidLogin"),
    "legacy": (40101, "no permission"),
    "business": (40102, "Access token is expired."),
}
_CHUNK = 1 << 20


def replacement(rule: Rule, call: TrendCall, api: TrendApi) -> Answer:
    """Return the answer that a fault gives instead of the good one.

    Raises:
        TrendRefusal: It is an error in the words of the API.
    """
    params = rule.params
    match rule.kind:
        case "gateway_timeout":
            return html_answer(504, "Gateway Time-out")
        case "bad_gateway":
            return html_answer(502, "Bad Gateway")
        case "html":
            return html_answer(200, "Please wait")
        case "broken_json":
            return Answer(200, b'{"code":0,"msg":"OK","BaseResp":{"StatusCode":0},"data":{"list":[{"ra')
        case "bare_400":
            return Answer(400, b"{}", code="400")
        case "deprecated" if params["how"] == "404":
            return Answer(404, b"Not Found", code="404", content_type="text/plain")
        case "rate_limited":
            raise too_many(api, call, params["retry_after"])
        case _:
            status = 500 if rule.kind == "internal_error" else int(params.get("status", 200))
            raise api.refusal(*_error(rule, call), call, status=status)


def _error(rule: Rule, call: TrendCall) -> tuple[int | str, str]:
    """Return code and message of an error."""
    params = rule.params
    match rule.kind:
        case "internal_error":
            return 50000, str(params["message"])
        case "no_permission":
            return 40101, "no permission"
        case "login_expired":
            return _EXPIRED[call.endpoint.partition("/")[0]]
        case "scope_missing":
            return 40001, "No permission: the scope has not been granted."
        case "deprecated":
            return ("deprecated", "deprecated") if params["how"] == "code" else (40000, "this api is deprecated")
        case _:
            return params["code"], str(params["message"])


def changed(listing: Listing, rules: list[Rule]) -> Answer:
    """Return a good answer with all that these faults do to it."""
    for rule in rules:
        if rule.kind == "shrunken_list":
            listing.given = min(listing.given, int(rule.params["keep"]))
    rows = listing.page_rows()
    for rule in rules:
        rows = _change_rows(rule, listing, rows)
    body = listing.body(rows)
    if any(rule.kind == "missing_list" for rule in rules):
        _holder(body, listing.key).pop(listing.key[-1], None)
    if any(rule.kind == "text_numbers" for rule in rules):
        body = _as_text(body)
    encoded = msgspec.json.encode(body)
    for rule in rules:
        if rule.kind == "huge_body":
            encoded = _padded(encoded, int(float(rule.params["megabytes"]) * _CHUNK))
    return Answer(200, encoded, code="ok", log_id=str(body.get("request_id", "")), rows=len(rows))


def _change_rows(rule: Rule, listing: Listing, rows: list[Any]) -> list[Any]:
    """Return the rows with what a fault does to them; words have no keys that could be changed."""
    count = int(rule.params.get("count", 0))
    if rule.kind == "empty_page":
        return []
    if rule.kind == "repeated_rows":
        earlier = listing.rows(max(listing.first - count, 0), listing.first) or rows[:count]
        return [*earlier, *rows]
    _change_each([row for row in rows if isinstance(row, dict)], rule, count)
    return rows


def _change_each(rows: list[Row], rule: Rule, count: int) -> None:
    match rule.kind:
        case "repeated_ranks":
            for name in _RANKS:
                for row in rows[1 : count + 1]:
                    if name in row:
                        row[name] = rows[0][name]
        case "extra_fields":
            for row in rows:
                row.update(rule.params["fields"])
        case "broken_rows":
            for row in rows[:count]:
                _break(row, str(rule.params["how"]))
        case _:
            pass


def _break(row: Row, how: str) -> None:
    if how == "missing_id":
        for name in _IDENTITIES:
            row.pop(name, None)
    elif how == "null_time":
        for name in ("popularityCurve", "trend", "trending_history", "itemMetrics", "items"):
            if name in row:
                row[name] = None
    else:
        for name, value in row.items():
            if isinstance(value, int) and not isinstance(value, bool):
                row[name] = "not a number"
                return


def _as_text(value: Any) -> Any:
    """Return the same with every number written as text, and every id that is text as a number."""
    if isinstance(value, dict):
        return {
            name: int(each) if isinstance(each, str) and each.isdecimal() and each.isascii() else _as_text(each)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _holder(body: Data, key: tuple[str, ...]) -> Data:
    for name in key[:-1]:
        body = body[name]
    return body


def _padded(encoded: bytes, size: int) -> bytes:
    """Return the object with a last key that makes it so many bytes long."""
    padding = max(size - len(encoded) - len(b',"padding":""'), 0)
    return b"".join((encoded[:-1], b',"padding":"', b"x" * padding, b'"}'))
