"""Makes calls with the very role of a function: by another function, of our own code, that AWS runs with that role."""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.deployed import Deployed
from tests.e2e.permissions import Call
from tests.e2e.probe_function import answer

DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
_CODE = Path(__file__).with_name("probe_function.py")


def answers_to_role(stack: Deployed, function: str, calls: Mapping[str, Call]) -> dict[str, str]:
    """What came of each call, made with the role of one of FUNCTIONS: `ok` or the code of an error."""
    with _probe(stack, function) as probe:
        event = {"calls": {name: call.sent() for name, call in calls.items()}}
        answered = stack.lambda_.invoke(FunctionName=probe, Payload=json.dumps(event))
        answers: dict[str, str] = json.loads(answered["Payload"].read())
        assert answered.get("FunctionError") is None, answers
        assert set(answers) == set(calls)
        return answers


def answers_to_administrator(stack: Deployed, calls: Mapping[str, Call]) -> dict[str, str]:
    """What came of each call, made by an administrator."""
    clients = {service: stack.cloud.client(service) for service in {call.service for call in calls.values()}}
    return {name: answer(clients[call.service], call.sent()) for name, call in calls.items()}


@contextmanager
def _probe(stack: Deployed, function: str) -> Iterator[str]:
    variables = {"AWS_ENDPOINT_URL": stack.cloud.url} if stack.cloud.url else {}
    made = stack.lambda_.create_function(
        FunctionName=f"e2e-probe-{uuid.uuid4().hex[:12]}",
        Description=f"Tries what {function} may do; belongs to an end-to-end test, and may be deleted",
        Runtime="python3.13",
        Role=stack.configuration(function)["Role"],
        Handler="probe_function.handler",
        Code={"ZipFile": _zipped()},
        Timeout=300,
        MemorySize=512,
        Environment={"Variables": variables},
    )["FunctionName"]
    try:
        stack.lambda_.get_waiter("function_active_v2").wait(FunctionName=made)
        yield made
    finally:
        stack.lambda_.delete_function(FunctionName=made)


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo(_CODE.name)
        entry.external_attr = 0o644 << 16  # Lambda reads it as another user
        archive.writestr(entry, _CODE.read_text())
    return packed.getvalue()
