"""Which version of a secret is the current one, without reading what it holds."""

from cli.target import Target


def current_version(target: Target, secret_id: str) -> str | None:
    """The id of the version; None if the secret has no value yet."""
    described = target.aws.secrets.describe_secret(SecretId=secret_id)
    stages = described.get("VersionIdsToStages", {})
    return next((version for version, names in stages.items() if "AWSCURRENT" in names), None)
