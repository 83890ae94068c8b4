"""Bad input for every command: the exit code, and one sentence that says what to do."""

from pathlib import Path

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import on_stack, run

USAGE, NOT_FOUND, INVALID = ExitCode.USAGE, ExitCode.NOT_FOUND, ExitCode.INVALID
DATES = ("--start-date", "2026-01-01", "--end-date", "2026-02-01")


@pytest.mark.usefixtures("unchanged_stack")
@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("runs", "nope"), NOT_FOUND, "There is no run nope: `tiktok-collector runs` lists the last ones."),
        (("runs", "../x"), ExitCode.REFUSED, "The run id '../x' cannot be part of a key"),
        (("runs", "--last", "0"), USAGE, "greater than or equal to 1"),
        (("gaps", "nope"), NOT_FOUND, "There is no run nope"),
        (("gaps", "--last", "x"), USAGE, "valid integer"),
        (("quota", "--by", "moon"), USAGE, "'moon' is not one of"),
        (
            ("logs", "--since", "yesterday"),
            USAGE,
            "--since yesterday is no span of time: write such as 90m, 24h or 7d.",
        ),
        (("logs", "--since", "0h"), USAGE, "--since 0h is no span of time"),
        (("logs", "my_function"), USAGE, "'my_function' is not one of"),
        (("logs", "--lines", "0"), USAGE, "greater than or equal to 1"),
        (("logs", "--level", "loud"), USAGE, "'loud' is not one of"),
        (("download", "--since", "1 May"), USAGE, "--since 1 May is no day: write it as YYYY-MM-DD."),
        (("download", "--since", "2026-02-30"), USAGE, "--since 2026-02-30 is no day"),
        (("download", "--only", "everything"), USAGE, "'everything' is not one of"),
        (("extract",), USAGE, "Missing argument"),
        (("extract", "@"), USAGE, "@NAME is wrong: "),
        (("extract", "ann", "b n"), USAGE, "@NAME is wrong: entry 2: "),
        (("extract", "ann", "--max-videos", "0"), USAGE, "--max-videos is wrong: "),
        (("extract", "ann", "--days-back", "0"), USAGE, "--days-back is wrong: "),
        (("extract", "ann", "--days-back", "ten"), USAGE, "valid integer"),
        (
            ("extract", "ann", "--days-back", "5", *DATES),
            USAGE,
            "Give either --days-back or --start-date",
        ),
        (("extract", "ann", "--start-date", "2026-01-01"), USAGE, "Give --start-date and --end-date together"),
        (("extract", "ann", "--start-date", "2026-02-30", "--end-date", "2026-03-01"), USAGE, "is not a day"),
        (
            ("extract", "ann", "--start-date", "2010-01-01", "--end-date", "2011-01-01"),
            USAGE,
            "is before TikTok's first",
        ),
        (("extract", "ann", "--start-date", "2998-01-01", "--end-date", "2999-01-01"), USAGE, "is in the future"),
        (("extract", "ann", "--max-comments", "0"), USAGE, "--max-comments is wrong: "),
        (("extract", "ann", "--include", "thoughts"), USAGE, "'thoughts' is not one of"),
        (("extract", "ann", "--include", "comments"), USAGE, "add videos to include"),
        (("extract", "ann", "--max-followers", "5"), USAGE, "add followers to include"),
        (("extract", "ann", "--run-id", "a b"), USAGE, "--run-id is wrong: "),
        (("extract", "ann", "--wait", "--minutes", "0"), USAGE, "greater than or equal to 1"),
        (("search",), USAGE, "Missing argument"),
        (("search", "pasta"), USAGE, "A search needs a query: give --keyword, --hashtag, --country or --query FILE."),
        (("search", "a b", "--keyword", "x"), USAGE, "NAME is wrong: "),
        (("search", "pasta", "--hashtag", "#x"), USAGE, "begins with #, which TikTok does not take; write 'x'."),
        (("search", "pasta", "--country", "Italy"), USAGE, "The query's field 'and.0.field_values' is wrong: "),
        (("search", "pasta", "--query", "nowhere.json"), INVALID, "The file nowhere.json cannot be read: No such file"),
        (("search", "pasta", "--query", "broken.json"), INVALID, "The file broken.json is neither JSON nor YAML"),
        (("search", "pasta", "--query", "list.json"), INVALID, "The file list.json is no object with and, or, not"),
        (
            ("search", "pasta", "--query", "text.json", "--keyword", "x"),
            INVALID,
            "In the file text.json `and` is no list: write its conditions as [{...}].",
        ),
        (("search", "pasta", "--query", "deep.json"), INVALID, "The file deep.json is neither JSON nor YAML"),
        (("search", "pasta", "--query", "digits.json"), INVALID, "The file digits.json is neither JSON nor YAML"),
        (("search", "pasta", "--query", "typo.json"), USAGE, "'query.ands' that is not known"),
        (("trends",), NOT_FOUND, "No trends have been collected yet"),
        (("trends", "--kind", "hashtag"), USAGE, "needs both --kind and --country"),
        (("trends", "--country", "US"), USAGE, "needs both --kind and --country"),
        (("trends", "--kind", "dance", "--country", "US"), USAGE, "'dance' is not one of"),
        (("trends", "--kind", "hashtag", "--country", "XX"), USAGE, "--country is wrong: "),
        (("trends", "--kind", "hashtag", "--country", "US", "--rows", "5000"), USAGE, "--rows is wrong: "),
        (("trends", "--kind", "hashtag", "--country", "US", "--rows", "0"), USAGE, "--rows is wrong: "),
        (("trends", "--kind", "hashtag", "--country", "US", "--period", "0"), USAGE, "--period is wrong: "),
        (("trends", "--day", "today"), USAGE, "--day today is no day: write it as YYYY-MM-DD."),
        (("trends", "--day", "2020-01-01"), NOT_FOUND, "There are no trends of 2020-01-01"),
        (("study", "validate", "nowhere.yaml"), INVALID, "The study file nowhere.yaml cannot be read: No such file"),
        (("study", "validate", "--stack", "x"), USAGE, "No such option"),
        (("study", "plan", "nowhere.yaml"), INVALID, "The study file nowhere.yaml cannot be read: No such file"),
        (("study", "push", "list.json"), INVALID, "list.json, line 1"),
        (("study", "push", "latin.yaml"), INVALID, "The study file latin.yaml is not UTF-8 text (line 2): save it as"),
        (("study", "diff"), INVALID, "The study file study.yaml cannot be read"),
        (("study", "burn"), USAGE, "No such command 'burn'"),
        (("init", "list.json"), USAGE, "list.json is there already: name another file, or replace it with --force."),
        (("credentials", "set", "secret"), USAGE, "unexpected extra argument"),
        (("credentials", "set", "--trends", "moon"), USAGE, "'moon' is not one of"),
        (
            ("credentials", "test", "--trends", "creative_center"),
            USAGE,
            "creative_center is unofficial: read",
        ),
        (("sandbox", "--port", "99999"), USAGE, "less than or equal to 65535"),
        (("sandbox", "--faults", "nonsense"), USAGE, "a file that cannot be read (nonsense)"),
        (("pause", "now"), USAGE, "unexpected extra argument"),
        (("resume", "--hard"), USAGE, "No such option"),
        (("status", "--verbose"), USAGE, "No such option"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input(
    arguments: tuple[str, ...], code: ExitCode, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.json").write_text("{and: [")
    Path("list.json").write_text("[1]")
    Path("latin.yaml").write_bytes(b"version: 1\nname: caf\xe9\n")
    Path("text.json").write_text('{"and": 5}')
    Path("deep.json").write_text("[" * 3_000)
    Path("digits.json").write_text("9" * 5_000)
    Path("typo.json").write_text('{"ands": []}')
    needs_no_stack = arguments[0] in {"init", "sandbox"} or arguments[:2] == ("study", "validate")
    result = run(*arguments) if needs_no_stack else on_stack(*arguments)
    said = " ".join(result.stderr.replace("│", " ").split())
    assert (result.exit_code, sentence in said) == (code, True), result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
