"""The packages of the row store point one way: what stands lower in docs/architecture.md imports nothing above it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.docs import DOCS, names, table_of

LAKE: Final = DOCS.parent / "layers" / "analytics" / "tiktok_lake"
TABLE: Final = table_of((DOCS / "architecture.md").read_text(encoding="utf-8"), "## The code", "package", 1)
ORDER: Final = [name.removesuffix("/") for name in names(TABLE) if name.endswith("/")]
"""The highest first. Modules beside the packages are below them all."""


def imported(path: Path) -> Iterator[str]:
    """The packages that a module imports something of, be it within a function, or for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for each in node.names:
                package, _, rest = f"{start}{each.name}".partition(".")
                if package == LAKE.name and rest.split(".")[0] in ORDER:
                    yield rest.split(".")[0]


def below(path: Path) -> list[str]:
    """The packages that a module may import: its own, and those below."""
    inside = path.relative_to(LAKE).parts[0]
    return ORDER[ORDER.index(inside) :] if inside in ORDER else []


def test_the_table_has_every_package() -> None:
    assert sorted(ORDER) == sorted(path.parent.name for path in LAKE.glob("*/__init__.py"))


def test_no_module_imports_what_stands_above_it() -> None:
    upwards = {
        f"{path.relative_to(LAKE)} imports {package}/"
        for path in LAKE.rglob("*.py")
        for package in imported(path)
        if package not in below(path)
    }
    assert upwards == set()
