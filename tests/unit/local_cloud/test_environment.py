import os
from pathlib import Path

from local_cloud.environment import child_environment


def test_nothing_that_reaches_a_real_account_or_our_own_code_is_passed_on(tmp_path: Path) -> None:
    own = {
        "PATH": "/bin",
        "HOME": "/home/x",
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL": "https://elsewhere",
        "PYTHONPATH": "layers/collector:layers/analytics",
        "TIKTOK_CLIENT_SECRET": "s",
        "HTTPS_PROXY": "http://proxy",
    }
    environment = child_environment(own, temporary=tmp_path / "tmp", first_on_path=Path("/opt/python/bin"))
    assert environment["PATH"] == f"/opt/python/bin{os.pathsep}/bin"
    assert environment["HOME"] == "/home/x"
    assert environment["HTTPS_PROXY"] == "http://proxy"
    assert environment["AWS_ACCESS_KEY_ID"] == "test"
    assert environment["AWS_CONFIG_FILE"] == os.devnull
    assert (tmp_path / "tmp").is_dir()
    gone = {"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "PYTHONPATH", "TIKTOK_CLIENT_SECRET"}
    assert not gone & set(environment)
