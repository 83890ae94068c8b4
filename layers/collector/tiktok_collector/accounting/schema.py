"""The JSON Schemas of what accounting writes, for whoever reads it: `make schema` renews those in docs/."""

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from tiktok_collector.accounting.history import UsageHistory
from tiktok_collector.accounting.usage_log import UsageLog

DOCUMENTS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "usage_log": UsageLog,
    "usage_history": UsageHistory,
}
"""The published documents by the name of their schema."""
_TITLES: Final = {
    "usage_log": "TikTok Research Collector: tiktok_api_usage_log.json",
    "usage_history": "TikTok Research Collector: usage/history.json",
}


def schema_text(name: str) -> str:
    """The schema of a document as it stands in `docs/<name>.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _TITLES[name],
        **_in_one_line(msgspec.json.schema(DOCUMENTS[name])),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _in_one_line(value: Any) -> Any:
    """The schema with each description, a wrapped docstring, as one line a paragraph."""
    if isinstance(value, dict):
        return {
            name: re.sub(r"(?<!\n)\n(?!\n)", " ", each)
            if name == "description" and isinstance(each, str)
            else _in_one_line(each)
            for name, each in value.items()
        }
    return [_in_one_line(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    sys.stdout.write(schema_text(sys.argv[1]))
