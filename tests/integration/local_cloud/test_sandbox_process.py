"""The sandbox as `make run` starts it."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from local_cloud import __main__ as commands
from local_cloud import ports
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source, checkout
from local_cloud.options import Options
from local_cloud.sandbox_process import Sandbox
from sandbox.testing import SandboxServer


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A checkout with nothing but the sandbox."""
    (tmp_path / "sandbox").symlink_to(checkout() / "sandbox")
    (tmp_path / "layers").symlink_to(checkout() / "layers")
    layout = Layout(tmp_path, Source.SANDBOX)
    (layout.file("tmp")).mkdir()
    return layout


@pytest.fixture
def sandbox(layout: Layout) -> Iterator[Sandbox]:
    each = Sandbox(layout)
    yield each
    each.stop()


def test_a_bad_setting_is_its_one_sentence_though_the_log_holds_earlier_ones(
    layout: Layout, sandbox: Sandbox, tmp_path: Path
) -> None:
    layout.file("sandbox.log").write_text("Traceback (most recent call last):\nan earlier one\n")
    world = tmp_path / "world.jsonl"
    world.write_text('{"type": "video"}\n')
    for options, start in (
        (Options(Source.SANDBOX, None, world=world), f"WORLD is wrong: {world}, line 1: "),
        (Options(Source.SANDBOX, None, faults="nonsense"), "FAULTS names a file that cannot be read (nonsense)"),
        (Options(Source.SANDBOX, None, faults='[{"kind": "x"}]'), "FAULTS is wrong: There is no fault called 'x'"),
        (Options(Source.SANDBOX, None, seed="x"), "SEED is wrong: "),
    ):
        with pytest.raises(LocalCloudError) as caught:
            sandbox.start(options)
        assert str(caught.value).startswith(start)
        assert "\n" not in str(caught.value)
        assert "--" not in str(caught.value)


def test_make_stop_says_what_it_stopped_and_that_nothing_is_left(
    layout: Layout, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "checkout", lambda: layout.root)
    sandbox.start(Options(Source.SANDBOX, None))
    said = []
    for _ in range(2):
        console = Console(file=io.StringIO(), width=100)
        assert commands.stop(console) == 0
        assert isinstance(console.file, io.StringIO)
        said.append(console.file.getvalue())
    assert said == ["Stopped the sandbox.\n", "Nothing is running here.\n"]
    assert sandbox.url is None


def test_a_port_that_another_sandbox_has_taken_meanwhile_is_left_to_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, asked = ports.is_free, list[int]()

    def free_at_first(port: int) -> bool:
        asked.append(port)
        return len(asked) == 1 or free(port)

    with SandboxServer() as foreign:
        monkeypatch.setattr("local_cloud.sandbox_process._FIRST_PORT", int(foreign.url.rpartition(":")[2]))
        monkeypatch.setattr(ports, "is_free", free_at_first)
        ours = sandbox.start(Options(Source.SANDBOX, None))
        assert f":{asked[0]}" in foreign.url
        assert ours != foreign.url
