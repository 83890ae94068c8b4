"""One secret of Secrets Manager: its current text and version, and writing the next version."""

from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import ClientError
from pydantic import SecretStr

from tiktok_collector.aws_errors import error_code, translated
from tiktok_collector.tokens.quiet_log import keep_secrets_out_of_the_log

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# AWS answers an absent secret and one without a value alike.
_ABSENT: Final = "ResourceNotFoundException"
_TAKEN: Final = "ResourceExistsException"


class SecretVersion(NamedTuple):
    """A version of a secret."""

    text: SecretStr
    version_id: str


class SecretStore:
    """Reads and writes one secret; never logs or quotes a value."""

    def __init__(self, client: "SecretsManagerClient", secret_id: str) -> None:
        keep_secrets_out_of_the_log()
        self._client = client
        self.secret_id = secret_id

    def read(self, version_id: str | None = None, *, stage: str = "AWSCURRENT") -> SecretVersion | None:
        """The version that is named, or labelled `stage`; None if there is no such version, or no secret or value.

        Raises:
            MissingResource: the secret may not be read.
            AwsBusy: Secrets Manager is busy or unreachable.
        """
        which = {"VersionId": version_id} if version_id else {"VersionStage": stage}
        with translated(f"secret {self.secret_id}"):
            try:
                answer = self._client.get_secret_value(SecretId=self.secret_id, **which)
            except ClientError as error:
                if error_code(error) == _ABSENT:
                    return None
                raise
        text = answer.get("SecretString", "")
        return SecretVersion(SecretStr(text), answer["VersionId"]) if text else None

    def write(self, text: SecretStr, request_token: str) -> str | None:
        """Make `text` the current version; returns its id, or None if another text took this request token before.

        Raises:
            MissingResource: the secret is absent or may not be written.
            AwsBusy: Secrets Manager is busy or unreachable.
        """
        with translated(f"secret {self.secret_id}"):
            try:
                answer = self._client.put_secret_value(
                    SecretId=self.secret_id, SecretString=text.get_secret_value(), ClientRequestToken=request_token
                )
            except ClientError as error:
                if error_code(error) == _TAKEN:
                    return None
                raise
        return answer["VersionId"]
