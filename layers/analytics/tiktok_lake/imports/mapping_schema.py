"""The JSON Schema of mapping files, for editors: `make schema` renews docs/imports.schema.json."""

import json
import sys

from tiktok_lake.imports.mapping_file import MappingFile


def schema_text() -> str:
    """The schema as it stands in docs/imports.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TikTok Research Collector: the mapping file beside a dataset",
        **{key: value for key, value in MappingFile.model_json_schema().items() if key != "title"},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
