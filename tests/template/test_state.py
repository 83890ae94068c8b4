import re
from typing import Any

import pytest

from tests.template.statements import Resources, of_type
from tiktok_collector.pseudonyms.keys import MIN_LENGTH
from tiktok_collector.tasks.store import INDEX
from tiktok_lake.keys import CURATED_TAG

DEFAULT_INTERVAL, LONGEST_INTERVAL = 15, 30
"""Days within which the terms ask that data be verified again."""
ROUNDED_UP = 2
"""Days: S3 counts from midnight to midnight, for the expiry and for the old version after it."""
KEPT = {"UsageLog": "ExistingUsageLogTable", "Tasks": "ExistingTasksTable", "Bucket": "ExistingBucket"}


@pytest.mark.parametrize(("name", "parameter"), KEPT.items())
def test_data_outlive_the_stack_and_can_be_taken_over(
    template: dict[str, Any], resources: Resources, name: str, parameter: str
) -> None:
    resource = resources[name]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"
    condition = template["Conditions"][resource["Condition"]]
    assert condition == {"Fn::Equals": [{"Ref": parameter}, ""]}
    assert template["Parameters"][parameter]["Default"] == ""


def test_nothing_refers_to_kept_data_without_the_choice(template: dict[str, Any]) -> None:
    def refs(value: Any, guarded: bool) -> list[str]:
        if isinstance(value, dict):
            inside = guarded or "Fn::If" in value
            found = [value["Ref"]] if "Ref" in value and not guarded else []
            return found + [name for each in value.values() for name in refs(each, inside)]
        if isinstance(value, list):
            return [name for each in value for name in refs(each, guarded)]
        return []

    everything = refs({"Resources": template["Resources"], "Outputs": template["Outputs"]}, guarded=False)
    assert not set(everything) & set(KEPT)


@pytest.mark.parametrize("name", ["UsageLog", "Tasks"])
def test_tables_are_on_demand_recoverable_and_sweep_expired_items(resources: Resources, name: str) -> None:
    table = resources[name]["Properties"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [("pk", "HASH"), ("sk", "RANGE")]
    assert "TableName" not in table


def test_runnable_tasks_are_found_by_an_index_of_keys(resources: Resources) -> None:
    (index,) = resources["Tasks"]["Properties"]["GlobalSecondaryIndexes"]
    assert index["IndexName"] == INDEX
    assert [(key["AttributeName"], key["KeyType"]) for key in index["KeySchema"]] == [
        ("runnable", "HASH"),
        ("due", "RANGE"),
    ]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_the_bucket_is_private_and_versioned(resources: Resources) -> None:
    bucket = resources["Bucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketName" not in bucket


def lifecycle_rules(resources: Resources) -> dict[str, dict[str, Any]]:
    """The rules of the bucket by their names."""
    rules = resources["Bucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    return {rule["Id"]: rule for rule in rules}


def test_exports_imports_and_results_of_queries_expire_and_so_do_old_versions_and_abandoned_uploads(
    resources: Resources,
) -> None:
    rules = lifecycle_rules(resources)
    expiring = {
        rule.get("Prefix", ""): rule["ExpirationInDays"]["Ref"] for rule in rules.values() if "ExpirationInDays" in rule
    }
    assert expiring == {
        "exports/": "ExportRetentionDays",
        "imports/": "ImportRetentionDays",
        "athena-results/": "AthenaResultDays",
        "raw/": "CuratedPageDays",
    }
    kept = {
        rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        for rule in rules.values()
        if "Prefix" in rule and "NoncurrentVersionExpiration" in rule
    }
    assert kept == {1}
    (everything,) = [each for each in rules.values() if "NoncurrentVersionExpiration" in each and "Prefix" not in each]
    assert everything["NoncurrentVersionExpiration"] == {"NoncurrentDays": {"Ref": "OldVersionRetentionDays"}}
    assert any("AbortIncompleteMultipartUpload" in rule for rule in rules.values())


def test_a_raw_page_expires_only_where_its_rows_are_in_the_row_store_and_inside_the_interval_of_the_terms(
    template: dict[str, Any], resources: Resources
) -> None:
    (rule,) = [
        each
        for each in lifecycle_rules(resources).values()
        if each.get("Prefix", "raw/").startswith("raw") and "ExpirationInDays" in each
    ]
    key, value = CURATED_TAG
    assert rule["TagFilters"] == [{"Key": key, "Value": value}]
    # S3 takes neither of these in a rule about tags.
    assert not {"AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"} & set(rule)
    days = template["Parameters"]["CuratedPageDays"]
    longest = rule["NoncurrentVersionExpiration"]["NoncurrentDays"] + ROUNDED_UP
    assert days["Default"] + longest <= DEFAULT_INTERVAL
    assert days["MaxValue"] < LONGEST_INTERVAL
    for name in ("ImportRetentionDays", "AthenaResultDays"):
        assert template["Parameters"][name]["Default"] < DEFAULT_INTERVAL


def test_secrets_have_neither_value_nor_name_in_the_template(resources: Resources) -> None:
    secrets = of_type(resources, "AWS::SecretsManager::Secret")
    assert len(secrets) == 4
    for secret in secrets.values():
        assert set(secret) - {"GenerateSecretString"} == {"Description", "KmsKeyId"}


def test_the_key_of_pseudonyms_alone_is_made_with_the_stack_and_stays_as_it_is(resources: Resources) -> None:
    secrets = of_type(resources, "AWS::SecretsManager::Secret")
    assert [name for name, secret in secrets.items() if "GenerateSecretString" in secret] == ["PseudonymKeySecret"]
    made = secrets["PseudonymKeySecret"]["GenerateSecretString"]
    assert made == {"PasswordLength": 64, "ExcludePunctuation": True}, (
        "a change makes another key at the next deployment"
    )
    assert made["PasswordLength"] >= MIN_LENGTH


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (
            "ResearchApiUrl",
            ["https://open.tiktokapis.com", "http://127.0.0.1:8480", "http://localhost:1"],
            ["http://open.tiktokapis.com", "https://open.tiktokapis.com/", "https://a b", "ftp://x", ""],
        ),
        (
            "EndpointUrl",
            ["", "http://127.0.0.1:4566", "https://127.0.0.1:1"],
            ["http://example.org:1", "https://example.org:1", "https://127.0.0.1"],
        ),
        ("ExistingBucket", ["", "my-bucket.1"], ["My_Bucket", "-a"]),
    ],
)
def test_parameters_take_what_is_meant_and_nothing_else(
    template: dict[str, Any], parameter: str, good: list[str], bad: list[str]
) -> None:
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert [value for value in good if not re.fullmatch(pattern, value)] == []
    assert [value for value in bad if re.fullmatch(pattern, value)] == []


def test_real_tiktok_is_the_default_and_limits_are_parameters(template: dict[str, Any]) -> None:
    defaults = {name: each.get("Default") for name, each in template["Parameters"].items()}
    assert defaults["ResearchApiUrl"] == "https://open.tiktokapis.com"
    assert (defaults["ResearchDailyLimit"], defaults["FollowersDailyLimit"]) == (1000, 20_000)


def test_outputs_name_everything_that_a_driver_needs(template: dict[str, Any]) -> None:
    assert set(template["Outputs"]) >= {
        "BucketName",
        "UsageLogTable",
        "TasksTable",
        "ClientCredentialsSecretArn",
        "AccessTokenSecretArn",
        "PseudonymKeySecretArn",
        "TokenRefreshFunctionName",
        "UserExtractionFunctionName",
        "CollectionWorkerFunctionName",
        "QuotaAccountingFunctionName",
        "FailedEventsQueueUrl",
    }
    assert not [name for name, each in template["Outputs"].items() if "Export" in each]
