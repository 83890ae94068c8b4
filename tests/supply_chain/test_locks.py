"""Everything that is installed is locked by hash, and no lock or document says where it is fetched."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supply_chain.lock import normal, read_lock, read_locks

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [ROOT / "layers" / name / "requirements.txt" for name in ("collector", "analytics")]
LOCKS = sorted([*(ROOT / "requirements").glob("*.txt"), *SHIPPED])
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links|--trusted-host")


def lock_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", LOCKS, ids=lock_name)
def test_every_requirement_of_a_lock_has_a_hash(path: Path) -> None:
    locked = read_lock(path)
    assert locked
    assert [each.name for each in locked if not each.hashes] == []
    assert len({each.name for each in locked}) == len(locked)


@pytest.mark.parametrize("path", LOCKS, ids=lock_name)
def test_no_lock_names_an_index_or_an_address(path: Path) -> None:
    assert not ADDRESS.search(path.read_text())


@pytest.mark.parametrize("path", LOCKS, ids=lock_name)
def test_what_a_person_asks_for_is_in_its_lock(path: Path) -> None:
    lines = [line for line in path.with_suffix(".in").read_text().splitlines() if line[:1].isalpha()]
    asked = {normal(re.split(r"[\[=<>;]", line)[0]) for line in lines}
    assert asked
    assert asked <= {each.name for each in read_lock(path)}


def test_make_lock_renews_every_lock() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nlock:")[2].partition("\n.PHONY")[0]
    for path in LOCKS:
        assert re.search(rf"\b{re.escape(lock_name(path).removesuffix('.txt'))}\b", recipe), path


def test_what_ships_has_its_versions_pinned_where_a_person_asks_for_it() -> None:
    lines = [
        line for path in SHIPPED for line in path.with_suffix(".in").read_text().splitlines() if line[:1].isalpha()
    ]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines), lines


def test_tests_run_with_the_versions_that_ship() -> None:
    tested = {each.name: each.version for each in read_lock(ROOT / "requirements" / "dev.txt")}
    for each in read_locks(SHIPPED):
        assert tested[each.name] == each.version == version(each.name)


def test_no_package_is_in_both_layers() -> None:
    shipped = [each.name for each in read_locks(SHIPPED)]
    assert len(set(shipped)) == len(shipped)


@given(st.text(alphabet=st.sampled_from("a =\\#-1[]<\n"), max_size=40))
def test_a_line_that_is_no_pinned_requirement_is_refused_and_not_skipped(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("lock") / "requirements.txt"
    path.write_text(text)
    try:
        locked = read_lock(path)
    except ValueError:
        return
    starts = [line for line in text.splitlines() if line.strip() and not line.startswith(" ")]
    assert len(locked) == len(starts)
