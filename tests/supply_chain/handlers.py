"""What CloudFormation needs of whoever deploys: the permissions that AWS's own schema of each resource type lists.

CloudFormation makes its calls with the rights of the caller, and each type's schema says which calls its handlers may
make. cfn-lint carries these schemas. A handler lists what any property may need, so what belongs to a property that the
template does not set is left out here, by name: once the template sets it, it counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION: Final = "eu-central-1"
ACCOUNT: Final = "123456789012"
HANDLERS: Final = ("create", "read", "update", "delete")

NO_PROPERTY: Final = "-"
_DATA_OF_TABLES = "Scan Query UpdateItem PutItem GetItem DeleteItem BatchWriteItem"
# By type and property: what its handlers need for that property alone.
BY_PROPERTY: Final[dict[str, dict[str, str]]] = {
    "AWS::DynamoDB::Table": {
        "ImportSourceSpecification": "dynamodb: DescribeImport ImportTable; "
        "logs: CreateLogGroup CreateLogStream DescribeLogGroups DescribeLogStreams PutLogEvents PutRetentionPolicy; "
        "s3: GetObject GetObjectMetadata ListBucket",
        "KinesisStreamSpecification": "dynamodb: EnableKinesisStreamingDestination DisableKinesisStreamingDestination "
        "UpdateKinesisStreamingDestination; kinesis: DescribeStream PutRecords",
        "ContributorInsightsSpecification": "dynamodb: UpdateContributorInsights",
        "ResourcePolicy": "dynamodb: PutResourcePolicy DeleteResourcePolicy",
        # Tables of several regions, which are another type with the same list.
        NO_PROPERTY: f"dynamodb: CreateTableReplica AssociateTableReplica {_DATA_OF_TABLES}; "
        "iam: CreateServiceLinkedRole",
    },
    "AWS::Athena::WorkGroup": {
        # Of workgroups with a role: Spark, and Athena's own results.
        NO_PROPERTY: "iam: PassRole CreateServiceLinkedRole",
    },
    "AWS::Events::Rule": {"RoleArn": "iam: PassRole"},
    "AWS::Glue::Database": {
        # Of databases in other catalogs (FederatedDatabase, within DatabaseInput).
        NO_PROPERTY: "glue: CreateConnection DeleteConnection GetConnection PassConnection UpdateConnection",
    },
    "AWS::Glue::Table": {
        "OpenTableFormatInput": "iam: PassRole; s3: GetObject PutObject; lakeformation: GetDataAccess CreateTable",
        # Of tables by a schema registry, or in other catalogs.
        NO_PROPERTY: "glue: GetSchemaVersion PassConnection",
    },
    "AWS::IAM::ManagedPolicy": {
        "Groups": "iam: AttachGroupPolicy DetachGroupPolicy",
        "Users": "iam: AttachUserPolicy DetachUserPolicy",
    },
    "AWS::IAM::Role": {
        "PermissionsBoundary": "iam: PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
    },
    "AWS::Lambda::Function": {
        "ReservedConcurrentExecutions": "lambda: PutFunctionConcurrency DeleteFunctionConcurrency",
        "VpcConfig": "ec2: DescribeSecurityGroups DescribeSubnets DescribeVpcs DescribeNetworkInterfaces",
        "FileSystemConfigs": "elasticfilesystem: DescribeMountTargets; s3files: ListMountTargets",
        "CodeSigningConfigArn": "lambda: GetCodeSigningConfig PutFunctionCodeSigningConfig "
        "DeleteFunctionCodeSigningConfig",
        "RuntimeManagementConfig": "lambda: PutRuntimeManagementConfig AssociateRuntimeAlias",
        "RecursiveLoop": "lambda: PutFunctionRecursionConfig",
        "FunctionScalingConfig": "lambda: PutFunctionScalingConfig",
        "CapacityProviderConfig": "lambda: PassCapacityProvider PublishVersion",
        "KmsKeyArn": "kms: CreateGrant Decrypt DescribeKey Encrypt GenerateDataKey",
    },
    "AWS::Logs::LogGroup": {
        "DataProtectionPolicy": "logs: PutDataProtectionPolicy DeleteDataProtectionPolicy CreateLogDelivery; "
        "s3: REST.PUT.OBJECT; firehose: TagDeliveryStream",
        "FieldIndexPolicies": "logs: PutIndexPolicy DeleteIndexPolicy",
        "ResourcePolicyDocument": "logs: PutResourcePolicy DeleteResourcePolicy",
        "BearerTokenAuthenticationEnabled": "logs: PutBearerTokenAuthentication",
        "DeletionProtectionEnabled": "logs: PutLogGroupDeletionProtection",
        "KmsKeyId": "logs: AssociateKmsKey DisassociateKmsKey",
    },
    "AWS::S3::Bucket": {
        "AccelerateConfiguration": "s3: PutAccelerateConfiguration",
        "AccessControl": "s3: PutBucketAcl GetBucketAcl PutObjectAcl DeleteObject",
        "AnalyticsConfigurations": "s3: PutAnalyticsConfiguration DeleteBucketAnalyticsConfiguration",
        "AbacStatus": "s3: PutBucketAbac GetBucketAbac",
        "CorsConfiguration": "s3: PutBucketCORS DeleteBucketCors",
        "IntelligentTieringConfigurations": "s3: PutIntelligentTieringConfiguration",
        "InventoryConfigurations": "s3: PutInventoryConfiguration",
        "LoggingConfiguration": "s3: PutBucketLogging",
        "MetricsConfigurations": "s3: PutMetricsConfiguration DeleteBucketMetricsConfiguration",
        "MetadataConfiguration": "s3: GetBucketMetadataTableConfiguration CreateBucketMetadataTableConfiguration "
        "DeleteBucketMetadataTableConfiguration UpdateBucketMetadataJournalTableConfiguration "
        "UpdateBucketMetadataInventoryTableConfiguration UpdateBucketMetadataAnnotationTableConfiguration; "
        "s3tables: CreateNamespace CreateTable CreateTableBucket GetTable PutTableBucketPolicy PutTableEncryption "
        "PutTablePolicy GetTableMetadataLocation UpdateTableMetadataLocation",
        "NotificationConfiguration": "s3: PutBucketNotification",
        "ObjectLockConfiguration": "s3: PutBucketObjectLockConfiguration PutObjectLockConfiguration",
        "ReplicationConfiguration": "s3: PutReplicationConfiguration PutBucketReplication DeleteBucketReplication; "
        "iam: PassRole",
        "WebsiteConfiguration": "s3: PutBucketWebsite DeleteBucketWebsite",
        # Names of calls that IAM does not know; Put*Configuration covers the removal.
        NO_PROPERTY: "s3: DeleteBucketEncryption DeleteBucketLifecycle DeleteBucketTagging",
    },
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": "sns: PutDataProtectionPolicy",
        "DeliveryStatusLogging": "iam: GetRole PassRole",
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": "iam: GetRole PassRole"},
    "AWS::SecretsManager::Secret": {
        "ReplicaRegions": "secretsmanager: ReplicateSecretToRegions RemoveRegionsFromReplication",
    },
}
# Of a type whose key is a person's own the caller must be let to use that key: policy-kms.json.
WITH_A_KEY: Final = {
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::Lambda::Function",
    "AWS::Athena::WorkGroup",
}


def needed(kind: str, properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What CloudFormation may ask for a resource: handler and action, without what the absence of a property spares."""
    spared = {
        action
        for name, groups in BY_PROPERTY.get(kind, {}).items()
        if name not in properties
        for action in actions_of(groups)
    }
    for handler, action in listed_by_aws(kind):
        if action not in spared and not action.startswith("kms:"):
            yield handler, action


def listed_by_aws(kind: str) -> Iterator[tuple[str, str]]:
    """Every handler and action in AWS's schema of the type, tags included."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    for handler in HANDLERS:
        for action in (schema.get("handlers", {}).get(handler) or {}).get("permissions", ()):
            yield handler, action
    for action in schema.get("tagging", {}).get("permissions", ()):
        yield "tags", action


def actions_of(groups: str) -> set[str]:
    """The actions of `service: Name Name; service: Name`."""
    found = (group.partition(":") for group in groups.split(";"))
    return {f"{service.strip()}:{name}" for service, _, names in found for name in names.split()}
