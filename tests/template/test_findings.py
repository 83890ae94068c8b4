"""What checkov finds and is accepted has a reason, and nothing is accepted in silence (`make check` runs it)."""

from pathlib import Path

import yaml

from tests.template.findings import CONFIGURATION, WITHOUT_A_KEY, accepted, complaints

TEXT = (Path(__file__).resolve().parents[2] / CONFIGURATION).read_text()


def test_every_accepted_finding_has_a_reason() -> None:
    reasons = accepted(TEXT)
    assert list(reasons) == yaml.safe_load(TEXT)["skip-check"]
    assert [check for check, reason in reasons.items() if len(reason.removeprefix(WITHOUT_A_KEY)) < 40] == []


def test_an_entry_without_a_reason_is_seen() -> None:
    assert accepted("skip-check:\n  - CKV_AWS_1\n  - CKV_AWS_2  # why\n") == {"CKV_AWS_1": "", "CKV_AWS_2": "why"}


def test_other_findings_are_complained_of_and_so_are_accepted_ones_that_do_not_occur() -> None:
    reasons = {"CKV_AWS_1": "why", "CKV_AWS_2": "why", "CKV_AWS_3": f"{WITHOUT_A_KEY}why"}
    found = {
        "plain": {"CKV_AWS_1": ["Bucket"], "CKV_AWS_3": ["Bucket"]},
        "own-key": {"CKV_AWS_3": ["Bucket"], "CKV_AWS_4": ["Tasks", "UsageLog"]},
    }
    assert list(complaints(found, reasons)) == [
        "own-key: CKV_AWS_3 is found at Bucket although the stack has a key.",
        "own-key: CKV_AWS_4 is found at Tasks, UsageLog.",
        f"CKV_AWS_2 is accepted in {CONFIGURATION} and found nowhere: take it out.",
    ]
