"""`tiktok-collector credentials`: put them into the stack's secrets, and ask whether they are taken.

They are asked for at a prompt and nowhere else: an argument would stand in the shell's history and in the process list.
"""

import json
from typing import Annotated, Any, Final

import msgspec
import typer
from pydantic import SecretStr

from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.prompts import asked
from cli.screen import Screen
from cli.secret_versions import current_version
from cli.target import Target
from cli.words import until, visible
from local_cloud.client_trial import ClientRefused, why_untried
from local_cloud.credentials import holds, store
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.options import Credentials
from tiktok_collector.clock import from_iso
from tiktok_collector.errors import Fatal
from tiktok_collector.tokens.secret_store import SecretStore, SecretVersion
from tiktok_collector.trend_lists.kinds import UNOFFICIAL, TrendSource
from tiktok_collector.trends.credentials import read_credentials
from tiktok_collector.trends.poll import OF_CREDENTIALS
from tiktok_collector.trends.report import TrendReport

app: Final = typer.Typer(help="Credentials of TikTok's API and of the sources of trends: set, and test.")

_ACKNOWLEDGED: Final = "--acknowledge-unofficial-terms"
_Trends = Annotated[
    TrendSource | None, typer.Option("--trends", help="Of this source of trends, not of the Research API.")
]


@app.command("set")
@about_a_stack
def set_(
    screen: Screen,
    target: Target,
    *,
    trends: _Trends = None,
    untested: Annotated[
        bool, typer.Option("--untested", help="Store those of the Research API without asking TikTok first.")
    ] = False,
) -> None:
    """Asks for credentials and stores them in the stack's secret. What is typed is not shown.

    Those of the Research API are tried first: what TikTok refuses is not stored.

    Example: `tiktok-collector credentials set --stack tiktok-collector`
    """
    found = {"changed": _set_trends(target, trends)} if trends else _set_client(target, untested=untested)
    test = "tiktok-collector credentials test" + (f" --trends {trends}" if trends else "")
    stored = ["Stored" if found["changed"] else "Unchanged", "TikTok takes them" if found.get("taken") else ""]
    screen.show(
        found,
        f"{': '.join(each for each in stored if each)}. {found.get('untried', '')}".strip(),
        f"`{test} {target.flags}` asks for a {'list' if trends else 'token'} with what is stored.",
    )


def _set_client(target: Target, *, untested: bool) -> dict[str, Any]:
    """What was done: `changed`, and of changed ones whether TikTok has `taken` them, or why they are `untried`."""
    key = _asked("Client key", "a client key", hidden=False)
    given = Credentials(key, _asked("Client secret (not shown)", "a client secret"))
    secret_id = target.stack.client_credentials_secret
    if holds(target.aws, secret_id, given):
        return {"changed": False}
    reason = "They were not tried." if untested else _why_untried(target, given)
    store(target.aws, secret_id, given)
    return {"changed": True, "taken": not reason, **({"untried": reason} if reason else {})}


def _why_untried(target: Target, given: Credentials) -> str:
    try:
        return why_untried(target.aws, target.stack.token_refresh, given, target.clock)
    except ClientRefused as error:
        raise Failure(
            ExitCode.CREDENTIALS,
            f"Nothing was stored. {error} If TikTok has renewed the secret this minute, try again; --untested stores "
            "it as it is.",
        ) from error


def _set_trends(target: Target, source: TrendSource) -> bool:
    """Replaces one source's part of the secret; the others stay as they are, or were before the secret was damaged."""
    secret_id = target.stack.trend_credentials_secret
    secret = SecretStore(target.aws.secrets, secret_id)
    present = _parts(secret.read(), secret_id)
    known = _parts(secret.read(stage="AWSPREVIOUS"), secret_id) or {} if present is None else present
    new = json.dumps({**known, str(source): _part(source)})
    try:
        read_credentials(SecretVersion(SecretStr(new), ""), secret_id)
    except Fatal as error:
        raise Failure(ExitCode.CREDENTIALS, str(error)) from error
    if json.loads(new) == present:
        return False
    target.aws.secrets.put_secret_value(SecretId=secret_id, SecretString=new)
    return True


def _parts(stored: SecretVersion | None, secret_id: str) -> dict[str, Any] | None:
    """What a version has for each source; None where nobody can use it."""
    try:
        read_credentials(stored, secret_id)
    except Fatal:
        return None
    text = stored.text.get_secret_value() if stored else ""
    return dict(json.loads(text)) if text.strip() else {}


def _part(source: TrendSource) -> dict[str, Any]:
    if source is TrendSource.CREATIVE_CENTER:
        token = _asked("csrf_token (not shown; empty: none)", "", may_be_empty=True)
        return {"cookie": _asked("Cookie (not shown)", "a cookie"), **({"csrf_token": token} if token else {})}
    if source is TrendSource.BUSINESS_API:
        names = {"advertiser_id": "Advertiser id (empty: none)", "business_id": "Business id (empty: none)"}
        ids = {name: _asked(words, "", hidden=False, may_be_empty=True) for name, words in names.items()}
        token = _asked("Access token (not shown)", "an access token")
        return {"access_token": token, **{name: value for name, value in ids.items() if value}}
    headers: dict[str, str] = {}
    while name := _asked("Name of a request header (empty: no more)", "", hidden=False, may_be_empty=True):
        headers[name.rstrip(":")] = _asked(f"{name.rstrip(':')} (not shown)", "a value")
    return {"headers": headers}


def _asked(words: str, what: str, *, hidden: bool = True, may_be_empty: bool = False) -> str:
    """What a person typed, without space around it; prompts go to standard error, so `--json` stays clean."""
    answer = asked(words, hidden=hidden)
    if not answer and not may_be_empty:
        raise Failure(ExitCode.CREDENTIALS, f"Nothing was stored: {what} is needed, and none was given.")
    return answer


@app.command("test")
@about_a_stack
def ask_whether_taken(
    screen: Screen,
    target: Target,
    *,
    trends: _Trends = None,
    acknowledge: Annotated[
        bool, typer.Option(_ACKNOWLEDGED, help="I have read the terms of the creative_center sources and may use them.")
    ] = False,
) -> ExitCode:
    """Asks TikTok for a new access token with what is stored; with `--trends` asks that source for one list.

    Example: `tiktok-collector credentials test --local`
    """
    return _test_trends(screen, target, trends, acknowledge=acknowledge) if trends else _test_client(screen, target)


def _test_client(screen: Screen, target: Target) -> ExitCode:
    version = current_version(target, target.stack.access_token_secret)
    # Naming the present token makes the function ask for another one: only that shows whether the client is taken.
    event = {"rejected_version": version} if version else {}
    try:
        found = invoke(target.aws, target.stack.token_refresh, event)
    except FunctionFailed as error:
        raise Failure(ExitCode.CREDENTIALS, str(error)) from error
    if problem := found.get("problem"):
        screen.show(found, f"[yellow]Collecting goes on, but:[/yellow] {visible(problem)}")
        return ExitCode.CREDENTIALS
    left = until(from_iso(found["expires_at"]), target.clock.now())
    screen.show(found, f"[green]TikTok takes the credentials:[/green] a new access token ends {left}.")
    return ExitCode.DONE


def _test_trends(screen: Screen, target: Target, source: TrendSource, *, acknowledge: bool) -> ExitCode:
    if source in UNOFFICIAL and not acknowledge:
        raise Failure(
            ExitCode.USAGE,
            f"{source} is unofficial: read its terms, and add {_ACKNOWLEDGED} if you may use it (docs/trends.md).",
        )
    event = {
        "countries": ["US"],
        "kinds": {"hashtag": [str(source)]},
        "acknowledge_unofficial_terms": acknowledge,
    }
    report = msgspec.convert(invoke(target.aws, target.stack.trend_ingestion, event), TrendReport)
    refused = [gap for gap in report.gaps if gap.reason in {str(each) for each in OF_CREDENTIALS}]
    if refused:
        raise Failure(ExitCode.CREDENTIALS, refused[0].message)
    missing = [gap.message for gap in report.gaps]
    sentence = f"{source} takes the credentials: {report.rows:,} rows." if not missing else missing[0]
    screen.show(msgspec.to_builtins(report), sentence)
    return ExitCode.INCOMPLETE if missing or not report.complete else ExitCode.DONE
