"""The bill of materials and the licence list say what the lock says, and no more."""

import copy
import json
import re
from importlib.metadata import distribution
from typing import Any

import pytest

from supply_chain.__main__ import BOM, LICENCES, LOCKS
from supply_chain.bom import tidy
from supply_chain.licences import licence_of, page
from supply_chain.lock import Locked, normal, read_locks

TEXTS = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)


@pytest.fixture(scope="module")
def lock() -> list[Locked]:
    return read_locks(LOCKS)


@pytest.fixture(scope="module")
def bom() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(BOM.read_text())
    return read


def test_the_bill_of_materials_names_what_is_locked(bom: dict[str, Any], lock: list[Locked]) -> None:
    named = {normal(each["name"]): each["version"] for each in bom["components"]}
    assert named == {each.name: each.version for each in lock}, "run `make bom`"


def test_what_depends_on_what_is_closed_and_reaches_every_package(bom: dict[str, Any]) -> None:
    graph = {each["ref"]: set(each.get("dependsOn", ())) for each in bom["dependencies"]}
    reached, left = set(), {bom["metadata"]["component"]["bom-ref"]}
    while left:
        reached |= left
        left = {each for ref in left for each in graph[ref]} - reached
    assert reached == set(graph)
    assert len(reached) == len(bom["components"]) + 1


def test_it_holds_nothing_that_changes_by_itself_and_no_address(bom: dict[str, Any]) -> None:
    assert "serialNumber" not in bom
    assert "timestamp" not in bom["metadata"]
    assert re.findall(r"https?://[^\"]+", BOM.read_text()) == [bom["$schema"]]


def test_every_package_declares_a_licence(bom: dict[str, Any]) -> None:
    assert [each["name"] for each in bom["components"] if not licence_of(each)] == []


def test_no_licence_asks_for_the_source_of_what_is_built_on_it(bom: dict[str, Any]) -> None:
    assert {part for each in bom["components"] for part in licence_of(each).split(", ")} <= {
        "MIT",
        "MIT-0",
        "BSD-3-Clause",
        "PSF-2.0",
        "Apache-2.0",
        "MPL-2.0",
    }


def test_the_licence_list_is_what_make_bom_writes(bom: dict[str, Any], lock: list[Locked]) -> None:
    assert page(bom, lock) == LICENCES.read_text(), "run `make bom`"


def test_the_text_of_each_licence_is_in_the_package_that_is_installed(lock: list[Locked]) -> None:
    for each in lock:
        files = distribution(each.name).files or []
        texts = [file for file in files if ".dist-info" in str(file) and TEXTS.search(file.name)]
        assert any(len(file.read_text()) > 200 for file in texts), each.name
    assert "NOTICE" in {file.name for file in distribution("requests").files or []}


def test_what_the_environment_holds_beside_the_lock_is_left_out(bom: dict[str, Any], lock: list[Locked]) -> None:
    stranger = {"name": "pip", "version": "1", "bom-ref": "pip==1", "externalReferences": [{"url": "https://x"}]}
    inventory = copy.deepcopy(bom)
    inventory["components"].append(stranger)
    inventory["dependencies"].append({"ref": "pip==1"})
    inventory["components"][0]["externalReferences"] = [{"url": "https://x"}]
    assert tidy(inventory, lock) == bom


@pytest.mark.parametrize("change", [{"version": "0"}, {"name": "another"}])
def test_an_environment_that_is_not_the_lock_is_refused(
    bom: dict[str, Any], lock: list[Locked], change: dict[str, str]
) -> None:
    inventory = copy.deepcopy(bom)
    inventory["components"][0] |= change
    with pytest.raises(ValueError, match=r"does not hold annotated-types .*make bom again"):
        tidy(inventory, lock)
