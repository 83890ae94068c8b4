from typing import Any

from tests.integration.cli.moto_stack import FUNCTIONS, MotoStack, as_json, on_stack


def schedules(stack: MotoStack) -> dict[str, dict[str, Any]]:
    return {name: stack.scheduler.get_schedule(Name=f"schedule-{name}") for name in FUNCTIONS}


def settings(stored: dict[str, Any]) -> dict[str, Any]:
    moving = {"State", "LastModificationDate", "ResponseMetadata"}
    return {name: value for name, value in stored.items() if name not in moving}


def test_pausing_changes_the_state_and_nothing_else(stack: MotoStack) -> None:
    before = schedules(stack)
    result = on_stack("pause")
    assert result.exit_code == 0
    assert "Switched off: collection_worker, data_refresh, dataset_import, lake_curation" in result.stdout
    after = schedules(stack)
    assert {each["State"] for each in after.values()} == {"DISABLED"}
    assert {name: settings(each) for name, each in after.items()} == {
        name: settings(each) for name, each in before.items()
    }


def test_the_status_says_what_is_paused(stack: MotoStack) -> None:
    on_stack("pause")
    assert as_json("status")["paused"] is True
    assert "paused" in on_stack("status").stdout
    assert len(as_json("resume")["changed"]) == len(FUNCTIONS)
    assert as_json("status")["paused"] is False
    assert {each["State"] for each in schedules(stack).values()} == {"ENABLED"}


def test_what_is_done_already_is_not_done_again(stack: MotoStack) -> None:
    assert as_json("resume")["changed"] == []
    before = schedules(stack)
    assert "already" in on_stack("resume").stdout
    assert {name: each["LastModificationDate"] for name, each in schedules(stack).items()} == {
        name: each["LastModificationDate"] for name, each in before.items()
    }
