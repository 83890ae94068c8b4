"""The JSON Schema of study files, for editors: `make schema` renews docs/study.schema.json."""

import json
import sys

from tiktok_collector.study_file.model import StudyFile


def schema_text() -> str:
    """The schema as it stands in docs/study.schema.json."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "TikTok Research Collector: study.yaml",
        **{key: value for key, value in StudyFile.model_json_schema().items() if key != "title"},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
