"""The licence list of what ships, as a page of the documentation."""

from collections.abc import Mapping, Sequence
from typing import Any

from supply_chain.lock import Locked, normal

_CLASSIFIER = "License ::"
_ASKED_BY = {"layers/collector/requirements.in": "the collector", "layers/analytics/requirements.in": "the row store"}
_PAGE = """\
# Licences of what ships

The two layers that `sam build` makes hold this project's code (MIT) and the packages below, each at the version that
`layers/collector/requirements.txt` or `layers/analytics/requirements.txt` locks. `make bom` writes this page and
[bom.cdx.json](bom.cdx.json), a bill of materials in CycloneDX's format, from what the packages' own metadata declare.
Nothing else is deployed: boto3 and Python are Lambda's, and the tools of `requirements/` stay on the machine that
builds.

| package | version | licence | asked for by |
|---|---|---|---|
{rows}

The texts and notices of these licences travel with the layers, in the `.dist-info` folder of each package. Some wheels
contain more than Python: isal the library ISA-L (BSD-3-Clause, in `isal/isa-l/LICENSE`), PyYAML the library LibYAML
(MIT, by the same authors), backports.zstd the library Zstandard (BSD-3-Clause), pydantic-core crates of Rust and
duckdb libraries of C++ that their wheels do not list.

MPL-2.0 (certifi, a list of certificate authorities) binds whoever changes that package's files; nothing here does.
"""


def page(bom: Mapping[str, Any], lock: Sequence[Locked]) -> str:
    """The page as Markdown."""
    components = {normal(each["name"]): each for each in bom["components"]}
    rows = [
        f"| {each.name} | {each.version} | {licence_of(components[each.name])} | {_asked_for_by(each)} |"
        for each in lock
    ]
    return _PAGE.format(rows="\n".join(rows))


def licence_of(component: Mapping[str, Any]) -> str:
    """The licence that a component declares, as SPDX spells it where it does; empty if it declares none."""
    declared: dict[str, None] = {}
    for each in component.get("licenses", ()):
        licence = each.get("license", {})
        name = each.get("expression") or licence.get("id") or licence.get("name", "")
        if not name.startswith(_CLASSIFIER):
            declared[name] = None
    return ", ".join(declared)


def _asked_for_by(locked: Locked) -> str:
    return ", ".join(_ASKED_BY.get(each) or normal(each) for each in locked.wanted_by)
