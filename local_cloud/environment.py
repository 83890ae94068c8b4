"""The environment of child processes: what they need of this machine, and nothing that could reach a real account."""

import os
import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_PASSED_ON = ("HOME", "LANG", "LC_ALL", "TERM", "COLUMNS", "LINES", "USER")
# How a machine reaches the network is its owner's business: proxies, certificates, package indexes.
_PASSED_ON_PREFIXES = ("PIP_", "UV_", "SSL_", "REQUESTS_CA", "CURL_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")

REGION = "us-east-1"


def child_environment(own: Mapping[str, str], *, temporary: Path, first_on_path: Path | None = None) -> dict[str, str]:
    """The environment for a child process: no AWS profile, no credentials, no PYTHONPATH.

    Args:
        own: This process's environment.
        temporary: The folder for temporary files; it is made.
        first_on_path: A folder of programs that come before all others.
    """
    temporary.mkdir(parents=True, exist_ok=True)
    path = own.get("PATH", os.defpath)
    passed = {
        name: value for name, value in own.items() if name in _PASSED_ON or name.upper().startswith(_PASSED_ON_PREFIXES)
    }
    return passed | {
        "PATH": f"{first_on_path}{os.pathsep}{path}" if first_on_path else path,
        "TMPDIR": str(temporary),
        "PYTHONUNBUFFERED": "1",
        "SAM_CLI_TELEMETRY": "0",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }


def architecture() -> str:
    """This machine's processor, as the template names it: the functions run on it."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


@cache
def interpreter_folder(python: Path) -> Path:
    """The folder of the interpreter behind a virtual environment; `sam build` wants it first on the PATH.

    A pyenv shim on the PATH may answer for another version, so the real program is asked for.
    """
    code = "import os, sys; print(os.path.dirname(os.path.realpath(sys._base_executable)))"
    answer = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 # ours
    return Path(answer.stdout.strip())
