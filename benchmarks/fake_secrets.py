"""A Secrets Manager client over a dictionary, with what the collector uses of it."""

import threading
from collections import defaultdict
from itertools import count
from typing import Any, NoReturn

from botocore.exceptions import ClientError


class FakeSecrets:
    """The client; parameters and answers as boto3 documents them. A secret is there from its first version on."""

    def __init__(self) -> None:
        self._versions: dict[str, dict[str, str]] = defaultdict(dict)
        self._numbers = count(1)
        self._lock = threading.Lock()

    def get_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803 - boto3's names
        VersionId: str | None = None,  # noqa: N803
        VersionStage: str = "AWSCURRENT",  # noqa: N803
    ) -> dict[str, Any]:
        """The version that is named or labelled: the last one, and the one before it."""
        with self._lock:
            versions = self._versions[SecretId]
            place = {"AWSCURRENT": -1, "AWSPREVIOUS": -2}.get(VersionStage, 0)
            if VersionId is None and -len(versions) <= place < 0:
                VersionId = list(versions)[place]  # noqa: N806
            if VersionId not in versions:
                _refuse("ResourceNotFoundException", "GetSecretValue")
            return {"SecretString": versions[VersionId], "VersionId": VersionId}

    def put_secret_value(
        self,
        *,
        SecretId: str,  # noqa: N803
        SecretString: str,  # noqa: N803
        ClientRequestToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        """A new version, which its request token names."""
        with self._lock:
            versions = self._versions[SecretId]
            version = ClientRequestToken or f"version-{next(self._numbers)}"
            if versions.get(version, SecretString) != SecretString:
                _refuse("ResourceExistsException", "PutSecretValue")
            versions[version] = SecretString
            return {"VersionId": version}


def _refuse(code: str, operation: str) -> NoReturn:
    error: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    raise ClientError(error, operation)
