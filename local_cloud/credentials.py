"""The stack's secrets: puts the client credentials in, if they are not there yet; shows nothing to anybody."""

import json

from botocore.exceptions import ClientError

from local_cloud.endpoint import LocalAws
from local_cloud.options import Credentials


def store(aws: LocalAws, secret: str, credentials: Credentials) -> bool:
    """Stores `credentials` in `secret`; returns whether they were new."""
    value = json.dumps({"client_key": credentials.client_key, "client_secret": credentials.client_secret})
    try:
        if aws.secrets.get_secret_value(SecretId=secret).get("SecretString") == value:
            return False
    except ClientError:
        pass  # a secret without a value, as after the first deployment
    aws.secrets.put_secret_value(SecretId=secret, SecretString=value)
    return True


def token_version(aws: LocalAws, secret: str) -> str | None:
    """The version id of the access token in `secret`; None if there is no token yet."""
    try:
        stored = aws.secrets.get_secret_value(SecretId=secret)
    except ClientError:
        return None
    return stored["VersionId"] if stored.get("SecretString") else None
