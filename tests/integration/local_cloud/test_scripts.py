"""The bootstrap scripts on made-up machines, and what `make run` takes."""

import subprocess
import sys
from pathlib import Path

import pytest

from local_cloud.layout import checkout

FIND_PYTHON = checkout() / "scripts" / "find-python"
MAKE_VENV = checkout() / "scripts" / "make-venv"


def run(script: Path, *arguments: str, path: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": path, "HOME": str(home), **more}
    return subprocess.run(  # noqa: S603 # our own script
        [str(script), *arguments], env=environment, capture_output=True, text=True, check=False, cwd=home
    )


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with the everyday programs and no Python at all."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("bash", "env", "ls", "sort", "cat", "cksum", "dirname", "grep", "mkdir", "mktemp", "rm", "tail"):
        found = next(p for p in (Path("/usr/bin") / name, Path("/bin") / name) if p.exists())
        (folder / name).symlink_to(found)
    return folder


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
    return path


def this_python(path: Path) -> Path:
    return program(path, f'exec "{sys.executable}" "$@"')


def test_without_any_python_there_is_one_clear_sentence(tools: Path, tmp_path: Path) -> None:
    done = run(FIND_PYTHON, path=str(tools), home=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "No Python 3.13 found" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_python_on_the_path_is_taken(tools: Path, tmp_path: Path) -> None:
    this_python(tools / "python3")
    done = run(FIND_PYTHON, path=str(tools), home=tmp_path)
    assert done.returncode == 0
    assert Path(done.stdout.strip()).resolve() == Path(sys._base_executable).resolve()  # type: ignore[attr-defined]


def test_a_shim_that_answers_another_version_is_passed_over_for_pyenvs_own(tools: Path, tmp_path: Path) -> None:
    program(tools / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    program(tools / "python3", 'case "$*" in *version_info*) exit 1;; esac; echo 3.11')
    this_python(tmp_path / ".pyenv/versions/3.13.2/bin/python3.13")
    done = run(FIND_PYTHON, path=str(tools), home=tmp_path)
    assert done.returncode == 0
    assert done.stdout.strip()


def test_uv_is_asked_last(tools: Path, tmp_path: Path) -> None:
    managed = this_python(tmp_path / "uv-managed" / "python3.13")
    program(tools / "uv", f'[ "$1 $2" = "python find" ] && echo {managed}')
    assert run(FIND_PYTHON, path=str(tools), home=tmp_path).returncode == 0


@pytest.fixture
def quick_python(tmp_path: Path) -> Path:
    """An interpreter that is 3.13 by its own word and whose environments install nothing, or fail if told so."""
    inner = program(tmp_path / "inner", 'case "$*" in *"-m pip"*) echo "pip was here"; exit "${PIP_FAILS:-0}";; esac')
    return program(
        tmp_path / "quick" / "python3.13",
        f"""case "$*" in
        *"-m venv"*) mkdir -p "$3/bin" && cp {inner} "$3/bin/python" ;;
        *_base_executable*) echo "$0" ;;
        esac""",
    )


def make_venv(tmp_path: Path, python: Path, **more: str) -> subprocess.CompletedProcess[str]:
    arguments = (str(tmp_path / "venv"), str(tmp_path / "lock.txt"))
    return run(MAKE_VENV, *arguments, path="/usr/bin:/bin", home=tmp_path, PYTHON=str(python), **more)


def test_an_environment_is_made_once(tmp_path: Path, quick_python: Path) -> None:
    (tmp_path / "lock.txt").write_text("one==1\n")
    assert "ready" in make_venv(tmp_path, quick_python).stderr
    again = make_venv(tmp_path, quick_python)
    assert (again.returncode, again.stderr) == (0, "")


@pytest.mark.parametrize("change", ["lock", "interrupted", "broken"])
def test_an_environment_is_made_anew_when_it_is_outdated_unfinished_or_broken(
    tmp_path: Path, quick_python: Path, change: str
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one==1\n")
    make_venv(tmp_path, quick_python)
    (tmp_path / "venv" / "left-over").touch()
    if change == "lock":
        lock.write_text("one==2\n")
    elif change == "interrupted":
        (tmp_path / "venv" / ".made-from").unlink()
    else:
        (tmp_path / "venv" / "bin" / "python").unlink()
    done = make_venv(tmp_path, quick_python)
    assert "ready" in done.stderr
    assert not (tmp_path / "venv" / "left-over").exists()
    assert make_venv(tmp_path, quick_python).stderr == ""


def test_a_failed_installation_shows_why_and_leaves_no_environment_in_use(tmp_path: Path, quick_python: Path) -> None:
    (tmp_path / "lock.txt").write_text("one==1\n")
    done = make_venv(tmp_path, quick_python, PIP_FAILS="1")
    assert done.returncode == 1
    assert "pip was here" in done.stderr
    assert "could not be installed" in done.stderr
    assert "ready" in make_venv(tmp_path, quick_python).stderr


@pytest.mark.parametrize(
    ("given", "unknown"), [("ACOUNTS=ann", "ACOUNTS"), ("ACCOUNTS=ann ben", ""), ("STUDY=x.yaml", "")]
)
def test_make_run_refuses_a_setting_that_it_does_not_know(given: str, unknown: str) -> None:
    done = subprocess.run(  # noqa: S603 # our own Makefile
        ["/usr/bin/env", "make", "-C", str(checkout()), "known-settings", given, "PYTHON=python3.13"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode != 0) == bool(unknown)
    assert (f"make run knows no {unknown}: it takes ACCOUNTS STUDY " in done.stderr) == bool(unknown)
