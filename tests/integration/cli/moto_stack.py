"""A stack in moto: real tables, bucket, secrets, queue, logs and schedules; CloudFormation and Lambda are played."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from typer.testing import CliRunner, Result

from cli.app import app
from tests.support.tables import create_table
from tiktok_collector.clock import SystemClock
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

NAME, REGION = "ours", "eu-central-1"
FUNCTIONS = {
    "TokenRefresh": "cron(50 * * * ? *)",
    "UserExtraction": "cron(15 0 * * ? *)",
    "VideoSearch": "cron(15 0 * * ? *)",
    "CollectionWorker": "cron(5/10 * * * ? *)",
    "TrendIngestion": "cron(20 * * * ? *)",
    "QuotaAccounting": "cron(7 * * * ? *)",
    "LakeCuration": "cron(10 4,12,20 * * ? *)",
    "DataRefresh": "cron(40 4-10 * * ? *)",
    "DatasetImport": "cron(25 3 * * ? *)",
}
OUTPUTS = {
    "BucketName": "lake",
    "UsageLogTable": "usage",
    "TasksTable": "tasks",
    **{f"{name}FunctionName": f"{NAME}-{name}" for name in FUNCTIONS},
}
type Function = Callable[[dict[str, Any]], dict[str, Any]]


class FunctionError(Exception):
    """What a played function raises: its sentence becomes the answer's errorMessage."""


@dataclass
class MotoStack:
    """What the tests put in and look at. `functions` answer events by the function's documented name."""

    outputs: dict[str, str]
    status: str = "UPDATE_COMPLETE"
    region: str = REGION
    functions: dict[str, Function] = field(default_factory=dict)
    invoked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    variables: dict[str, str] = field(
        default_factory=lambda: {
            "RESEARCH_DAILY_LIMIT": "1000",
            "FOLLOWERS_DAILY_LIMIT": "20000",
            "ADHOC_RESERVE_PERCENT": "10",
        }
    )

    def __post_init__(self) -> None:
        for service in ("dynamodb", "s3", "secretsmanager", "sqs", "logs", "scheduler"):
            setattr(self, service, boto3.client(service, region_name=REGION))
        clock = SystemClock()
        self.runs = RunStore(self.dynamodb, "tasks", clock)
        self.tasks = TaskStore(self.dynamodb, "tasks", clock)

    dynamodb: Any = None
    s3: Any = None
    secretsmanager: Any = None
    sqs: Any = None
    logs: Any = None
    scheduler: Any = None

    def make(self) -> None:
        """Everything that the template makes, as far as the command uses it."""
        create_table(self.dynamodb, "usage", "UsageLog")
        create_table(self.dynamodb, "tasks", "Tasks")
        self.s3.create_bucket(Bucket="lake", CreateBucketConfiguration={"LocationConstraint": REGION})
        for name in ("ClientCredentialsSecret", "AccessTokenSecret", "TrendCredentialsSecret"):
            self.outputs[f"{name}Arn"] = self.secretsmanager.create_secret(Name=name)["ARN"]
        self.outputs["FailedEventsQueueUrl"] = self.sqs.create_queue(QueueName="failed")["QueueUrl"]
        for name, expression in FUNCTIONS.items():
            self.logs.create_log_group(logGroupName=f"log-{name}")
            self.logs.create_log_stream(logGroupName=f"log-{name}", logStreamName="one")
            self.scheduler.create_schedule(
                Name=f"schedule-{name}",
                Description=f"of {name}",
                ScheduleExpression=expression,
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
                Target={
                    "Arn": f"arn:aws:lambda:{REGION}:123456789012:function:{NAME}-{name}",
                    "RoleArn": "arn:aws:iam::123456789012:role/scheduler",
                    "Input": '{"study": true}',
                    "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 900},
                },
            )

    def log(self, function: str, message: Any, *, ago: timedelta = timedelta(minutes=5)) -> None:
        """One line in a function's log, `function` as in the template."""
        at = datetime.now(UTC) - ago
        text = message if isinstance(message, str) else json.dumps(message)
        self.logs.put_log_events(
            logGroupName=f"log-{function}",
            logStreamName="one",
            logEvents=[{"timestamp": int(at.timestamp() * 1000), "message": text}],
        )

    def put(self, key: str, value: Any) -> None:
        """An object of the bucket."""
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.s3.put_object(Bucket="lake", Key=key, Body=data)

    def put_manifest(self, run_id: str, **manifest: Any) -> dict[str, Any]:
        """A closed manifest of an extraction, with what is given in place of the usual."""
        usual = {
            "version": 1,
            "status": "complete",
            "run_id": run_id,
            "function": "user_extraction",
            "work_class": "adhoc",
            "started_at": "2026-11-20T16:00:00.000Z",
            "event": {"usernames": 1, "start_date": "2026-08-01", "end_date": "2026-10-31"},
            "warnings": [],
            "finished_at": "2026-11-20T16:03:00.000Z",
            "accounts": [],
        }
        self.put(manifest_key(run_id), usual | manifest)
        return usual | manifest

    def put_run(self, run_id: str, **run: Any) -> Run:
        """An open run in the table."""
        usual = {
            "function": "user_extraction",
            "event": {"usernames": 1, "start_date": "2026-08-01", "end_date": "2026-10-31"},
            "work_class": "adhoc",
            "started_at": "2026-11-20T16:00:00.000Z",
        }
        stored = self.runs.create(Run(run_id=run_id, **(usual | run)), 1)
        self.runs.mark_planned(stored)
        return stored

    def answer(self, region: str, service: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """What CloudFormation and Lambda answer."""
        if service == "lambda":
            return self._lambda(operation, given)
        if given.get("StackName") != NAME or region != self.region:
            message = f"Stack with id {given.get('StackName')} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, operation)
        if operation == "DescribeStacks":
            outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
            return {"Stacks": [{"StackName": NAME, "StackStatus": self.status, "Outputs": outputs}]}
        made = [("AWS::Logs::LogGroup", f"{name}Log", f"log-{name}") for name in FUNCTIONS]
        made += [("AWS::Scheduler::Schedule", f"{name}FunctionTick", f"schedule-{name}") for name in FUNCTIONS]
        return {
            "StackResourceSummaries": [
                {"ResourceType": kind, "LogicalResourceId": logical, "PhysicalResourceId": physical}
                for kind, logical, physical in made
            ]
        }

    def _lambda(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "Invoke":
            return {"Environment": {"Variables": self.variables}}
        called = given["FunctionName"].removeprefix(f"{NAME}-")
        name = "".join(f"_{each.lower()}" if each.isupper() else each for each in called).lstrip("_")
        event = json.loads(given["Payload"])
        self.invoked.append((name, event))
        try:
            answer, error = self.functions[name](event), {}
        except FunctionError as raised:
            answer, error = {"errorMessage": str(raised), "errorType": "Fatal"}, {"FunctionError": "Unhandled"}
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode()), **error}


def play(stack: MotoStack, monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFormation and Lambda are answered by `stack`, everything else by moto."""
    asked: Any = vars(BaseClient)["_make_api_call"]

    def ask(self: BaseClient, operation_name: str, api_params: dict[str, Any]) -> Any:
        service = self.meta.service_model.service_name
        if service in {"cloudformation", "lambda"}:
            return stack.answer(self.meta.region_name, service, operation_name, api_params)
        return asked(self, operation_name, api_params)

    monkeypatch.setattr(BaseClient, "_make_api_call", ask)


def run(*arguments: str, typed: str | None = None) -> Result:
    """A command as a person gives it, without a stack's name: exit code, standard output and standard error."""
    return CliRunner().invoke(app, list(arguments), input=typed, prog_name="tiktok-collector")


def on_stack(*arguments: str, typed: str | None = None) -> Result:
    """A command about the stack in moto."""
    return run(*arguments, "--stack", NAME, "--region", REGION, typed=typed)


def as_json(*arguments: str) -> Any:
    """The document that a command about the stack prints with `--json`; it must be all that it prints."""
    result = on_stack(*arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)
