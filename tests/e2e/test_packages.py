"""What `sam build` makes for each processor: that processor's wheels, as locked, small, and nothing else."""

import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.bytecode import ANALYTICS_LAYER, LAYER, compile_layers
from local_cloud.environment import child_environment, interpreter_folder
from local_cloud.layout import checkout
from supply_chain.lock import normal, read_lock
from tests.e2e.conftest import plain_environment

pytestmark = pytest.mark.e2e

MACHINES = {"x86_64": 62, "arm64": 183}
"""The processor as the template names it, and as an ELF header does."""
PLATFORMS = {"x86_64": "x86_64", "arm64": "aarch64"}
MIB = 2**20
LARGEST = 30 * MIB
LARGEST_OF_ANALYTICS = 100 * MIB
LOCKS = {LAYER: "collector", ANALYTICS_LAYER: "analytics"}
GLIBC_OF_LAMBDA = 34
"""Of Amazon Linux 2023, which python3.13 runs on: 2.34."""
FUNCTIONS = {
    "TokenRefreshFunction",
    "UserExtractionFunction",
    "VideoSearchFunction",
    "CollectionWorkerFunction",
    "TrendIngestionFunction",
    "QuotaAccountingFunction",
    "LakeCurationFunction",
    "DataRefreshFunction",
    "DatasetImportFunction",
}


def sources(root: Path) -> Path:
    """A copy of what `sam build` reads."""
    root.mkdir()
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(checkout() / name, root)
    for name in ("functions", "layers"):
        shutil.copytree(checkout() / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def sam_build(root: Path, architecture: str) -> "subprocess.Popen[str]":
    """Starts `sam build` for a processor, into `<architecture>/build`."""
    environment = child_environment(
        plain_environment(), temporary=root / "tmp", first_on_path=interpreter_folder(Path(sys.executable))
    )
    command = [str(checkout() / ".local" / "sam" / "bin" / "sam"), "build", "--config-env", "local", "--no-cached"]
    options = [
        "--build-dir",
        str(root / architecture / "build"),
        "--parameter-overrides",
        f"Architecture={architecture}",
    ]
    return subprocess.Popen(  # noqa: S603 # our own command line, no shell
        [*command, *options],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The build directory of each processor."""
    root = sources(tmp_path_factory.mktemp("packages") / "checkout")
    at_work = [sam_build(root, architecture) for architecture in MACHINES]
    for process in at_work:
        with process:
            said, _ = process.communicate(timeout=240)
        assert process.returncode == 0, said
    yield {architecture: root / architecture / "build" for architecture in MACHINES}
    shutil.rmtree(root)


@pytest.fixture(params=MACHINES)
def architecture(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LOCKS, ids=list(LOCKS.values()))
def kind(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def layer(builds: dict[str, Path], architecture: str, kind: Path) -> Path:
    return builds[architecture] / kind


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_every_library_of_machine_code_is_for_the_processor_and_for_this_python(
    layer: Path, architecture: str, kind: Path
) -> None:
    libraries = [path for path in layer.rglob("*") if ".so" in path.suffixes]
    assert len(libraries) >= (5 if kind == LAYER else 2)
    for path in libraries:
        head = path.read_bytes()[:20]
        assert head[:5] == b"\x7fELF\x02", path
        assert struct.unpack_from("<H", head, 18) == (MACHINES[architecture],), path
        assert ".cpython-313-" in path.name or path.name.endswith(".abi3.so")


def test_the_wheels_run_on_lambdas_glibc(layer: Path, architecture: str) -> None:
    wheels = [path.read_text() for path in layer.glob("*.dist-info/WHEEL")]
    tags = [tag for wheel in wheels for tag in re.findall(r"^Tag: (\S+)", wheel, re.MULTILINE)]
    compiled = {tag for tag in tags if not tag.endswith("-none-any")}
    assert compiled
    for tag in compiled:
        found = re.search(r"manylinux(?:_2_(\d+)|2014)_(\w+)$", tag)
        assert found, tag
        assert int(found[1] or 17) <= GLIBC_OF_LAMBDA
        assert found[2] == PLATFORMS[architecture]


def test_what_is_in_the_layer_is_what_is_locked(layer: Path, kind: Path) -> None:
    installed = {
        normal(name): version for name, version in (path.stem.rsplit("-", 1) for path in layer.glob("*.dist-info"))
    }
    lock = checkout() / "layers" / LOCKS[kind] / "requirements.txt"
    locked = {each.name: each.version for each in read_lock(lock)}
    assert installed == locked


def test_the_texts_and_notices_of_all_licences_travel_with_the_layer(layer: Path) -> None:
    for folder in layer.glob("*.dist-info"):
        texts = [path for path in folder.rglob("*") if re.match(r"(licen[cs]e|copying)", path.name, re.IGNORECASE)]
        assert any(path.is_file() and path.stat().st_size > 200 for path in texts), folder.name
    if (layer / "requests").is_dir():
        assert list(layer.glob("requests-*.dist-info/**/NOTICE"))
        assert (layer / "isal" / "isa-l" / "LICENSE").is_file()


def test_every_function_and_its_layer_are_small_and_hold_no_more_than_they_need(
    builds: dict[str, Path], architecture: str
) -> None:
    build = builds[architecture]
    functions = {path.name for path in build.iterdir() if path.name.endswith("Function")}
    assert functions == FUNCTIONS
    for name in functions:
        assert [path.name for path in (build / name).rglob("*") if path.is_file()] == ["app.py"]
        assert size(build / name) + size(build / LAYER) < LARGEST
    for each in LOCKS:
        assert not {"boto3", "botocore", "moto", "numpy", "pandas", "pyarrow", "pytest", "sandbox", "tests"} & {
            path.name for path in (build / each).iterdir()
        }


def test_duckdb_and_what_is_built_on_it_take_less_than_a_hundred_megabytes(
    builds: dict[str, Path], architecture: str
) -> None:
    layer = builds[architecture] / ANALYTICS_LAYER
    assert (layer / "tiktok_lake").is_dir()
    assert not (layer / "tiktok_collector").exists()
    assert not (builds[architecture] / LAYER / "duckdb").exists()
    assert size(layer) < LARGEST_OF_ANALYTICS
    # Lambda takes 250 MiB of a function and its layers together.
    assert size(layer) + size(builds[architecture] / LAYER) < 2 * LARGEST_OF_ANALYTICS


def test_bytecode_leaves_them_small(builds: dict[str, Path]) -> None:
    build = builds["arm64"]
    compile_layers(build)
    for each, largest in ((LAYER, LARGEST), (ANALYTICS_LAYER, LARGEST_OF_ANALYTICS)):
        assert list((build / each).rglob("*.pyc"))
        assert size(build / each) < largest


def test_a_wheel_that_is_not_the_locked_one_is_not_built_in(tmp_path: Path) -> None:
    root = sources(tmp_path / "checkout")
    lock = root / "layers" / "collector" / "requirements.txt"
    lock.write_text(re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text()))
    with sam_build(root, "x86_64") as process:
        said, _ = process.communicate(timeout=240)
    assert process.returncode != 0
    assert "hash" in said.lower(), said
