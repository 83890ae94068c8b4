"""Secrets Manager or `token_refresh` throttled or failing, and an access token that is not to be had for a while."""

import json
from collections.abc import Sequence
from typing import Any, Final, override

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import play
from benchmarks.chaos.scene import SCENES, Scene
from benchmarks.chaos.storm import Fault, Faults, Spell, Storm, Stormy, When
from benchmarks.chaos.stormy_run import LIMITS, STORMS, THREADS, calm_requests, figures_of
from benchmarks.chaos.surroundings import StormyCloud, Strikes, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.weathers import outage, weather
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from benchmarks.fake_secrets import FakeSecrets
from sandbox.testing import SandboxServer
from tests.integration.collection.cloud import PSEUDONYM_KEY, Cloud
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.tokens.refresh import TokenRefresh

_CLIENT: Final = "client"
_TOKEN: Final = "access-token"  # noqa: S105 - the secret's name
_PSEUDONYMS: Final = "pseudonym-key"
_TOKEN_LIFE: Final = 1_200
"""Seconds; a run through a storm needs several tokens."""
_SHORT_LIFE: Final = 90
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
_INVOKING: Final[Faults] = {
    "invoke": [
        *[Fault("TooManyRequestsException", 429)] * 4,
        Fault("EC2ThrottledException", 502),
        Fault("ServiceException", 500),
        Fault("ServiceException", 500, When.AFTER),
        Fault("reset"),
        Fault("silence", when=When.AFTER),
        Fault("reset", when=When.TWICE),
    ]
}
_ABSENT: Final[Faults] = {"get_secret_value": [Fault("ResourceNotFoundException")]}


class _CloudWithSecrets(StormyCloud):
    """Obtains its tokens itself, by the secrets, as `token_refresh` does."""

    def __init__(self, sandbox: SandboxServer, storm: Storm | None, secrets: FakeSecrets, **options: Any) -> None:
        super().__init__(sandbox, token="", strikes=lambda *_: None, **options)
        self._strikes: Strikes = storm.strikes if storm else lambda *_: None
        self.secrets: Any = Stormy(secrets, self._strikes)
        self.client_secret, self.token_secret, self.pseudonym_secret = _CLIENT, _TOKEN, _PSEUDONYMS

    @override
    def everything(self) -> CollectionServices:
        return Cloud.services(self)

    @override
    def functions(self, refresh: TokenRefresh) -> Any:
        return Stormy(super().functions(refresh), self._strikes)


def _from_the_start(number: int) -> Sequence[Spell]:
    """No invocation succeeds at first: there are few of them, and the first one comes before any request."""
    return outage((0.3, 5, 30, 60, 180)[number % 5], after=0)


def _in_storm(scene: Scene, faults: Faults, seed: int, threads: int) -> Figures:
    with scene.sandbox(token_ttl_seconds=_TOKEN_LIFE if faults is not _INVOKING else _SHORT_LIFE) as sandbox:
        true, secrets = TrueTime(sandbox), FakeSecrets()
        credentials = {"client_key": sandbox.client_key, "client_secret": sandbox.client_secret}
        secrets.put_secret_value(SecretId=_CLIENT, SecretString=json.dumps(credentials))
        secrets.put_secret_value(SecretId=_PSEUDONYMS, SecretString=PSEUDONYM_KEY)
        how = _from_the_start(seed) if faults is _INVOKING else weather(seed)
        storm = Storm(faults, how, true.now, seed=seed)
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
    return Figures.total(_in_storm(SCENES[size], faults, seed + number, THREADS[size]) for number in numbers)


CASES: Final = (
    Case(
        "secrets-failing",
        "Secrets Manager throttles, answers 500, resets, for seconds, minutes, hours; tokens live 20 minutes",
        lambda size, seed: _storms(_FAILING, size, seed),
    ),
    Case(
        "token-refresh-failing",
        "`token_refresh` cannot be invoked: 429, 500, 502, resets, silence, for seconds, minutes, hours",
        lambda size, seed: _storms(_INVOKING, size, seed),
    ),
    Case(
        "secrets-absent",
        "secrets, the access token among them, are not there for seconds, minutes, hours",
        lambda size, seed: _storms(_ABSENT, size, seed),
    ),
)
