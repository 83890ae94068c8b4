"""Secrets Manager throttled or failing, and an access token that is not to be had for a while."""

import json
from typing import Any, Final, override

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import play
from benchmarks.chaos.scene import SCENES, Scene
from benchmarks.chaos.storm import Fault, Faults, Storm, Stormy, When
from benchmarks.chaos.stormy_run import LIMITS, STORMS, THREADS, calm_requests, figures_of
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.weathers import weather
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from benchmarks.fake_secrets import FakeSecrets
from sandbox.testing import SandboxServer
from tests.integration.collection.cloud import PSEUDONYM_KEY, Cloud
from tiktok_collector.collection.services import CollectionServices

_CLIENT: Final = "client"
_TOKEN: Final = "access-token"  # noqa: S105 - the secret's name
_PSEUDONYMS: Final = "pseudonym-key"
_TOKEN_LIFE: Final = 1_200
"""Seconds; a run through a storm needs several tokens."""
_BUSY: Final = [
    Fault("ThrottlingException"),
    Fault("LimitExceededException"),
    Fault("InternalServiceError", 500),
    Fault("reset"),
    Fault("silence"),
]
_FAILING: Final[Faults] = {
    "get_secret_value": _BUSY,
    "put_secret_value": [
        *_BUSY,
        Fault("InternalServiceError", 500, When.AFTER),
        Fault("InternalServiceError", 500, When.TWICE),
        Fault("reset", when=When.TWICE),
    ],
}
_ABSENT: Final[Faults] = {"get_secret_value": [Fault("ResourceNotFoundException")]}


class _CloudWithSecrets(StormyCloud):
    """Obtains its tokens itself, by the secrets, as `token_refresh` does."""

    def __init__(self, sandbox: SandboxServer, storm: Storm | None, secrets: FakeSecrets, **options: Any) -> None:
        super().__init__(sandbox, token="", strikes=lambda *_: None, **options)
        self.secrets: Any = Stormy(secrets, storm.strikes if storm else lambda *_: None)
        self.client_secret, self.token_secret, self.pseudonym_secret = _CLIENT, _TOKEN, _PSEUDONYMS

    @override
    def everything(self) -> CollectionServices:
        return Cloud.services(self)


def _in_storm(scene: Scene, faults: Faults, seed: int, threads: int) -> Figures:
    with scene.sandbox(token_ttl_seconds=_TOKEN_LIFE) as sandbox:
        true, secrets = TrueTime(sandbox), FakeSecrets()
        credentials = {"client_key": sandbox.client_key, "client_secret": sandbox.client_secret}
        secrets.put_secret_value(SecretId=_CLIENT, SecretString=json.dumps(credentials))
        secrets.put_secret_value(SecretId=_PSEUDONYMS, SecretString=PSEUDONYM_KEY)
        storm = Storm(faults, weather(seed), true.now, seed=seed)
        shared: dict[str, Any] = {"dynamodb": FakeDynamoDB(), "s3": FakeS3(), "true": true, "threads": threads}
        invocations = play(
            _CloudWithSecrets(sandbox, storm, secrets, **shared),
            scene.event(identified=False),
            is_over=lambda: storm.over,
        )
        calm = _CloudWithSecrets(sandbox, None, secrets, **shared)
        return figures_of(
            Verdict(scene, sandbox, calm, pseudonymous=True),
            calm,
            LIMITS,
            invocations,
            injected=storm.injected,
            extra_allowed=0,
            requests=calm_requests(scene),
        )


def _storms(faults: Faults, size: Size, seed: int) -> Figures:
    numbers = range(STORMS[size])
    figures = [_in_storm(SCENES[size], faults, seed + number, THREADS[size]) for number in numbers]
    return sum(figures[1:], figures[0])


CASES: Final = (
    Case(
        "secrets-failing",
        "Secrets Manager throttles, answers 500, resets, for seconds, minutes, hours; tokens live 20 minutes",
        lambda size, seed: _storms(_FAILING, size, seed),
    ),
    Case(
        "secrets-absent",
        "secrets, the access token among them, are not there for seconds, minutes, hours",
        lambda size, seed: _storms(_ABSENT, size, seed),
    ),
)
