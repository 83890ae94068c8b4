"""What collecting needs, built once per process from its settings, and the engine of each invocation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from tiktok_collector.aws import dynamodb_client, lambda_client, s3_client, secrets_client
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.collection.canary import Canary
from tiktok_collector.collection.chain import Chain
from tiktok_collector.collection.completion import Completion
from tiktok_collector.collection.engine import Engine, Worker
from tiktok_collector.collection.export import ExportWriter
from tiktok_collector.collection.gate import QuotaGate
from tiktok_collector.collection.health import ApiHealth
from tiktok_collector.collection.manifest import ManifestWriter
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.page_worker import PageWorker
from tiktok_collector.collection.pages import PageSource
from tiktok_collector.collection.planning import RunPlanner
from tiktok_collector.collection.reservations import Reservations
from tiktok_collector.collection.setbacks import Setbacks
from tiktok_collector.deadline import Deadline
from tiktok_collector.first_use import at_first_use
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_collector.observability import Log
from tiktok_collector.pseudonyms.keys import PseudonymKeys
from tiktok_collector.quota.budget import Budget, budgets
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.settings import CollectionSettings
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import TaskKind
from tiktok_collector.tokens.access_token import AccessTokens
from tiktok_collector.tokens.secret_store import SecretStore

if TYPE_CHECKING:
    from tiktok_collector.research_api.client import ResearchApiClient
    from tiktok_collector.studies.planning import StudyPlanning
    from tiktok_collector.studies.study_services import StudyServices


@dataclass(frozen=True, kw_only=True)
class CollectionServices:
    """The long-lived parts; each can be replaced by a test."""

    clock: Clock
    tasks: TaskStore
    runs: RunStore
    ledger: QuotaLedger
    client: "ResearchApiClient"
    pages: RawPageStore
    objects: ObjectStore
    uploads: MultipartUpload
    tokens: AccessTokens
    pseudonym_keys: PseudonymKeys
    budgets: Mapping[Family, Budget]
    threads: int

    @classmethod
    def build(cls, environment: Mapping[str, str], clock: Clock | None = None) -> Self:
        """The services of a deployed function.

        Raises:
            InvalidRequest: a setting is missing or malformed; the message names it.
        """
        settings = CollectionSettings.load(environment)
        clock = clock or SystemClock()
        dynamodb, s3, limits = dynamodb_client(), s3_client(), budgets(settings)
        secrets = at_first_use(secrets_client)
        return cls(
            clock=clock,
            tasks=TaskStore(dynamodb, settings.tasks_table, clock),
            runs=RunStore(dynamodb, settings.tasks_table, clock),
            ledger=QuotaLedger(
                dynamodb,
                settings.usage_log_table,
                limits,
                clock,
                turn_of_day=timedelta(seconds=settings.turn_of_day_seconds),
            ),
            client=at_first_use(lambda: _client(settings, clock)),
            pages=RawPageStore(s3, settings.bucket, clock=clock),
            objects=ObjectStore(s3, settings.bucket),
            uploads=MultipartUpload(s3, settings.bucket),
            tokens=AccessTokens(
                secrets,
                settings.access_token_secret,
                at_first_use(lambda_client),
                settings.token_refresh_function,
                clock,
            ),
            pseudonym_keys=PseudonymKeys(SecretStore(secrets, settings.pseudonym_key_secret)),
            budgets=limits,
            threads=settings.threads,
        )

    def manifests(self) -> ManifestWriter:
        """The writer of manifests."""
        return ManifestWriter(
            tasks=self.tasks,
            runs=self.runs,
            objects=self.objects,
            parts=self.uploads,
            clock=self.clock,
            closings={"study": lambda: self._studies().closing()},
        )

    def planner(self) -> RunPlanner:
        """The planner of runs."""
        return RunPlanner(
            tasks=self.tasks, runs=self.runs, manifests=self.manifests(), objects=self.objects, threads=self.threads
        )

    def study_planning(self) -> "StudyPlanning":
        """What plans a study's days."""
        return self._studies().planning()

    def _studies(self) -> "StudyServices":
        # Loaded where a study is planned or closed only, which is twice a day, not at every cold start.
        from tiktok_collector.studies.study_services import StudyServices  # noqa: PLC0415 - as said

        return StudyServices(self)

    def engine(self, deadline: Deadline, owner: str, log: Log) -> Engine:
        """An engine for one invocation, which must have stored everything by `deadline`."""
        chain, health, gate = Chain(self.tasks), ApiHealth(self.clock), QuotaGate(self.clock)
        reservations = Reservations(self.ledger, self.clock, log)
        pages = self._page_worker(chain, health, gate, reservations, deadline=deadline, log=log)
        export = ExportWriter(
            tasks=self.tasks,
            runs=self.runs,
            reader=PageReader(self.pages),
            objects=self.objects,
            parts=self.uploads,
            keys=self.pseudonym_keys,
            clock=self.clock,
            deadline=deadline,
        )
        workers: dict[TaskKind, Worker] = {
            TaskKind.PAGES: pages,
            TaskKind.SWEEP: pages,
            TaskKind.EXPORT: export,
            TaskKind.MANIFEST: self.manifests(),
        }
        return Engine(
            tasks=self.tasks,
            runs=self.runs,
            workers=workers,
            completion=Completion(self.tasks, self.runs, self.clock),
            chain=chain,
            health=health,
            gate=gate,
            reservations=reservations,
            clock=self.clock,
            deadline=deadline,
            threads=self.threads,
            owner=owner,
            log=log,
        )

    def _page_worker(
        self,
        chain: Chain,
        health: ApiHealth,
        gate: QuotaGate,
        reservations: Reservations,
        *,
        deadline: Deadline,
        log: Log,
    ) -> PageWorker:
        pages = PageSource(self.ledger, reservations, self.client, self.pages, self.clock)
        canary = Canary(pages=pages, tokens=self.tokens, health=health, deadline=deadline, clock=self.clock)
        setbacks = Setbacks(
            tasks=self.tasks,
            reservations=reservations,
            chain=chain,
            health=health,
            canary=canary,
            gate=gate,
            clock=self.clock,
            deadline=deadline,
            log=log,
        )
        return PageWorker(
            tasks=self.tasks,
            pages=pages,
            reader=PageReader(self.pages),
            tokens=self.tokens,
            chain=chain,
            setbacks=setbacks,
            health=health,
            clock=self.clock,
            deadline=deadline,
            log=log,
        )


def _client(settings: CollectionSettings, clock: Clock) -> "ResearchApiClient":
    # Imported with the first request: a tick with nothing to do, or with no quota left, loads no HTTP library.
    from tiktok_collector.research_api.client import ResearchApiClient  # noqa: PLC0415 - as said

    return ResearchApiClient(str(settings.research_api_url), clock)
