"""The JSON Schema of certificates, for whoever checks them: `make schema` renews the one in docs/."""

import json
import sys
from typing import Any

import msgspec

from tiktok_lake.deletion.certificate import Certificate


def schema_text() -> str:
    """The schema as it stands in `docs/deletion_certificate.schema.json`."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TikTok Research Collector: certificate of a deletion",
        **_in_one_line(msgspec.json.schema(Certificate)),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _in_one_line(value: Any) -> Any:
    """The schema with each description, a wrapped docstring, as one line."""
    if isinstance(value, dict):
        return {name: _in_one_line(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_in_one_line(each) for each in value]
    return " ".join(value.split()) if isinstance(value, str) and "\n" in value else value


if __name__ == "__main__":
    sys.stdout.write(schema_text())
