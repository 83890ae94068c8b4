"""Calls that a role may or may not make, and which function may make which: everything that is not named is denied.

No call changes anything where it is allowed by mistake: items and objects are absent or under a condition that fails, a
version of a secret gets a label that nobody reads. The few that would are marked and never sent to AWS itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from tests.e2e.deployed import FUNCTIONS, SECRETS, TABLES, Deployed

ABSENT: Final = "e2e-absent"
_KEY: Final = {"pk": {"S": ABSENT}, "sk": {"S": ABSENT}}
_ONLY_IF_THERE: Final = "attribute_exists(pk)"

# Prefixes that the policies tell apart, and one object alone.
ACCEPTED: Final = "studies/accepted.json.gz"
PREFIXES: Final = (
    "raw/",
    "manifests/",
    "exports/",
    "studies/plans/",
    "studies/",
    "config/",
    "trends/polls/",
    "trends/summaries/",
    "trends/source=",
    "usage/",
    "curated/",
    "lake/",
    "imports/",
    "reports/",
    "athena-results/",
)


@dataclass(frozen=True)
class Call:
    """A call of boto3.

    Args:
        service: The client.
        operation: Its method.
        parameters: What the method gets.
        answers: What it may answer to whoever is allowed to make it: `ok` or the code of an error.
        harmless: Whether it may be sent to a stack that somebody needs.
        emulated: Whether the emulator judges it as AWS does.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    answers: tuple[str, ...] = ("ok",)
    harmless: bool = True
    emulated: bool = True

    def sent(self) -> dict[str, Any]:
        """It, as the probing function reads it."""
        return {name: value for name, value in asdict(self).items() if name in {"service", "operation", "parameters"}}


def calls_about(stack: Deployed) -> dict[str, Call]:
    """Every call by its name, about the resources of `stack`."""
    calls = dict(
        (*_tables(stack), *_objects(stack), *_bucket(stack), *_secrets(stack), *_functions(stack), *_others(stack))
    )
    return {name: call for name, call in calls.items() if (call.emulated if stack.cloud.emulated else call.harmless)}


def _tables(stack: Deployed) -> Iterator[tuple[str, Call]]:
    unmet = ("ConditionalCheckFailedException",)
    key_is = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": ABSENT}}}
    for name, output in TABLES.items():
        table = {"TableName": stack.outputs[output]}
        guarded = {**table, "ConditionExpression": _ONLY_IF_THERE}
        change = {"UpdateExpression": "REMOVE nothing"}
        batch = {stack.outputs[output]: [{"DeleteRequest": {"Key": _KEY}}]}
        statement = f"SELECT * FROM \"{stack.outputs[output]}\" WHERE pk='{ABSENT}'"  # noqa: S608 # a name of ours
        for operation, parameters, answers in (
            ("get_item", {**table, "Key": _KEY}, ("ok",)),
            ("put_item", {**guarded, "Item": _KEY}, unmet),
            ("update_item", {**guarded, "Key": _KEY, **change}, unmet),
            ("delete_item", {**guarded, "Key": _KEY}, unmet),
            ("query", {**table, **key_is}, ("ok",)),
            ("scan", {**table, "Limit": 1}, ("ok",)),
            ("describe_table", table, ("ok",)),
            ("batch_get_item", {"RequestItems": {stack.outputs[output]: {"Keys": [_KEY]}}}, ("ok",)),
            ("batch_write_item", {"RequestItems": batch}, ("ok",)),
            ("execute_statement", {"Statement": statement}, ("ok",)),
        ):
            yield f"{operation} {name}", Call("dynamodb", operation, parameters, answers)
        # It is protected from deletion while the emulator is asked.
        protected = ("ValidationException", "ResourceInUseException")
        yield f"delete_table {name}", Call("dynamodb", "delete_table", table, protected, harmless=False)
    index = {"KeyConditionExpression": "runnable = :pk", "ExpressionAttributeValues": {":pk": {"S": ABSENT}}}
    tasks = {"TableName": stack.outputs["TasksTable"], "IndexName": "runnable"}
    yield "query runnable", Call("dynamodb", "query", {**tasks, **index})
    yield "scan runnable", Call("dynamodb", "scan", {**tasks, "Limit": 1})


def _objects(stack: Deployed) -> Iterator[tuple[str, Call]]:
    bucket = {"Bucket": stack.outputs["BucketName"]}
    for prefix in PREFIXES:
        absent = {**bucket, "Key": f"{prefix}{ABSENT}"}
        yield f"get_object {prefix}", Call("s3", "get_object", absent, ("NoSuchKey",))
        yield f"delete_object {prefix}", Call("s3", "delete_object", absent)
        version = {**absent, "VersionId": "e2eAbsentVersion"}
        yield (
            f"delete_version {prefix}",
            Call("s3", "delete_object", version, ("NoSuchVersion", "InvalidArgument", "ok")),
        )
        tagged = {**absent, "Tagging": {"TagSet": [{"Key": "e2e", "Value": "probe"}]}}
        yield f"tag_object {prefix}", Call("s3", "put_object_tagging", tagged, ("NoSuchKey", "MethodNotAllowed"))
        yield f"list_versions {prefix}", Call("s3", "list_object_versions", {**bucket, "Prefix": prefix, "MaxKeys": 1})
        yield f"list_objects {prefix}", Call("s3", "list_objects_v2", {**bucket, "Prefix": prefix, "MaxKeys": 1})
        there = [key for key in stack.first_keys(prefix) if key != ACCEPTED]
        if prefix == "studies/":
            there = [key for key in there if not key.startswith("studies/plans/")]
        if there:
            # It is there already, so nothing is written.
            again = {**bucket, "Key": there[0], "Body": "", "IfNoneMatch": "*"}
            yield f"put_object {prefix}", Call("s3", "put_object", again, ("PreconditionFailed",))
    if stack.first_keys(ACCEPTED):
        accepted = {**bucket, "Key": ACCEPTED}
        yield f"get_object {ACCEPTED}", Call("s3", "get_object", accepted)
        again = {**accepted, "Body": "", "IfNoneMatch": "*"}
        yield f"put_object {ACCEPTED}", Call("s3", "put_object", again, ("PreconditionFailed",))


def _bucket(stack: Deployed) -> Iterator[tuple[str, Call]]:
    bucket = {"Bucket": stack.outputs["BucketName"]}
    policy = stack.s3.get_bucket_policy(**bucket)["Policy"]
    versioning = {"VersioningConfiguration": {"Status": "Enabled"}}
    yield "list_objects", Call("s3", "list_objects_v2", {**bucket, "MaxKeys": 1})
    yield "list_versions", Call("s3", "list_object_versions", {**bucket, "MaxKeys": 1})
    yield "list_buckets", Call("s3", "list_buckets", {})
    yield "get_policy", Call("s3", "get_bucket_policy", bucket)
    yield "put_policy", Call("s3", "put_bucket_policy", {**bucket, "Policy": policy})
    yield "put_versioning", Call("s3", "put_bucket_versioning", {**bucket, **versioning})
    yield (
        "get_lifecycle",
        Call("s3", "get_bucket_lifecycle_configuration", bucket, ("ok", "NoSuchLifecycleConfiguration")),
    )


def _secrets(stack: Deployed) -> Iterator[tuple[str, Call]]:
    for name, output in SECRETS.items():
        secret = {"SecretId": stack.outputs[output]}
        unread = {"SecretString": "{}", "VersionStages": ["E2E"]}
        yield f"get_secret {name}", Call("secretsmanager", "get_secret_value", secret)
        yield f"put_secret {name}", Call("secretsmanager", "put_secret_value", {**secret, **unread})
        yield f"describe_secret {name}", Call("secretsmanager", "describe_secret", secret)
        yield f"update_secret {name}", Call("secretsmanager", "update_secret", secret, harmless=False)
    yield "list_secrets", Call("secretsmanager", "list_secrets", {"MaxResults": 1})


def _functions(stack: Deployed) -> Iterator[tuple[str, Call]]:
    for name, output in FUNCTIONS.items():
        function = {"FunctionName": stack.outputs[output]}
        yield f"invoke {name}", Call("lambda", "invoke", {**function, "InvocationType": "DryRun"})
        yield f"get_function {name}", Call("lambda", "get_function", function)
        group = {"logGroupName": stack.configuration(name)["LoggingConfig"]["LogGroup"]}
        stream = {**group, "logStreamName": ABSENT}
        again = ("ok", "ResourceAlreadyExistsException")
        # The emulator judges by the group's ARN without the `:*` that it ends with on AWS.
        yield f"create_log_stream {name}", Call("logs", "create_log_stream", stream, again, emulated=False)
        yield f"filter_log_events {name}", Call("logs", "filter_log_events", {**group, "limit": 1})
    same = {"FunctionName": stack.outputs[FUNCTIONS["token_refresh"]], "Timeout": 60}
    yield "update_function", Call("lambda", "update_function_configuration", same, harmless=False)


def _others(stack: Deployed) -> Iterator[tuple[str, Call]]:
    queue = {"QueueUrl": stack.outputs["FailedEventsQueueUrl"]}
    alarm = {"TopicArn": stack.outputs["AlarmTopicArn"], "Message": ABSENT}
    role = stack.configuration("token_refresh")["Role"].rpartition("/")[2]
    yield "send_message", Call("sqs", "send_message", {**queue, "MessageBody": ABSENT}, harmless=False)
    yield "receive_message", Call("sqs", "receive_message", {**queue, "VisibilityTimeout": 0})
    yield "publish", Call("sns", "publish", alarm, harmless=False)
    yield "list_schedules", Call("scheduler", "list_schedules", {"MaxResults": 1})
    policy = {"RoleName": role, "PolicyName": ABSENT}
    yield "delete_role_policy", Call("iam", "delete_role_policy", policy, ("NoSuchEntity",))
    yield "get_role", Call("iam", "get_role", {"RoleName": role})
    yield "describe_stacks", Call("cloudformation", "describe_stacks", {"StackName": stack.name})


def _each(operations: str, subjects: str | tuple[str, ...]) -> set[str]:
    named = subjects.split() if isinstance(subjects, str) else subjects
    return {f"{operation} {subject}" for operation in operations.split() for subject in named}


_EVERY: Final = {"send_message"}
_COLLECTION: Final = {
    *_EVERY,
    *_each("get_item put_item update_item query", "tasks usage_log"),
    "query runnable",
    *_each("get_object put_object list_objects", "raw/ manifests/ exports/ studies/ studies/plans/"),
    *_each("get_object put_object", ACCEPTED),
    *_each("get_object", "config/ trends/summaries/"),
    *_each("list_objects", "config/ trends/polls/ trends/summaries/ trends/source="),
    # S3 tells "absent" from "denied" only to who may list, and that check names no prefix.
    "list_objects",
    *_each("get_secret", "access_token pseudonym_key"),
    "invoke token_refresh",
}
_ROW_STORE: Final = {
    *_EVERY,
    *_each("get_item update_item", "tasks"),
    *_each("get_object put_object delete_object delete_version list_objects list_versions", "curated/ lake/"),
    *("list_objects", "list_versions"),
}
_TRENDS: Final = "trends/polls/ trends/summaries/ trends/source="
_CURATION: Final = {
    *_ROW_STORE,
    *_each("get_object list_objects", f"raw/ manifests/ {_TRENDS}"),
    "tag_object raw/",
}
_DELETED_FROM: Final = f"raw/ exports/ imports/ manifests/ studies/ studies/plans/ {_TRENDS} athena-results/"
ALLOWED: Final[Mapping[str, set[str]]] = {
    "token_refresh": {
        *_EVERY,
        "create_log_stream token_refresh",
        *_each("get_item put_item update_item", "tasks"),
        *_each("get_secret", "client_credentials access_token"),
        "put_secret access_token",
    },
    "user_extraction": {*_COLLECTION, "create_log_stream user_extraction"},
    "video_search": {*_COLLECTION, "create_log_stream video_search"},
    "collection_worker": {*_COLLECTION, "create_log_stream collection_worker"},
    "trend_ingestion": {
        *_EVERY,
        "create_log_stream trend_ingestion",
        *_each("get_item put_item update_item", "usage_log"),
        *_each("get_item update_item", "tasks"),
        *_each("get_object put_object list_objects", "trends/polls/ trends/summaries/ trends/source="),
        *_each("get_object put_object", ACCEPTED),
        "get_object config/",
        *_each("list_objects", "config/ studies/ studies/plans/"),
        "list_objects",
        "get_secret trend_credentials",
    },
    "quota_accounting": {
        *_EVERY,
        "create_log_stream quota_accounting",
        *_each("get_item put_item update_item query", "usage_log"),
        *_each("get_item query", "tasks"),
        "query runnable",
        *_each("get_object", "raw/ manifests/ studies/plans/ trends/polls/ trends/summaries/"),
        *_each("get_object put_object", "usage/"),
        *_each("list_objects", "raw/ manifests/ studies/ studies/plans/ config/ usage/"),
        *_each("list_objects", "trends/polls/ trends/summaries/ trends/source="),
        "list_objects",
    },
    "lake_curation": {*_CURATION, "create_log_stream lake_curation"},
    "data_refresh": {
        *_COLLECTION,
        *_CURATION,
        *_each("delete_object delete_version list_objects list_versions", _DELETED_FROM),
        *_each("get_object put_object", f"{_TRENDS} reports/"),
        *_each("list_objects list_versions", "reports/ config/"),
        *("get_object imports/", "delete_version config/"),
        *_each("scan delete_item", "tasks"),
        "create_log_stream data_refresh",
    },
    "dataset_import": {
        *_ROW_STORE,
        *_each("get_object put_object list_objects", "imports/"),
        "create_log_stream dataset_import",
    },
}
