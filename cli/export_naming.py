"""How an export names people: as the study says, and with the stack's key of pseudonyms."""

from pathlib import Path
from typing import Final

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.lake import Reach
from tiktok_collector.errors import MissingResource
from tiktok_collector.lake.keys import STUDY_FILE
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.pseudonyms.keys import PseudonymKeys
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_collector.study_file.data_settings import Exports
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.yaml_lines import MAX_BYTES, read_yaml
from tiktok_collector.tokens.secret_store import SecretStore

_SECRET: Final = "PseudonymKeySecretArn"  # noqa: S105 # the name of an output
_WITHOUT: Final = "ids and aggregate need no key, and --identified names people"


def default_is_identified(reach: Reach, folder: Path | None) -> bool:
    """Whether the study says that exports name people; without a study, and where it cannot be read, they do not."""
    text = _study_in(folder) if folder is not None else _study_of(reach)
    try:
        data = read_yaml(text.decode("utf-8-sig")).data
    except (InvalidStudy, UnicodeDecodeError):
        return False
    part = data.get("data") if isinstance(data, dict) else None
    return isinstance(part, dict) and part.get("exports") == Exports.IDENTIFIED


def pseudonyms(reach: Reach) -> Pseudonyms:
    """What makes the stack's pseudonyms: those of its other exports.

    Raises:
        Failure: no stack is named, it has no key, or the key may not be read.
    """
    try:
        target = reach()
    except Failure as failure:
        if failure.code is not ExitCode.USAGE:
            raise
        raise Failure(
            failure.code, f"Pseudonyms are made with the key of a stack: name it with --stack or --local ({_WITHOUT})."
        ) from failure
    if (secret := target.outputs.get(_SECRET)) is None:
        raise Failure(ExitCode.STACK_INCOMPLETE, f"The stack {target.name} has no key for pseudonyms: deploy it again.")
    try:
        key = PseudonymKeys(SecretStore(target.aws.secrets, secret)).current()
    except MissingResource as error:
        raise Failure(
            ExitCode.NO_PERMISSION,
            f"Pseudonyms need the stack's key, and it cannot be read: ask for the right to "
            f"secretsmanager:GetSecretValue on {secret} ({_WITHOUT}).",
        ) from error
    return Pseudonyms(key)


def _study_of(reach: Reach) -> bytes:
    target = reach()
    return ObjectStore(target.aws.s3, target.stack.bucket).get_bytes(STUDY_FILE, first=MAX_BYTES) or b""


def _study_in(folder: Path) -> bytes:
    try:
        with (folder / STUDY_FILE).open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return b""
