"""Rules that make the sandbox misbehave, and which of them apply to a request. docs/sandbox.md has the vocabulary."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sandbox.endpoints import COMPLIANCE_ENDPOINTS, DATA_ENDPOINTS, RESEARCH_ENDPOINTS, TOKEN, TREND_ENDPOINTS

_CURSORS = tuple(name for name in DATA_ENDPOINTS if name not in ("user/info", "user/pinned_videos"))
_ROWS = tuple(name for name in DATA_ENDPOINTS if name not in ("user/info", "playlist/info"))
_SEARCH = ("video/query",)
_UPLOAD = ("validation_task/create",)
_DOWNLOAD = ("validation_task/download",)
_TRENDS = TREND_ENDPOINTS
_TREND_ROWS = tuple(name for name in _TRENDS if name != "creative_center/overview")
_ALL = (*RESEARCH_ENDPOINTS, *_TRENDS)
_GROUPS = {"trends": _TRENDS, "compliance": COMPLIANCE_ENDPOINTS} | {
    name: tuple(each for each in _TRENDS if each.startswith(f"{name}/"))
    for name in ("creative_center", "legacy", "business")
}
KINDS: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "internal_error": (_ALL, {"message": "Something is wrong. Please try again later."}),
    "gateway_timeout": (_ALL, {}),
    "json_timeout": (RESEARCH_ENDPOINTS, {}),
    "bad_gateway": (_ALL, {}),
    "ok_with_error": (RESEARCH_ENDPOINTS, {"code": "internal_error", "message": "Server Internal Error"}),
    "error": (_ALL, {"status": 400, "code": "invalid_params", "message": "Invalid parameters"}),
    "reset_before": ((*_ALL, TOKEN), {}),
    "reset_after": ((*_ALL, TOKEN), {}),
    "delay": ((*_ALL, TOKEN), {"seconds": 1.0}),
    "search_id_rejected": (_SEARCH, {}),
    "invalid_cursor": (_CURSORS, {}),
    "search_lost": (_SEARCH, {"page": 2}),
    "rate_limited": (_ALL, {"retry_after": None}),
    "daily_quota": (RESEARCH_ENDPOINTS, {}),
    "empty_page": ((*_ROWS, *_TREND_ROWS), {}),
    "stuck_cursor": (_CURSORS, {}),
    "late_videos": (_SEARCH, {"count": 5, "page": 2}),
    "vanishing_videos": (_SEARCH, {"count": 5, "page": 2}),
    "extra_fields": ((*_ROWS, *_TREND_ROWS), {"fields": {"sandbox_extra": 1}}),
    "broken_rows": ((*_ROWS, *_TREND_ROWS), {"count": 1, "how": "string_number"}),
    "body_with_500": (DATA_ENDPOINTS, {}),
    "token_revoked": (RESEARCH_ENDPOINTS, {}),
    "token_expired": (RESEARCH_ENDPOINTS, {}),
    "scope_missing": ((*RESEARCH_ENDPOINTS, *_GROUPS["business"]), {}),
    "task_failed": (_UPLOAD, {}),
    "task_stuck": (_UPLOAD, {}),
    "empty_download": (_DOWNLOAD, {}),
    "strange_lines": (_DOWNLOAD, {"lines": ["# end"]}),
    "cut_download": (_DOWNLOAD, {}),
    "html": (_TRENDS, {}),
    "broken_json": (_TRENDS, {}),
    "bare_400": (_TRENDS, {}),
    "no_permission": (_TRENDS, {}),
    "login_expired": (_TRENDS, {}),
    "deprecated": (_TRENDS, {"how": "code"}),
    "shrunken_list": (_TREND_ROWS, {"keep": 3}),
    "repeated_rows": (_TREND_ROWS, {"count": 3}),
    "repeated_ranks": (_TREND_ROWS, {"count": 3}),
    "text_numbers": (_TREND_ROWS, {}),
    "missing_list": (_TREND_ROWS, {}),
    "huge_body": (_TREND_ROWS, {"megabytes": 50}),
    "token_error": ((TOKEN,), {"error": "invalid_client", "status": None}),
}
_LIMITS = ("times", "every", "after", "probability", "match")
DEPRECATED = ("code", "message", "404")
BROKEN_ROWS = ("string_number", "missing_id", "null_time")


@dataclass(slots=True)
class Rule:
    """One fault with its counters: `seen` matching requests, `fired` of them hit."""

    id: int
    kind: str
    endpoints: tuple[str, ...]
    params: dict[str, Any]
    times: int | None = None
    every: int | None = None
    after: int = 0
    probability: float | None = None
    match: dict[str, Any] = field(default_factory=dict)
    seen: int = 0
    fired: int = 0

    def matches(self, endpoint: str, body: Mapping[str, Any], page: int) -> bool:
        """Return whether the rule is about this request, counters aside."""
        if endpoint not in self.endpoints or not self._can_apply(body, page):
            return False
        return all(_has(key, value, body, page) for key, value in self.match.items())

    def _can_apply(self, body: Mapping[str, Any], page: int) -> bool:
        """Return whether the kind makes sense for this request at all."""
        match self.kind:
            case "search_id_rejected":
                return bool(body.get("search_id"))
            case "invalid_cursor":
                return str(body.get("cursor") or 0) != "0"
            case "search_lost":
                return page >= int(self.params["page"])
            case _:
                return True

    def describe(self) -> dict[str, Any]:
        """Return the rule as the admin route shows it."""
        shown = {"id": self.id, "kind": self.kind, "endpoint": list(self.endpoints), **self.params}
        limits = {"times": self.times, "every": self.every, "after": self.after, "probability": self.probability}
        return shown | limits | {"match": self.match, "seen": self.seen, "fired": self.fired}


class Faults:
    """The rules in force; safe to change from another thread while requests are served."""

    def __init__(self, seed: int = 1) -> None:
        self._rules: list[Rule] = []
        self._next_id = 1
        self._random = random.Random(seed)  # noqa: S311 - reproducible weather, not secrets
        self._lock = Lock()

    def add(self, kind: str, **options: Any) -> int:
        """Add a rule and return its id.

        Args:
            kind: What happens.
            options: `endpoint`, `times`, `every`, `after`, `probability`, `match`, and the kind's own parameters.

        Raises:
            ValueError: The kind, an endpoint or an option is not known, or a value makes no sense.
        """
        rule = _rule(kind, options)
        with self._lock:
            rule.id = self._next_id
            self._next_id += 1
            self._rules.append(rule)
        return rule.id

    def remove(self, rule_id: int) -> bool:
        """Remove a rule; return whether it was there."""
        with self._lock:
            before = len(self._rules)
            self._rules = [rule for rule in self._rules if rule.id != rule_id]
            return len(self._rules) < before

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules = []

    def rules(self) -> list[dict[str, Any]]:
        """Return the rules with their counters."""
        with self._lock:
            return [rule.describe() for rule in self._rules]

    def firing(self, kinds: tuple[str, ...], endpoint: str, body: Mapping[str, Any], page: int) -> list[Rule]:
        """Return the rules of these kinds that hit this request, in the order they were added, and count it."""
        with self._lock:
            return list(self._hitting(kinds, endpoint, body, page))

    def first(self, kinds: tuple[str, ...], endpoint: str, body: Mapping[str, Any], page: int) -> Rule | None:
        """Return the first rule of these kinds that hits this request; the later ones do not count it."""
        with self._lock:
            return next(self._hitting(kinds, endpoint, body, page), None)

    def _hitting(self, kinds: tuple[str, ...], endpoint: str, body: Mapping[str, Any], page: int) -> Iterator[Rule]:
        for rule in self._rules:
            if rule.kind in kinds and rule.matches(endpoint, body, page) and self._hits(rule):
                yield rule

    def _hits(self, rule: Rule) -> bool:
        rule.seen += 1
        turn = rule.seen - rule.after
        if turn <= 0 or (rule.times is not None and rule.fired >= rule.times):
            return False
        if rule.every is not None and turn % rule.every:
            return False
        if rule.probability is not None and self._random.random() >= rule.probability:
            return False
        rule.fired += 1
        return True


def _rule(kind: str, options: dict[str, Any]) -> Rule:
    if kind not in KINDS:
        raise ValueError(f"There is no fault called {kind!r}; the kinds are: {', '.join(KINDS)}.")
    able, defaults = KINDS[kind]
    own = {name: options.pop(name) for name in list(options) if name in defaults}
    general: dict[str, Any] = {name: options.pop(name) for name in _LIMITS if name in options}
    endpoints = _endpoints(kind, options.pop("endpoint", "*"), able)
    if options:
        raise ValueError(f"The fault {kind!r} has no option {min(options)!r}.")
    _check_numbers(kind, general)
    if kind == "deprecated" and own.get("how", DEPRECATED[0]) not in DEPRECATED:
        raise ValueError(f"A list can be deprecated by {', '.join(DEPRECATED)}; not {own['how']!r}.")
    if kind == "broken_rows" and own.get("how", BROKEN_ROWS[0]) not in BROKEN_ROWS:
        raise ValueError(f"A broken row can be {', '.join(BROKEN_ROWS)}; not {own['how']!r}.")
    return Rule(0, kind, endpoints, defaults | own, **general)


def _endpoints(kind: str, given: Any, able: tuple[str, ...]) -> tuple[str, ...]:
    usual = tuple(name for name in able if name in RESEARCH_ENDPOINTS) or able
    asked = usual if given == "*" else (given,) if isinstance(given, str) else tuple(given)
    names: list[str] = []
    for name in asked:
        names += [each for each in _GROUPS.get(name, ()) if each in able] or [name]
    for name in names:
        if name not in able:
            raise ValueError(f"The fault {kind!r} does not apply to {name!r}; it applies to: {', '.join(able)}.")
    return tuple(names)


def _check_numbers(kind: str, general: Mapping[str, Any]) -> None:
    for name, lowest in (("times", 0), ("every", 1), ("after", 0)):
        value = general.get(name)
        if value is not None and (not isinstance(value, int) or value < lowest):
            raise ValueError(f"The fault {kind!r} needs a whole number of {lowest} or more for {name}, not {value!r}.")
    probability = general.get("probability")
    if probability is not None and not 0 <= probability <= 1:
        raise ValueError(f"The fault {kind!r} needs a probability between 0 and 1, not {probability!r}.")


def _has(key: str, wanted: Any, body: Mapping[str, Any], page: int) -> bool:
    if key == "page":
        return page == int(wanted)
    if str(body.get(key)) == str(wanted):
        return True
    query = body.get("query")
    if key != "username" or not isinstance(query, dict):
        return False
    return str(wanted) in queried_usernames(query)


def queried_usernames(query: Mapping[str, Any]) -> set[str]:
    """Return the usernames that the conditions of a raw query name, in `and` and `or`."""
    clauses = [query.get(name) for name in ("and", "or")]
    conditions = [item for clause in clauses if isinstance(clause, list) for item in clause if isinstance(item, dict)]
    values = [item.get("field_values") for item in conditions if item.get("field_name") == "username"]
    return {str(value) for listed in values if isinstance(listed, list) for value in listed}
