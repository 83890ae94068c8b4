"""The workflows of the repository host: what they run exists, and they may do and know no more than they need."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
PINNED = re.compile(
    r"^\s*(?:- )?uses: (?P<action>[\w.-]+/[\w.-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)$"
)
TARGETS = set(re.findall(r"^([a-z0-9-]+):(?:.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE))


def read(path: Path) -> dict[Any, Any]:
    document: dict[Any, Any] = yaml.safe_load(path.read_text())
    return document


def jobs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from read(path)["jobs"].items()


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for _, job in jobs(path):
        yield from job["steps"]


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_there_are_a_workflow_that_checks_and_one_that_deploys() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "deploy"]


def test_every_action_is_pinned_to_a_commit_that_names_its_version(workflow: Path) -> None:
    lines = [line for line in workflow.read_text().splitlines() if re.search(r"\buses:", line)]
    assert lines
    assert [line for line in lines if not PINNED.match(line)] == []


def test_one_action_has_one_commit_everywhere() -> None:
    found = {
        (match["action"], match["commit"], match["version"])
        for path in WORKFLOWS
        for line in path.read_text().splitlines()
        if (match := PINNED.match(line))
    }
    assert len({action for action, _, _ in found}) == len(found) == 3


def test_only_the_deploying_job_may_do_more_than_read_the_code(workflow: Path) -> None:
    assert read(workflow)["permissions"] == {"contents": "read"}
    for name, job in jobs(workflow):
        wanted = {"contents": "read", "id-token": "write"} if (workflow.stem, name) == ("deploy", "deploy") else None
        assert job.get("permissions") == wanted


def test_every_job_ends_by_itself_and_no_two_are_in_each_others_way(workflow: Path) -> None:
    document = read(workflow)
    assert document["concurrency"]["group"]
    assert document["concurrency"]["cancel-in-progress"] is (workflow.stem == "ci")
    assert all(0 < job["timeout-minutes"] <= 60 for _, job in jobs(workflow))


def test_no_secret_is_named_and_the_checkout_keeps_no_token(workflow: Path) -> None:
    assert not re.search(r"secrets\s*[.\[]", workflow.read_text())
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(list(jobs(workflow)))
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_a_person_types_reaches_the_shell_as_a_variable_only(workflow: Path) -> None:
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


def test_what_is_run_exists(workflow: Path) -> None:
    commands = [line for step in steps(workflow) for line in step.get("run", "").splitlines()]
    made = {word for line in commands if line.startswith("make ") for word in line.split()[1:]}
    assert made
    assert made <= TARGETS
    others = {line.split()[0] for line in commands if not line.startswith("make ")}
    assert others <= {".local/sam/bin/sam"}


def test_it_is_python_3_13_that_builds(workflow: Path) -> None:
    versions = [step["with"]["python-version"] for step in steps(workflow) if "setup-python" in step.get("uses", "")]
    assert versions == ["3.13"] * len(list(jobs(workflow)))


def test_ci_runs_for_what_is_pushed_and_what_is_proposed_without_the_rights_of_the_repository() -> None:
    document = read(ROOT / ".github" / "workflows" / "ci.yml")
    assert set(document[True]) == {"push", "pull_request"}  # YAML reads `on` as a boolean


def test_a_stage_is_deployed_by_hand_after_the_tests_with_credentials_that_come_last() -> None:
    path = ROOT / ".github" / "workflows" / "deploy.yml"
    document = read(path)
    assert set(document[True]) == {"workflow_dispatch"}
    stages = document[True]["workflow_dispatch"]["inputs"]["stage"]["options"]
    config = (ROOT / "samconfig.toml").read_text()
    assert all(f"[{stage}.deploy.parameters]" in config for stage in stages)
    deploy = document["jobs"]["deploy"]
    assert deploy["needs"] == "test"
    assert deploy["environment"] == "${{ inputs.stage }}"
    *before, credentials, last = deploy["steps"]
    assert credentials["uses"].startswith("aws-actions/configure-aws-credentials@")
    assert not {"aws-access-key-id", "aws-secret-access-key"} & set(credentials["with"])
    assert [step["run"] for step in before if "run" in step] == ["make build"]
    assert last["env"] == {"STAGE": "${{ inputs.stage }}"}
    for option in ('--config-env "$STAGE"', "--no-confirm-changeset", "--no-fail-on-empty-changeset"):
        assert option in last["run"]
