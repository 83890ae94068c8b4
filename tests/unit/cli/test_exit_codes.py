from cli.exit_codes import ExitCode
from tests.support.docs import DOCS, table_of


def test_the_documentation_has_every_exit_code() -> None:
    table = table_of((DOCS / "cli.md").read_text(), "## Exit codes", "code")
    assert table == [[f"`{code.value}`", code.meaning] for code in ExitCode]


def test_exit_codes_are_distinct() -> None:
    assert len({code.value for code in ExitCode}) == len(list(ExitCode.__members__))
