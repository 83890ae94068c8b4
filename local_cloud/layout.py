"""Where everything lies: nothing is written outside the checkout, and TikTok's data never meet the sandbox's."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Source(StrEnum):
    """Whom the local cloud collects from; each has a stack, a ledger and a state of its own."""

    SANDBOX = "sandbox"
    TIKTOK = "tiktok"


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders and files of one source's local cloud, in the checkout at `root`."""

    root: Path
    source: Source

    @property
    def state(self) -> Path:
        """Everything that survives from one `make run` to the next."""
        return self.root / ".local" / self.source

    @property
    def out(self) -> Path:
        """The bucket's mirror: `out/` for the sandbox, `out/tiktok/` for real data."""
        return self.root / "out" if self.source is Source.SANDBOX else self.root / "out" / "tiktok"

    @property
    def build(self) -> Path:
        """What `sam build` made for this machine; the same for both sources."""
        return self.root / ".local" / "build"

    @property
    def sam(self) -> Path:
        """The SAM CLI, in a virtual environment of its own."""
        return self.root / ".local" / "sam" / "bin" / "sam"

    @property
    def ministack_python(self) -> Path:
        """The interpreter that runs MiniStack, and with it the functions."""
        return self.root / ".local" / "ministack" / "bin" / "python"

    def file(self, name: str) -> Path:
        """A file of the state; its folder is made."""
        self.state.mkdir(parents=True, exist_ok=True)
        return self.state / name


def checkout() -> Path:
    """The project's root."""
    return Path(__file__).resolve().parent.parent
