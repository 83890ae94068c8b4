from typing import Any

import pytest

from tests.template.statements import Resources, all_documents, as_list, of_type, resource_text, role_of, statements_of

COLLECTORS = ("UserExtractionFunction", "VideoSearchFunction", "CollectionWorkerFunction")
REFRESH = "DataRefreshFunction"
CURATION = "LakeCurationFunction"
IMPORT = "DatasetImportFunction"
ROW_STORE = (REFRESH, CURATION, IMPORT)
MARKING = (REFRESH, CURATION)
DELETING = {"s3:DeleteObject", "s3:DeleteObjectVersion"}


def actions_on(resources: Resources, function: str, fragment: str) -> set[str]:
    """What `function` may do to resources whose text contains `fragment`."""
    return {
        action
        for statement in statements_of(resources, function)
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if fragment in resource_text(resource)
    }


def readers_of(resources: Resources, secret: str) -> set[str]:
    return {
        function
        for function in of_type(resources, "AWS::Lambda::Function")
        if "secretsmanager:GetSecretValue" in actions_on(resources, function, f"{secret}.")
    }


def test_no_action_and_no_whole_resource_is_a_wildcard(resources: Resources) -> None:
    documents = list(all_documents(resources))
    assert documents
    for name, document in documents:
        for statement in document["Statement"]:
            assert not [action for action in as_list(statement["Action"]) if "*" in action], name
            for resource in as_list(statement["Resource"]):
                text = resource_text(resource)
                assert text.count("*") == 0 or (text.count("*") == 1 and text.endswith("/*") and ":s3:::" in text), name
                assert text.count("/") >= 1 or not text.endswith("*"), name


def test_no_policy_of_awss_own_is_attached(resources: Resources) -> None:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert not [policy for policy in role.get("ManagedPolicyArns", []) if "Ref" not in policy], name


def test_a_function_writes_to_its_own_log_group_alone(resources: Resources) -> None:
    for function, properties in of_type(resources, "AWS::Lambda::Function").items():
        group = properties["LoggingConfig"]["LogGroup"]["Ref"]
        written = {
            (action, resource_text(resource))
            for statement in statements_of(resources, function)
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
            if action.startswith("logs:")
        }
        assert written == {("logs:CreateLogStream", f"{group}.Arn"), ("logs:PutLogEvents", f"{group}.Arn")}


def test_each_function_has_a_role_that_lambda_alone_may_assume_and_no_two_share_one(resources: Resources) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")
    assert len({each["Role"]["Fn::GetAtt"][0] for each in functions.values()}) == len(functions)
    for function in functions:
        (trust,) = role_of(resources, function)["AssumeRolePolicyDocument"]["Statement"]
        assert (trust["Principal"], trust["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")


def test_every_role_and_policy_says_which_actions_and_which_resources(resources: Resources) -> None:
    for name, document in all_documents(resources):
        for statement in document["Statement"]:
            assert set(statement) >= {"Effect", "Action", "Resource"}, name
            assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement), name


def test_nothing_lets_anybody_in_from_outside(resources: Resources) -> None:
    """Only what bears a role of this account invokes a function, reads a secret or takes from the queue."""
    kinds = {each["Type"] for each in resources.values()}
    assert not kinds & {"AWS::Lambda::Url", "AWS::SecretsManager::ResourcePolicy"}
    (permission,) = of_type(resources, "AWS::Lambda::Permission").values()
    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": IMPORT},
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": [f"{IMPORT}FileArrived", "Arn"]},
    }
    assert not [kind for kind in kinds if kind.startswith("AWS::ApiGateway")]
    for kind in ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
        for policy in of_type(resources, kind).values():
            for each in policy["PolicyDocument"]["Statement"]:
                statement = each["Fn::If"][1] if "Fn::If" in each else each
                assert statement["Effect"] == "Deny" or set(statement["Principal"]) == {"Service"}, kind


def test_the_client_secret_is_readable_by_token_refresh_alone(resources: Resources) -> None:
    assert readers_of(resources, "ClientCredentialsSecret") == {"TokenRefreshFunction"}


def test_the_access_token_is_written_by_token_refresh_alone_and_not_read_by_accounting(resources: Resources) -> None:
    writers = {
        function
        for function in of_type(resources, "AWS::Lambda::Function")
        if "secretsmanager:PutSecretValue" in actions_on(resources, function, "AccessTokenSecret.")
    }
    assert writers == {"TokenRefreshFunction"}
    assert readers_of(resources, "AccessTokenSecret") == {"TokenRefreshFunction", *COLLECTORS, REFRESH}


def test_the_key_of_pseudonyms_is_read_by_whoever_exports_or_certifies_and_written_by_nobody(
    resources: Resources,
) -> None:
    assert readers_of(resources, "PseudonymKeySecret") == {*COLLECTORS, REFRESH}
    for function in of_type(resources, "AWS::Lambda::Function"):
        assert actions_on(resources, function, "PseudonymKeySecret.") <= {"secretsmanager:GetSecretValue"}


def test_trend_credentials_are_readable_by_trend_ingestion_alone_and_it_reads_no_other(resources: Resources) -> None:
    assert readers_of(resources, "TrendCredentialsSecret") == {"TrendIngestionFunction"}
    for secret in ("ClientCredentialsSecret", "AccessTokenSecret"):
        assert not actions_on(resources, "TrendIngestionFunction", f"{secret}.")
    for function in of_type(resources, "AWS::Lambda::Function"):
        assert actions_on(resources, function, "TrendCredentialsSecret.") <= {"secretsmanager:GetSecretValue"}


def test_trend_ingestion_keeps_trends_and_touches_no_page_of_the_research_api(resources: Resources) -> None:
    assert actions_on(resources, "TrendIngestionFunction", "/trends/*") == {"s3:GetObject", "s3:PutObject"}
    for prefix in ("raw", "manifests", "exports", "usage"):
        assert not actions_on(resources, "TrendIngestionFunction", f"/{prefix}/*")
    for function in COLLECTORS:
        assert actions_on(resources, function, "/trends/") == {"s3:GetObject"}


def test_nobody_may_write_the_client_secret(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        assert actions_on(resources, function, "ClientCredentialsSecret.") <= {"secretsmanager:GetSecretValue"}


@pytest.mark.parametrize("function", COLLECTORS)
def test_a_collector_may_ask_for_a_token_and_invoke_nothing_else(resources: Resources, function: str) -> None:
    invoked = [
        resource_text(resource)
        for statement in statements_of(resources, function)
        if "lambda:InvokeFunction" in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    ]
    assert invoked == ["TokenRefreshFunction.Arn"]


def test_others_invoke_nothing(resources: Resources) -> None:
    for function in ("TokenRefreshFunction", "TrendIngestionFunction", "QuotaAccountingFunction"):
        for statement in statements_of(resources, function):
            assert not [action for action in as_list(statement["Action"]) if action.startswith("lambda:")]


def test_nobody_may_change_the_bucket_and_deleting_is_of_the_row_store_alone(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        actions = {action for each in statements_of(resources, function) for action in as_list(each["Action"])}
        assert not [action for action in actions if action.endswith(("Acl", "Policy"))]
        deleting = {action for action in actions if "Delete" in action or action.endswith(":Scan")}
        purging = {"dynamodb:DeleteItem", "dynamodb:Scan"} if function == REFRESH else set()
        assert deleting == (DELETING | purging if function in ROW_STORE else set())


def test_what_a_person_has_uploaded_is_not_deleted_and_its_earlier_versions_are_by_data_refresh_alone(
    resources: Resources,
) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        deleting = actions_on(resources, function, "/config/*") & DELETING
        assert deleting == ({"s3:DeleteObjectVersion"} if function == REFRESH else set())
        assert not actions_on(resources, function, "/usage/*") & DELETING


def test_the_ledger_is_never_deleted_from(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        for statement in statements_of(resources, function):
            if "ExistingUsageLogTable" in str(statement["Resource"]):
                assert not {"dynamodb:DeleteItem", "dynamodb:Scan"} & set(as_list(statement["Action"]))


@pytest.mark.parametrize("function", ROW_STORE)
def test_who_changes_the_row_store_replaces_its_files_and_holds_its_lease(resources: Resources, function: str) -> None:
    for prefix in ("curated", "lake"):
        assert actions_on(resources, function, f"/{prefix}/*") == {"s3:GetObject", "s3:PutObject", *DELETING}
    assert {"dynamodb:UpdateItem"} <= {
        action
        for statement in statements_of(resources, function)
        for action in as_list(statement["Action"])
        if "ExistingTasksTable" in str(statement["Resource"])
    }


def test_a_raw_page_is_deleted_by_data_refresh_and_marked_by_curation_and_it_alone(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        actions = actions_on(resources, function, "/raw/*")
        assert bool(DELETING & actions) is (function == REFRESH)
        assert ("s3:PutObjectTagging" in actions) is (function in MARKING)


@pytest.mark.parametrize("function", COLLECTORS)
@pytest.mark.parametrize("prefix", ["raw", "manifests", "exports", "studies"])
def test_a_collector_reads_and_writes_its_prefixes(resources: Resources, function: str, prefix: str) -> None:
    assert {"s3:GetObject", "s3:PutObject"} <= actions_on(resources, function, f"/{prefix}/*")


def test_accounting_reads_raw_pages_and_writes_closed_days_only(resources: Resources) -> None:
    assert actions_on(resources, "QuotaAccountingFunction", "/raw/*") == {"s3:GetObject"}
    assert actions_on(resources, "QuotaAccountingFunction", "/usage/*") == {"s3:GetObject", "s3:PutObject"}
    assert not actions_on(resources, "QuotaAccountingFunction", "/exports/*")


def test_accounting_counts_open_tasks_and_reads_plans_but_changes_neither(resources: Resources) -> None:
    reading = {"dynamodb:GetItem", "dynamodb:Query"}
    assert actions_on(resources, "QuotaAccountingFunction", "/index/runnable") == reading
    on_tasks = {
        action
        for statement in statements_of(resources, "QuotaAccountingFunction")
        for action in as_list(statement["Action"])
        if "ExistingTasksTable" in str(statement["Resource"])
    }
    assert on_tasks == reading
    assert actions_on(resources, "QuotaAccountingFunction", "/studies/plans/*") == {"s3:GetObject"}


def test_accounting_reads_what_gauges_are_made_of_and_no_secret(resources: Resources) -> None:
    for prefix in ("manifests", "trends/polls", "trends/summaries"):
        assert actions_on(resources, "QuotaAccountingFunction", f"/{prefix}/*") == {"s3:GetObject"}
    for secret in ("ClientCredentialsSecret", "AccessTokenSecret", "TrendCredentialsSecret"):
        assert not actions_on(resources, "QuotaAccountingFunction", f"{secret}.")


@pytest.mark.parametrize("function", [*COLLECTORS, "TrendIngestionFunction"])
def test_nobody_changes_the_study_file_that_a_person_uploads(resources: Resources, function: str) -> None:
    assert actions_on(resources, function, "/config/*") == {"s3:GetObject"}


def test_an_import_reads_and_reports_below_imports_and_sees_nothing_else_that_was_collected(
    resources: Resources,
) -> None:
    assert actions_on(resources, IMPORT, "/imports/*") == {"s3:GetObject", "s3:PutObject"}
    for prefix in ("raw", "manifests", "exports", "studies", "config", "trends", "usage", "reports"):
        assert not actions_on(resources, IMPORT, f"/{prefix}/*")
    for secret in of_type(resources, "AWS::SecretsManager::Secret"):
        for function in (IMPORT, CURATION):
            assert not actions_on(resources, function, f"{secret}.")


def test_a_certificate_is_written_by_data_refresh_alone_and_deleted_by_nobody(resources: Resources) -> None:
    for function in of_type(resources, "AWS::Lambda::Function"):
        expected = {"s3:GetObject", "s3:PutObject"} if function == REFRESH else set()
        assert actions_on(resources, function, "/reports/*") == expected


def test_listing_is_bound_to_prefixes(resources: Resources) -> None:
    for _, document in all_documents(resources):
        for statement in document["Statement"]:
            if "s3:ListBucket" in as_list(statement["Action"]):
                (prefixes,) = [condition["s3:prefix"] for condition in statement["Condition"].values()]
                assert prefixes
                assert all(prefix.endswith("/*") and len(prefix) > 2 for prefix in prefixes)


def spared(statement: dict[str, Any]) -> list[str]:
    """The functions whose roles alone a refusal does not hold for, on AWS."""
    ((operator, keys),) = statement["Condition"].items()
    assert operator == "ArnNotEquals"
    patterns = as_list(keys["aws:PrincipalArn"])
    for each in patterns:
        assert "Fn::If" not in each or each["Fn::If"][:2] == ["OnAws", {"Ref": "AWS::NoValue"}]
    return [each["Fn::GetAtt"][0].removesuffix("Role") for each in patterns if "Fn::GetAtt" in each]


def test_the_bucket_policy_denies_what_must_not_happen(resources: Resources) -> None:
    (policy,) = of_type(resources, "AWS::S3::BucketPolicy").values()
    statements: dict[str, dict[str, Any]] = {}
    for each in policy["PolicyDocument"]["Statement"]:
        condition, statement, otherwise = each.get("Fn::If", (None, each, None))
        assert condition == {"RawPagesAreNeverOverwritten": "OnAws", "TlsOnly": "OverTls"}.get(statement["Sid"])
        assert otherwise == (condition and {"Ref": "AWS::NoValue"})
        statements[statement["Sid"]] = statement
    assert {(each["Effect"], each["Principal"]) for each in statements.values()} == {("Deny", "*")}

    deleted = statements["RawPagesAreNeverDeletedByHand"]
    assert set(deleted["Action"]) == DELETING
    assert spared(deleted) == [REFRESH]

    marked = statements["RawPagesAreMarkedByCurationAlone"]
    assert set(marked["Action"]) == {"s3:PutObjectTagging", "s3:PutObjectVersionTagging"}
    assert spared(marked) == list(MARKING)

    overwritten = statements["RawPagesAreNeverOverwritten"]
    assert overwritten["Action"] == "s3:PutObject"
    assert resource_text(overwritten["Resource"]).endswith("/raw/*")
    assert overwritten["Condition"]["Null"] == {"s3:if-none-match": "true"}

    tls = statements["TlsOnly"]
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert sorted(resource_text(each).endswith("/*") for each in tls["Resource"]) == [False, True]


@pytest.mark.parametrize("name", ["plain", "own-key", "taken-over"])
def test_raw_pages_are_append_only_in_every_stack_on_aws(variants: dict[str, dict[str, Any]], name: str) -> None:
    (policy,) = of_type(variants[name]["Resources"], "AWS::S3::BucketPolicy").values()
    denied = {
        action: each["Condition"]
        for each in policy["PolicyDocument"]["Statement"]
        for action in as_list(each["Action"])
        if (each["Effect"], each["Principal"]) == ("Deny", "*") and "/raw/*" in resource_text(each["Resource"])
    }
    refresh, marking = ([{"Fn::GetAtt": [f"{each}Role", "Arn"]} for each in who] for who in ((REFRESH,), MARKING))
    but_for = {who: {"ArnNotEquals": {"aws:PrincipalArn": arns}} for who, arns in (("one", refresh), ("two", marking))}
    assert denied == {
        "s3:DeleteObject": but_for["one"],
        "s3:DeleteObjectVersion": but_for["one"],
        "s3:PutObjectTagging": but_for["two"],
        "s3:PutObjectVersionTagging": but_for["two"],
        "s3:PutObject": {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}},
    }


def test_on_aws_is_where_no_endpoint_is_given_and_there_tls_is_insisted_on(template: dict[str, Any]) -> None:
    assert template["Conditions"]["OnAws"] == {"Fn::Equals": [{"Ref": "EndpointUrl"}, ""]}
    assert template["Parameters"]["EndpointUrl"]["Default"] == ""
    local_over_tls = {"Fn::Equals": [{"Ref": "EndpointTls"}, "true"]}
    assert template["Conditions"]["OverTls"] == {"Fn::Or": [{"Condition": "OnAws"}, local_over_tls]}
    assert template["Parameters"]["EndpointTls"]["Default"] == "true"
