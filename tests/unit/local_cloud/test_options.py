from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source
from local_cloud.options import Options, read_options

KEYS = {"TIKTOK_CLIENT_KEY": "key-1", "TIKTOK_CLIENT_SECRET": "secret-1"}


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def options(environment: dict[str, str], env_file: Path) -> Options:
    return read_options(environment, env_file)


def test_without_credentials_it_is_the_sandbox(env_file: Path) -> None:
    chosen = options({"ACCOUNTS": ""}, env_file)
    assert chosen.source is Source.SANDBOX
    assert chosen.credentials is None
    assert chosen.accounts == ()


def test_credentials_and_accounts_mean_tiktok_itself(env_file: Path) -> None:
    chosen = options({**KEYS, "ACCOUNTS": "one, two,one,"}, env_file)
    assert chosen.source is Source.TIKTOK
    assert chosen.accounts == ("one", "two")
    assert chosen.credentials is not None
    assert (chosen.credentials.client_key, chosen.credentials.client_secret) == ("key-1", "secret-1")


def test_credentials_and_a_study_need_no_accounts(tmp_path: Path, env_file: Path) -> None:
    study = tmp_path / "study.yaml"
    study.touch()
    chosen = options({**KEYS, "STUDY": str(study)}, env_file)
    assert (chosen.source, chosen.accounts, chosen.study) == (Source.TIKTOK, (), study)


def test_credentials_may_stand_in_the_env_file_and_the_environment_wins(env_file: Path) -> None:
    env_file.write_text(
        "# mine\nexport TIKTOK_CLIENT_KEY='from-file'\nTIKTOK_CLIENT_SECRET=\"also=from-file\"\nACCOUNTS=ignored\n"
    )
    chosen = options({"TIKTOK_CLIENT_KEY": "from-environment", "ACCOUNTS": "one"}, env_file)
    assert chosen.credentials is not None
    assert chosen.credentials.client_key == "from-environment"
    assert chosen.credentials.client_secret == "also=from-file"
    assert chosen.accounts == ("one",)


def test_credentials_never_show(env_file: Path) -> None:
    shown = repr(options({**KEYS, "ACCOUNTS": "one"}, env_file))
    assert "key-1" not in shown
    assert "secret-1" not in shown


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({"TIKTOK_CLIENT_KEY": "k"}, "TIKTOK_CLIENT_SECRET is not"),
        ({"TIKTOK_CLIENT_SECRET": "s"}, "TIKTOK_CLIENT_KEY is not"),
        (KEYS, "ACCOUNTS"),
        ({**KEYS, "ACCOUNTS": "a", "FAULTS": "realistic"}, "FAULTS"),
        ({**KEYS, "ACCOUNTS": "a", "SEED": "1"}, "SEED"),
        ({"START": "2024-01-01", "ACCOUNTS": "a"}, "START and END"),
        ({"START": "2024-01-01", "END": "2024-01-31"}, "ACCOUNTS"),
        ({"INCLUDE": "profile"}, "ACCOUNTS"),
        ({"SEED": "abc"}, "SEED"),
        ({"WORLD": "no/such/file.jsonl"}, "no/such/file.jsonl"),
        ({"STUDY": "no/such/study.yaml"}, "STUDY names no/such/study.yaml"),
        ({"STUDY": __file__, "START": "2024-01-01", "END": "2024-01-31"}, "ACCOUNTS"),
        ({"STUDY": __file__, "WORLD": __file__, "INCLUDE": "profile"}, "ACCOUNTS"),
    ],
)
def test_contradictions_are_one_sentence_that_names_the_variable(
    environment: dict[str, str], names: str, env_file: Path
) -> None:
    with pytest.raises(LocalCloudError) as caught:
        options(environment, env_file)
    assert names in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_world_is_a_file(tmp_path: Path, env_file: Path) -> None:
    world = tmp_path / "world.jsonl"
    world.touch()
    assert options({"WORLD": str(world)}, env_file).world == world


def test_a_world_names_accounts_itself_so_that_streams_and_period_may_be_given_without(
    tmp_path: Path, env_file: Path
) -> None:
    world = tmp_path / "world.jsonl"
    world.touch()
    period = {"START": "2024-01-01", "END": "2024-01-31", "INCLUDE": "profile"}
    assert options({"WORLD": str(world), **period}, env_file).include == ("profile",)
