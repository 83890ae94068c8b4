"""The stack's secrets: puts credentials in, if they are not there yet; shows nothing to anybody."""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from local_cloud.endpoint import Aws
from local_cloud.options import Credentials

_RENEWED_AFTER_SECONDS: Final = 86_400
"""The sandbox takes trend credentials for three days."""


def store(aws: Aws, secret: str, credentials: Credentials) -> bool:
    """Stores `credentials` in `secret`; returns whether they were new."""
    if holds(aws, secret, credentials):
        return False
    aws.secrets.put_secret_value(SecretId=secret, SecretString=_form(credentials))
    return True


def holds(aws: Aws, secret: str, credentials: Credentials) -> bool:
    """Whether `credentials` are what `secret` holds now."""
    return _text(aws, secret) == _form(credentials)


def store_trends(aws: Aws, secret: str, fresh: Mapping[str, Any]) -> bool:
    """Stores the sandbox's trend credentials, unless those in `secret` are of the same day; returns whether it did.

    A new version lets polls ask again for whatever credentials were refused for, so it is not made for nothing.
    """
    made, now = _made_at(_text(aws, secret)), _made_at(json.dumps(fresh))
    if made is not None and now is not None and abs(now - made) < _RENEWED_AFTER_SECONDS:
        return False
    aws.secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(fresh))
    return True


def token_version(aws: Aws, secret: str) -> str | None:
    """The version id of the access token in `secret`; None if there is no token yet."""
    try:
        stored = aws.secrets.get_secret_value(SecretId=secret)
    except ClientError:
        return None
    return stored["VersionId"] if stored.get("SecretString") else None


def _form(credentials: Credentials) -> str:
    return json.dumps({"client_key": credentials.client_key, "client_secret": credentials.client_secret})


def _made_at(text: str) -> int | None:
    """When the sandbox made these trend credentials, in seconds of its clock; None if it did not make them."""
    try:
        return int(json.loads(text)["creative_center_legacy"]["headers"]["timestamp"])
    except (ValueError, KeyError, TypeError):
        return None


def _text(aws: Aws, secret: str) -> str:
    try:
        return aws.secrets.get_secret_value(SecretId=secret).get("SecretString", "")
    except ClientError:
        return ""  # a secret without a value, as after the first deployment
