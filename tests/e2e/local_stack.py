"""The local cloud of a copy, seen past the command: what it must agree with."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import requests

from local_cloud.endpoint import LocalAws
from local_cloud.mirror_paths import local_path
from local_cloud.stack import Stack, stack_of
from tests.e2e.conftest import Checkout

type Gap = tuple[str, ...]
"""Run, stream, reason, the days or the item, and whether it is only possible."""


class LocalStack:
    """Bucket, schedules and secrets as the emulator has them, and the sandbox as it counts."""

    def __init__(self, copy: Checkout) -> None:
        self._copy = copy
        self.aws = LocalAws(self._url("ministack"))
        (described,) = self.aws.cloudformation.describe_stacks(StackName="tiktok-collector-sandbox")["Stacks"]
        self.names: Stack = stack_of({each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]})

    def sandbox(self, path: str) -> Any:
        """What an admin route of the sandbox answers."""
        answer = requests.get(f"{self._url('sandbox')}/_sandbox/{path}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def clear_sky(self) -> None:
        """Ends every fault of the sandbox."""
        requests.delete(f"{self._url('sandbox')}/_sandbox/faults", timeout=20).raise_for_status()

    def served(self, family: str) -> dict[str, Any]:
        """What the sandbox counted today."""
        found: dict[str, Any] = self.sandbox(f"served?day={datetime.now(UTC):%Y-%m-%d}&family={family}")
        return found

    def objects(self) -> dict[str, str]:
        """The SHA-256 of every object of the bucket by its key."""
        pages = self.aws.s3.get_paginator("list_objects_v2").paginate(Bucket=self.names.bucket)
        return {each["Key"]: self._digest(each["Key"]) for page in pages for each in page.get("Contents", [])}

    def manifests(self) -> list[dict[str, Any]]:
        """The manifests of all runs that have ended."""
        keys = self.aws.s3.list_objects_v2(Bucket=self.names.bucket, Prefix="manifests/run=").get("Contents", [])
        read = [json.loads(self._bytes(each["Key"])) for each in keys]
        return [manifest for manifest in read if manifest["status"] != "running"]

    def schedules(self) -> list[dict[str, Any]]:
        """The schedules of the stack, whole."""
        listed = self.aws.scheduler.list_schedules()["Schedules"]
        return [dict(self.aws.scheduler.get_schedule(Name=each["Name"])) for each in listed]

    def change_schedule(self, function: str, expression: str) -> None:
        """Gives the schedule of a function another time, and leaves everything else as it is."""
        (stored,) = [each for each in self.schedules() if each["Target"]["Arn"].endswith(f":{function}")]
        keep = ("Name", "GroupName", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target", "State")
        self.aws.scheduler.update_schedule(
            **{name: stored[name] for name in (*keep, "Description")}, ScheduleExpression=expression
        )

    def fire(self, function: str) -> dict[str, Any]:
        """Invokes a function with what its schedule sends; returns its report."""
        (stored,) = [each for each in self.schedules() if each["Target"]["Arn"].endswith(f":{function}")]
        answer = self.aws.lambda_.invoke(FunctionName=function, Payload=stored["Target"]["Input"].encode())
        report: dict[str, Any] = json.loads(answer["Payload"].read())
        assert answer.get("FunctionError") is None, report
        return report

    def secrets(self) -> set[str]:
        """Everything that no output may hold: the client's secret, every access token, the credentials of trends."""
        state = self._copy.root / ".local" / "sandbox"
        stored = (state / "aws" / "secretsmanager.json").read_text()
        values = [_read(json.loads(f'"{text}"')) for text in _SECRET_STRING.findall(stored)]
        found = {text for value in values for text in _leaves(value) if len(text) > _SHORTEST}
        return found | set(_TOKEN.findall((state / "sandbox-state.json").read_text()))

    def _bytes(self, key: str) -> bytes:
        return self.aws.s3.get_object(Bucket=self.names.bucket, Key=key)["Body"].read()

    def _digest(self, key: str) -> str:
        return hashlib.sha256(self._bytes(key)).hexdigest()

    def _url(self, service: str) -> str:
        record = json.loads((self._copy.root / ".local" / "sandbox" / f"{service}.json").read_text())
        return f"http://127.0.0.1:{record['port']}"


_SECRET_STRING = re.compile(r'"SecretString": ?"((?:[^"\\]|\\.)+)"')
_TOKEN = re.compile(r"clt\.2\.[\w-]+")
_SHORTEST = 12
_PUBLIC = {"client_key", "expires_at", "obtained_at", "timestamp", "advertiser_id", "business_id"}


def _read(text: str) -> dict[str, Any]:
    """A secret; one that is no JSON has no names."""
    try:
        return dict(json.loads(text))
    except ValueError:
        return {"": text}


def _leaves(value: dict[str, Any]) -> Iterator[str]:
    for name, each in value.items():
        if isinstance(each, dict):
            yield from _leaves(each)
        elif isinstance(each, str) and name not in _PUBLIC:
            yield each


def digests_of(copy: Checkout, folder: str, keys: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of the file of each key in a folder of the copy."""
    root = copy.root / folder
    return {key: hashlib.sha256(local_path(root, key).read_bytes()).hexdigest() for key in keys}


def gaps_of(manifests: Sequence[Mapping[str, Any]]) -> list[Gap]:
    """Every gap of these runs."""
    return sorted(
        _gap(manifest["run_id"], stream["stream"], gap)
        for manifest in manifests
        for subjects in ("accounts", "searches", "works")
        for entry in manifest.get(subjects, ())
        for stream in entry.get("streams", ())
        for gap in stream.get("gaps", ())
    )


def named_gaps(document: Mapping[str, Any]) -> list[Gap]:
    """Every gap that `gaps --json` names."""
    return sorted(_gap(gap["run_id"], gap["stream"], gap) for gap in document["gaps"])


def _gap(run_id: str, stream: str, gap: Mapping[str, Any]) -> Gap:
    window = gap.get("window") or ()
    days = tuple(window.values() if isinstance(window, dict) else window)
    return (run_id, stream, gap["reason"], *days, gap.get("item") or "", str(gap.get("possible", False)))
