"""What a person asks of `make run`: environment variables, and `.env` for the credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source

CLIENT_KEY = "TIKTOK_CLIENT_KEY"
CLIENT_SECRET = "TIKTOK_CLIENT_SECRET"  # noqa: S105 # the variable's name


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client key and secret of a Research API client; they never show in a repr."""

    client_key: str = field(repr=False)
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Options:
    """One `make run`. `credentials` is None for the sandbox; `research_api_url` empty for TikTok's own."""

    source: Source
    credentials: Credentials | None
    accounts: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    world: Path | None = None
    study: Path | None = None
    seed: str = ""
    faults: str = ""
    research_api_url: str = ""


def read_options(environment: Mapping[str, str], env_file: Path) -> Options:
    """The options in `environment`; credentials may also stand in `env_file`, which the environment overrides.

    Raises:
        LocalCloudError: they contradict each other, or a file is not there; the message names the variable.
    """
    values = {**_dotenv(env_file), **{name: value for name, value in environment.items() if value}}
    credentials = _credentials(values, env_file)
    accounts = _words(values, "ACCOUNTS")
    study = _file(values, "STUDY", "give a study file as docs/study.md describes")
    if credentials and not accounts and not study:
        raise LocalCloudError(
            f"{CLIENT_KEY} and {CLIENT_SECRET} are set, so TikTok itself would be asked, but ACCOUNTS is empty: "
            "name the accounts, as in `make run ACCOUNTS=a,b`, or a study file, as in `make run STUDY=study.yaml`, or "
            "unset both to use the sandbox."
        )
    if credentials and (extra := [name for name in ("WORLD", "SEED", "FAULTS") if values.get(name)]):
        raise LocalCloudError(
            f"{extra[0]} is for the sandbox, but {CLIENT_KEY} and {CLIENT_SECRET} are set, so TikTok itself would be "
            "asked: unset one or the other."
        )
    start, end = values.get("START", ""), values.get("END", "")
    if bool(start) != bool(end):
        raise LocalCloudError("START and END go together, as in `make run ACCOUNTS=a START=2024-01-01 END=2024-03-31`.")
    world = _file(values, "WORLD", "give a dataset as docs/sandbox.md describes")
    if not accounts and (study or not world) and (start or values.get("INCLUDE")):
        raise LocalCloudError("START, END and INCLUDE apply to the accounts of ACCOUNTS, which is empty: name some.")
    return Options(
        source=Source.TIKTOK if credentials else Source.SANDBOX,
        credentials=credentials,
        accounts=accounts,
        include=_words(values, "INCLUDE"),
        start=start,
        end=end,
        world=world,
        study=study,
        seed=_seed(values.get("SEED", "")),
        faults=values.get("FAULTS", ""),
        research_api_url=values.get("RESEARCH_API_URL", "") if credentials else "",
    )


def _credentials(values: Mapping[str, str], env_file: Path) -> Credentials | None:
    key, secret = values.get(CLIENT_KEY, ""), values.get(CLIENT_SECRET, "")
    if bool(key) != bool(secret):
        there, missing = (CLIENT_KEY, CLIENT_SECRET) if key else (CLIENT_SECRET, CLIENT_KEY)
        raise LocalCloudError(
            f"{there} is set but {missing} is not: set both (in the environment or in {env_file.name}) to collect from "
            "TikTok, or neither to use the sandbox."
        )
    return Credentials(key, secret) if key else None


def _words(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in values.get(name, "").split(",") if word.strip()))


def _file(values: Mapping[str, str], name: str, fix: str) -> Path | None:
    value = values.get(name, "")
    if not value:
        return None
    path = Path(value).expanduser().resolve()
    if not path.is_file():
        raise LocalCloudError(f"{name} names {value}, which is not a file: {fix}.")
    return path


def _seed(value: str) -> str:
    try:
        return str(int(value)) if value else ""
    except ValueError:
        raise LocalCloudError(f"SEED is {value!r}, which is not a whole number: write one, as in SEED=7.") from None


def _dotenv(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    values = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.strip() in {CLIENT_KEY, CLIENT_SECRET}:
            values[name.strip()] = value.strip().strip("\"'")
    return values
