from pathlib import Path

import pytest

from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_only_what_is_new_is_fetched(stack: MotoStack) -> None:
    stack.put("exports/a.json", b"one")
    stack.put("raw/b.json.gz", b"two")
    assert as_json("download", "--to", "data") == {"folder": "data", "objects": 2, "fetched": 2, "removed": 0}
    assert as_json("download", "--to", "data")["fetched"] == 0
    assert Path("data/exports/a.json").read_bytes() == b"one"
    Path("data/exports/a.json").write_bytes(b"two")
    again = as_json("download", "--to", "data", "--only", "exports")
    assert again == {"folder": "data", "objects": 1, "fetched": 1, "removed": 0}
    assert Path("data/exports/a.json").read_bytes() == b"one"


def test_without_a_folder_each_stack_has_its_own(stack: MotoStack) -> None:
    stack.put("exports/a.json", b"one")
    result = on_stack("download", "--only", "exports", "--only", "usage", "--since", "2020-01-01")
    assert result.stdout == "1 object in out/ours, 1 of them new.\n"
    assert Path("out/ours/exports/a.json").exists()
    assert as_json("download", "--since", "2999-01-01")["objects"] == 0


def test_long_names_that_begin_alike_are_fetched_side_by_side(stack: MotoStack, tmp_path: Path) -> None:
    contents = {f"exports/{'a' * 110}{number:03}": str(number % 10).encode() * 500_000 for number in range(24)}
    for key, content in contents.items():
        stack.put(key, content)
    assert as_json("download", "--to", str(tmp_path))["fetched"] == len(contents)
    assert {key: (tmp_path / key).read_bytes() for key in contents} == contents
