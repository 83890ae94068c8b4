from typing import Any

import pytest

from tests.template.statements import Resources, of_type
from tiktok_collector.settings import (
    AccountingSettings,
    CollectionSettings,
    DataRefreshSettings,
    LakeSettings,
    Settings,
    TokenRefreshSettings,
    TrendIngestionSettings,
)

SETTINGS: dict[str, type[Settings]] = {
    "TokenRefreshFunction": TokenRefreshSettings,
    "UserExtractionFunction": CollectionSettings,
    "VideoSearchFunction": CollectionSettings,
    "CollectionWorkerFunction": CollectionSettings,
    "TrendIngestionFunction": TrendIngestionSettings,
    "QuotaAccountingFunction": AccountingSettings,
    "LakeCurationFunction": LakeSettings,
    "DataRefreshFunction": DataRefreshSettings,
    "DatasetImportFunction": LakeSettings,
}
ALSO_ALLOWED = {"AWS_ENDPOINT_URL"}
OF_LAMBDA = {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE"}
"""What Lambda itself puts there."""
WITH_DUCKDB = {"LakeCurationFunction", "DataRefreshFunction", "DatasetImportFunction"}


def test_the_functions_are_those_with_settings(resources: Resources) -> None:
    assert set(of_type(resources, "AWS::Lambda::Function")) == set(SETTINGS)


@pytest.mark.parametrize("function", SETTINGS)
def test_variables_are_the_fields_of_the_settings_in_both_directions(resources: Resources, function: str) -> None:
    variables = set(resources[function]["Properties"]["Environment"]["Variables"])
    ours = {name for name in variables if name not in ALSO_ALLOWED and not name.startswith("POWERTOOLS_")}
    assert ours == {name.upper() for name in SETTINGS[function].model_fields} - OF_LAMBDA


def test_python_313_on_arm64_unless_asked_otherwise(template: dict[str, Any], resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == [{"Ref": "Architecture"}]
        assert "TracingConfig" not in function
        assert "FunctionName" not in function
    assert template["Parameters"]["Architecture"] == {
        "Description": template["Parameters"]["Architecture"]["Description"],
        "Type": "String",
        "Default": "arm64",
        "AllowedValues": ["arm64", "x86_64"],
    }
    layers = of_type(resources, "AWS::Lambda::LayerVersion").values()
    assert len(layers) == 2
    for layer in layers:
        assert layer["CompatibleArchitectures"] == [{"Ref": "Architecture"}]
        assert layer["CompatibleRuntimes"] == ["python3.13"]


def test_no_collector_outlives_its_lambda_limit_and_each_is_small(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert 30 <= function["Timeout"] <= 900
        assert 256 <= function["MemorySize"] <= 3008  # the most that a new account may take


def test_duckdb_is_beside_the_functions_of_the_row_store_and_never_beside_one_that_collects(
    resources: Resources,
) -> None:
    content = {
        name: each["Description"].split()[0] for name, each in of_type(resources, "AWS::Lambda::LayerVersion").items()
    }
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        layers = [content[each["Ref"]] for each in function["Layers"]]
        assert layers == (["tiktok_collector", "tiktok_lake"] if name in WITH_DUCKDB else ["tiktok_collector"])
        assert (function["MemorySize"] > 1024) is (name in WITH_DUCKDB)
        assert ("EphemeralStorage" in function) is (name in WITH_DUCKDB)


@pytest.mark.parametrize("function", SETTINGS)
def test_failed_asynchronous_events_are_tried_little_and_kept(resources: Resources, function: str) -> None:
    (config,) = [
        each
        for each in of_type(resources, "AWS::Lambda::EventInvokeConfig").values()
        if each["FunctionName"] == {"Ref": function}
    ]
    assert config["MaximumRetryAttempts"] <= 1
    assert 60 <= config["MaximumEventAgeInSeconds"] <= 3600
    queue = config["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    assert resources[queue]["Type"] == "AWS::SQS::Queue"


@pytest.mark.parametrize("function", SETTINGS)
def test_logs_are_json_and_expire(resources: Resources, function: str) -> None:
    logging = resources[function]["Properties"]["LoggingConfig"]
    group = resources[logging["LogGroup"]["Ref"]]
    assert logging["LogFormat"] == "JSON"
    assert group["Type"] == "AWS::Logs::LogGroup"
    assert group["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_each_function_logs_to_a_group_of_its_own(resources: Resources) -> None:
    groups = [each["LoggingConfig"]["LogGroup"]["Ref"] for each in of_type(resources, "AWS::Lambda::Function").values()]
    assert len(set(groups)) == len(groups)
    assert set(groups) == set(of_type(resources, "AWS::Logs::LogGroup"))
