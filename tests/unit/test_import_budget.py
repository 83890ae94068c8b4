"""What a handler loads when it starts cold: only the packages named here, and not many modules (docs/benchmarks.md).

Each is imported in a process of its own, with its use case built, as Lambda does before the first event.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT_BY = {
    "user_extraction": "_services",
    "video_search": "_services",
    "collection_worker": "_services",
    "trend_ingestion": "_services",
    "quota_accounting": "_use_cases",
    "token_refresh": "_use_case",
    "lake_curation": "_services",
    "data_refresh": "_services",
    "dataset_import": "_services",
}
ON_THE_ROW_STORE = {"lake_curation", "data_refresh", "dataset_import"}
"""Those that have DuckDB's layer, too."""
AWS = {"botocore", "dateutil", "jmespath", "six", "urllib3", "certifi"}
EVENTS = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"}
COMMON = AWS | EVENTS | {"aws_lambda_powertools", "msgspec", "tiktok_collector", "app"}
HTTP = {"requests", "charset_normalizer", "idna", "cython_runtime"}
# Run some times a day: a cold start of theirs keeps nobody waiting.
LAKE = {"isal", "yaml", "cython_runtime", "duckdb", "_duckdb", "fsspec", "backports", "tiktok_lake"}
OF_FSSPEC = "asyncio"
ALLOWED = {
    "user_extraction": COMMON | {"isal"},
    "video_search": COMMON | {"isal"},
    "collection_worker": COMMON | {"isal"},
    "trend_ingestion": COMMON | {"isal"},
    "quota_accounting": COMMON | {"isal"},
    "token_refresh": COMMON | HTTP,
    "lake_curation": COMMON | LAKE,
    "data_refresh": COMMON | LAKE | HTTP,
    "dataset_import": COMMON | LAKE,
}
HEAVY_PARTS = (
    "asyncio",
    "multiprocessing",
    "unittest",
    "sqlite3",
    "xml.dom",
    "pydantic.v1",
    "aws_lambda_powertools.utilities.parser",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.idempotency",
)
MOST_MODULES = 540
MOST_WITH_DUCKDB = 900
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "BUCKET": "bucket",
    "TASKS_TABLE": "tasks",
    "USAGE_LOG_TABLE": "usage-log",
    "ACCESS_TOKEN_SECRET": "access-token",
    "PSEUDONYM_KEY_SECRET": "pseudonym-key",
    "CLIENT_CREDENTIALS_SECRET": "client-credentials",
    "TOKEN_REFRESH_FUNCTION": "token-refresh",
    "RESEARCH_API_URL": "https://open.tiktokapis.com",
    "TREND_CREDENTIALS_SECRET": "trend-credentials",
    "CREATIVE_CENTER_URL": "https://ads.tiktok.com",
    "CREATIVE_CENTER_US_URL": "https://ads.us.tiktok.com",
    "CREATIVE_CENTER_EU_URL": "https://ads-useast2a.tiktok.com",
    "BUSINESS_API_URL": "https://business-api.tiktok.com",
}
# Of this environment, and not of the layer of the functions that collect: to them it is not there.
ANALYTICS = ("duckdb", "fsspec", "backports", "tiktok_lake")
CODE = """
import json, sys
sys.modules.update(dict.fromkeys(sys.argv[2:]))
before = set(sys.modules)
import app
getattr(app, sys.argv[1])()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


@cache
def loaded(function: str) -> frozenset[str]:
    with_duckdb = function in ON_THE_ROW_STORE
    layers = ["layers/collector", *(["layers/analytics"] if with_duckdb else [])]
    absent = () if with_duckdb else ANALYTICS
    path = os.pathsep.join(str(ROOT / part) for part in (f"functions/{function}", *layers))
    done = subprocess.run(  # noqa: S603 - this interpreter, the code above
        [sys.executable, "-c", CODE, BUILT_BY[function], *absent],
        env={**ENVIRONMENT, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        text=True,
    )
    return frozenset(json.loads(done.stdout))


def packages(modules: frozenset[str]) -> set[str]:
    tops = {module.partition(".")[0] for module in modules}
    return {top for top in tops if top not in sys.stdlib_module_names and not top.startswith("_")}


def test_every_function_has_a_budget() -> None:
    assert BUILT_BY.keys() == {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}


@pytest.mark.parametrize("function", BUILT_BY)
def test_only_the_named_packages_are_loaded(function: str) -> None:
    assert packages(loaded(function)) <= ALLOWED[function]


@pytest.mark.parametrize("function", BUILT_BY)
def test_heavy_parts_stay_out(function: str) -> None:
    parts = [part for part in HEAVY_PARTS if not (part == OF_FSSPEC and function in ON_THE_ROW_STORE)]
    heavy = [name for name in loaded(function) if any(name == part or name.startswith(f"{part}.") for part in parts)]
    assert heavy == []


@pytest.mark.parametrize("function", BUILT_BY)
def test_not_many_modules_are_loaded(function: str) -> None:
    assert len(loaded(function)) < (MOST_WITH_DUCKDB if function in ON_THE_ROW_STORE else MOST_MODULES)
