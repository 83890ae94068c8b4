"""samconfig.toml: what `sam deploy --guided` asks is kept where the next `sam deploy` reads it."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_stage_names_the_built_template_beside_which_answers_would_be_saved_and_lost() -> None:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for name in ("default", "dev", "prod"):
        for command in ("global", "deploy"):
            assert "template_file" not in stages[name].get(command, {}).get("parameters", {}), (name, command)


def test_dev_is_what_is_deployed_without_a_stage() -> None:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert {each: stages["default"][each] for each in ("build", "deploy")} == stages["dev"]


def test_a_deployment_that_changes_nothing_succeeds() -> None:
    stages = tomllib.loads((ROOT / "samconfig.toml").read_text())
    for name in ("default", "dev", "prod", "local"):
        assert stages[name]["deploy"]["parameters"]["fail_on_empty_changeset"] is False
