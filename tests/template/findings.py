"""Holds checkov's findings on variants of the template against those that `.checkov.yaml` accepts.

Run as `python -m tests.template.findings template.yaml <checkov>`: ends with 1 at a finding that is not accepted, and
at one that is but does not occur. In the source form checkov would see neither what SAM makes nor what is chosen.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.template.translate import translate
from tests.template.variants import VARIANTS, variant

CONFIGURATION: Final = ".checkov.yaml"
WITHOUT_A_KEY: Final = "Without KmsKeyArn: "
_SCANNED: Final = ("plain", "own-key")
_ENTRY: Final = re.compile(r"^  - (\S+)[ \t]*#?[ \t]*(.*)$", re.MULTILINE)


def accepted(text: str) -> dict[str, str]:
    """The reason for each check in the list of a `.checkov.yaml`; empty where there is none."""
    return dict(_ENTRY.findall(text.partition("skip-check:")[2]))


def complaints(found: Mapping[str, Mapping[str, list[str]]], reasons: Mapping[str, str]) -> Iterator[str]:
    """What is wrong, a sentence each; `found` has the resources by check, by variant."""
    for name, checks in found.items():
        for check, where in checks.items():
            if check not in reasons:
                yield f"{name}: {check} is found at {', '.join(where)}."
            elif name == "own-key" and reasons[check].startswith(WITHOUT_A_KEY):
                yield f"{name}: {check} is found at {', '.join(where)} although the stack has a key."
    for check in reasons:
        if not any(check in checks for checks in found.values()):
            yield f"{check} is accepted in {CONFIGURATION} and found nowhere: take it out."


def _findings(checkov: Path, template: Path) -> dict[str, dict[str, list[str]]]:
    whole = translate(template)
    with tempfile.TemporaryDirectory() as folder:  # where there is no configuration that would accept anything
        for name in _SCANNED:
            Path(folder, f"{name}.json").write_text(json.dumps(variant(whole, VARIANTS[name])))
        done = subprocess.run(  # noqa: S603 # our own command line, no shell
            [checkov, "-d", ".", "--framework", "cloudformation", "--skip-download", "--output", "json"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode not in {0, 1}:
        raise SystemExit(f"checkov failed:\n{done.stderr}")
    report: dict[str, Any] = json.loads(done.stdout)
    read = {
        Path(each["file_path"]).stem for kind in ("passed", "failed") for each in report["results"][f"{kind}_checks"]
    }
    if read != set(_SCANNED):
        raise SystemExit(f"checkov read {sorted(read)} of {sorted(_SCANNED)}.")
    found: dict[str, dict[str, list[str]]] = {name: {} for name in _SCANNED}
    for each in report["results"]["failed_checks"]:
        found[Path(each["file_path"]).stem].setdefault(each["check_id"], []).append(each["resource"])
    return found


if __name__ == "__main__":
    source = Path(sys.argv[1])
    wrong = list(
        complaints(
            _findings(Path(sys.argv[2]).resolve(), source), accepted((source.parent / CONFIGURATION).read_text())
        )
    )
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    sys.exit(1 if wrong else 0)
