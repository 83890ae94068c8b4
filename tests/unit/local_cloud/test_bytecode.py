"""Bytecode of a built layer: there, never stale, and the same wherever it was made."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.bytecode import LAYER, LAYERS, compile_layers
from local_cloud.errors import LocalCloudError
from local_cloud.layout import checkout

SOURCE = "VALUE = 'built'\n\n\ndef fail():\n    raise ValueError({1, 2, 3})\n"


def built(folder: Path, source: str = SOURCE) -> Path:
    for layer in LAYERS:
        package = folder / layer / "package"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text(source)
    return folder / LAYER / "package" / "__init__.py"


def bytecode(module: Path) -> bytes:
    return Path(importlib.util.cache_from_source(str(module))).read_bytes()


def value(module: Path) -> str:
    """What a fresh process imports that writes no bytecode of its own."""
    code = "import package; print(package.VALUE)"
    environment = {"PYTHONPATH": str(module.parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-S", "-c", code], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_each_module_has_bytecode_that_goes_by_its_source_and_not_by_its_time(tmp_path: Path) -> None:
    module = built(tmp_path)
    compile_layers(tmp_path)
    magic, flags, digest = (bytecode(module)[start:end] for start, end in ((0, 4), (4, 8), (8, 16)))
    assert magic == importlib.util.MAGIC_NUMBER
    assert flags == b"\x03\0\0\0"  # PEP 552: by hash, checked
    assert digest == importlib.util.source_hash(SOURCE.encode())


def test_every_layer_has_it(tmp_path: Path) -> None:
    built(tmp_path)
    compile_layers(tmp_path)
    for layer in LAYERS:
        assert bytecode(tmp_path / layer / "package" / "__init__.py")


def test_bytecode_is_used(tmp_path: Path) -> None:
    module = built(tmp_path)
    compile_layers(tmp_path)
    cached = Path(importlib.util.cache_from_source(str(module)))
    assert bytecode(module).count(b"built") == 1
    cached.write_bytes(bytecode(module).replace(b"built", b"BUILT"))
    assert value(module) == "BUILT"


def test_a_module_that_is_built_anew_is_never_served_stale(tmp_path: Path) -> None:
    module = built(tmp_path)
    compile_layers(tmp_path)
    module.write_text(SOURCE.replace("built", "anew!"))
    assert value(module) == "anew!"


def test_the_same_bytes_wherever_it_is_built_and_nothing_of_that_place(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "another" / "place"
    one, other = built(here), built(there)
    for build in (here, there):
        compile_layers(build)
    assert bytecode(one) == bytecode(other)
    assert b"/opt/python/package/__init__.py" in bytecode(one)
    assert str(tmp_path).encode() not in bytecode(one)


def test_a_folder_without_a_layer(tmp_path: Path) -> None:
    with pytest.raises(LocalCloudError, match=r"There is no built layer at .*: run sam build first\."):
        compile_layers(tmp_path)


def test_a_module_that_does_not_compile(tmp_path: Path) -> None:
    built(tmp_path, "def\n")
    with pytest.raises(LocalCloudError, match="does not compile"):
        compile_layers(tmp_path)


def test_another_python_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built(tmp_path)
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    with pytest.raises(LocalCloudError, match=r"The layer is for Python 3\.13"):
        compile_layers(tmp_path)


def test_the_layers_and_the_runtime_are_those_of_the_template() -> None:
    template = (checkout() / "template.yaml").read_text(encoding="utf-8")
    named = re.findall(r"^  (\w+):\n    Type: AWS::Serverless::LayerVersion$", template, re.MULTILINE)
    assert [layer.parts[0] for layer in LAYERS] == named
    assert "Runtime: python3.13\n" in template
