from pathlib import Path

from local_cloud import statefile
from local_cloud.fingerprint import fingerprint


def test_a_state_file_reads_back_and_is_empty_when_absent_damaged_or_not_an_object(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "state.json"
    assert statefile.read(path) == {}
    statefile.write(path, {"a": [1]})
    assert statefile.read(path) == {"a": [1]}
    assert [each.name for each in path.parent.iterdir()] == ["state.json"]
    for damaged in ("{", "[1]", ""):
        path.write_text(damaged)
        assert statefile.read(path) == {}


def test_a_fingerprint_sees_contents_names_and_words_and_ignores_bytecode(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.py").write_text("1")
    first = fingerprint([source], "x")
    assert fingerprint([source], "x") == first
    assert fingerprint([source], "y") != first
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "a.pyc").write_text("junk")
    assert fingerprint([source], "x") == first
    (source / "a.py").write_text("2")
    changed = fingerprint([source], "x")
    assert changed != first
    (source / "a.py").rename(source / "b.py")
    assert fingerprint([source], "x") != changed


def test_the_same_words_cut_differently_differ(tmp_path: Path) -> None:
    assert fingerprint([tmp_path], "ab", "c") != fingerprint([tmp_path], "a", "bc")
