"""`make bom`: reads CycloneDX's inventory from standard input, writes the bill of materials and the licence list."""

import json
import sys
from pathlib import Path

from supply_chain.bom import tidy
from supply_chain.licences import page
from supply_chain.lock import read_locks

ROOT = Path(__file__).resolve().parents[1]
LOCKS = tuple(ROOT / "layers" / name / "requirements.txt" for name in ("collector", "analytics"))
BOM = ROOT / "docs" / "bom.cdx.json"
LICENCES = ROOT / "docs" / "licences.md"


def main() -> int:
    """Writes both documents; 1 and a sentence if what is installed is not what is locked."""
    lock = read_locks(LOCKS)
    try:
        bom = tidy(json.load(sys.stdin), lock)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    BOM.write_text(json.dumps(bom, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    LICENCES.write_text(page(bom, lock), encoding="utf-8")
    sys.stdout.write(f"{BOM.relative_to(ROOT)} and {LICENCES.relative_to(ROOT)}: {len(lock)} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
