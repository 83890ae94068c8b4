"""A deployed stack, seen with an administrator's eyes through AWS's public interfaces alone."""

import base64
import gzip
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from typing import Any

import boto3
from botocore.config import Config

from local_cloud.stack import Stack, stack_of

FUNCTIONS = {
    "token_refresh": "TokenRefreshFunctionName",
    "user_extraction": "UserExtractionFunctionName",
    "video_search": "VideoSearchFunctionName",
    "collection_worker": "CollectionWorkerFunctionName",
    "trend_ingestion": "TrendIngestionFunctionName",
    "quota_accounting": "QuotaAccountingFunctionName",
    "lake_curation": "LakeCurationFunctionName",
    "data_refresh": "DataRefreshFunctionName",
    "dataset_import": "DatasetImportFunctionName",
}
SECRETS = {
    "client_credentials": "ClientCredentialsSecretArn",
    "access_token": "AccessTokenSecretArn",
    "trend_credentials": "TrendCredentialsSecretArn",
    "pseudonym_key": "PseudonymKeySecretArn",
}
TABLES = {"usage_log": "UsageLogTable", "tasks": "TasksTable"}
# As long as the longest function, and never a second invocation by itself.
_PATIENT = Config(read_timeout=930, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Cloud:
    """Somewhere to deploy to: AWS, or the emulator at `url`, which shows `certificate`."""

    administrator: boto3.Session
    url: str | None = None
    certificate: str | None = None

    def client(self, service: str, *, user: boto3.Session | None = None, url: str | None = None) -> Any:
        """A client of the administrator, or of `user`; at `url` where that is given."""
        return (user or self.administrator).client(
            service,  # type: ignore[call-overload] # the name of any service
            endpoint_url=url or self.url,
            verify=self.certificate,
            config=_PATIENT,
        )

    @property
    def emulated(self) -> bool:
        """Whether it is the emulator."""
        return self.url is not None


class Deployed:
    """The stack `name` of a cloud."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud = cloud
        self.name = name
        self.s3, self.dynamodb = cloud.client("s3"), cloud.client("dynamodb")
        self.secrets, self.lambda_ = cloud.client("secretsmanager"), cloud.client("lambda")

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        (found,) = self.cloud.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        assert found["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, found
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    @property
    def names(self) -> Stack:
        """The outputs that the local cloud, too, works with."""
        return stack_of(self.outputs)

    def resources(self) -> set[str]:
        """The physical ids of everything that the stack made; its tables of Glue are named within its own database."""
        pages = self.cloud.client("cloudformation").get_paginator("list_stack_resources")
        return {
            each["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.name)
            for each in page["StackResourceSummaries"]
            if each["ResourceType"] != "AWS::Glue::Table"
        }

    def configuration(self, function: str) -> dict[str, Any]:
        """The configuration of one of FUNCTIONS."""
        found: dict[str, Any] = self.lambda_.get_function_configuration(FunctionName=self.outputs[FUNCTIONS[function]])
        return found

    def invoke(self, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """The report of one of FUNCTIONS on `event`, which must not fail."""
        answer = self.lambda_.invoke(FunctionName=self.outputs[FUNCTIONS[function]], Payload=json.dumps(event))
        report: dict[str, Any] = json.loads(answer["Payload"].read())
        assert answer.get("FunctionError") is None, report
        return report

    def objects(self, prefix: str = "") -> dict[str, str]:
        """The entity tag of every object below `prefix` by its key."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.outputs["BucketName"], Prefix=prefix)
        return {each["Key"]: each["ETag"] for page in pages for each in page.get("Contents", [])}

    def first_keys(self, prefix: str) -> list[str]:
        """The first keys below `prefix`, at most a thousand."""
        listed = self.s3.list_objects_v2(Bucket=self.outputs["BucketName"], Prefix=prefix)
        return [each["Key"] for each in listed.get("Contents", [])]

    def read(self, key: str) -> bytes:
        """The bytes of an object."""
        found: bytes = self.s3.get_object(Bucket=self.outputs["BucketName"], Key=key)["Body"].read()
        return found

    def query(self, sql: str) -> list[dict[str, str | None]]:
        """The rows that Athena finds in the stack's workgroup and database, a dictionary each; at most a thousand.

        The emulator knows tables only: a view is put before the query, with the text that is deployed.
        """
        athena: Any = self.cloud.client("athena")
        if self.cloud.emulated:
            sql = self._with_views(sql)
        begun = athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.outputs["LakeWorkGroupName"],
            QueryExecutionContext={"Database": self.outputs["LakeDatabaseName"]},
        )["QueryExecutionId"]
        while True:
            execution = athena.get_query_execution(QueryExecutionId=begun)["QueryExecution"]
            if execution["Status"]["State"] not in {"QUEUED", "RUNNING"}:
                break
            time.sleep(0.2)
        assert execution["Status"]["State"] == "SUCCEEDED", (sql, execution["Status"])
        head, *rows = athena.get_query_results(QueryExecutionId=begun)["ResultSet"]["Rows"]
        names = [cell["VarCharValue"] for cell in head["Data"]]
        return [dict(zip(names, [cell.get("VarCharValue") for cell in row["Data"]], strict=True)) for row in rows]

    def views(self) -> dict[str, str]:
        """The queries of the deployed views, as Glue holds them for Athena, by name."""
        tables = self.cloud.client("glue").get_tables(DatabaseName=self.outputs["LakeDatabaseName"])["TableList"]
        views = [each for each in tables if each["TableType"] == "VIRTUAL_VIEW"]
        return {each["Name"]: _definition(each["ViewOriginalText"])["originalSql"] for each in views}

    def _with_views(self, sql: str) -> str:
        named = {name: text for name, text in self.views().items() if re.search(rf"\b{name}\b", sql)}
        before = ", ".join(f"{name} AS ({text})" for name, text in named.items())
        return f"WITH {before} {sql}" if before else sql

    def pages(self) -> list[tuple[str, dict[str, Any]]]:
        """The entity and the body of every page that is stored as it was received."""
        return [
            (json.loads(envelope)["entity"], json.loads(body))
            for key in self.objects("raw/")
            for envelope, body in batched(gzip.decompress(self.read(key)).splitlines(), 2, strict=True)
        ]

    def log_of(self, function: str) -> list[str]:
        """The last lines that one of FUNCTIONS has logged."""
        group = self.configuration(function)["LoggingConfig"]["LogGroup"]
        events = self.cloud.client("logs").filter_log_events(logGroupName=group)["events"]
        return [each["message"] for each in events[-20:]]

    def tags(self, key: str) -> dict[str, str]:
        """The tags of an object."""
        found = self.s3.get_object_tagging(Bucket=self.outputs["BucketName"], Key=key)["TagSet"]
        return {each["Key"]: each["Value"] for each in found}

    def items(self, table: str) -> dict[tuple[str, str], Any]:
        """Every item of one of TABLES by its key."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.outputs[TABLES[table]], ConsistentRead=True)
        return {(item["pk"]["S"], item["sk"]["S"]): item for page in pages for item in page["Items"]}

    def partition(self, table: str, key: str) -> list[dict[str, Any]]:
        """The items of one of TABLES with the partition key `key`."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.outputs[TABLES[table]],
            KeyConditionExpression="pk = :key",
            ExpressionAttributeValues={":key": {"S": key}},
            ConsistentRead=True,
        )
        return [item for page in pages for item in page["Items"]]

    def secret(self, name: str) -> tuple[str, str]:
        """The version and the text of one of SECRETS."""
        found = self.secrets.get_secret_value(SecretId=self.outputs[SECRETS[name]])
        return found["VersionId"], found["SecretString"]


def _definition(text: str) -> dict[str, Any]:
    """What stands in a view as Athena writes it down."""
    found = re.fullmatch(r"/\* Presto View: (\S+) \*/", text)
    assert found, text
    definition: dict[str, Any] = json.loads(base64.b64decode(found[1]))
    return definition
