"""`make run`: a day of collection, from an empty checkout or from wherever the last one ended."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from local_cloud import client_trial, credentials, sandbox_process, stack
from local_cloud.collecting import Collected, Collecting
from local_cloud.console import Steps
from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError
from local_cloud.invocation import invoke
from local_cloud.layout import Layout, Source
from local_cloud.ministack import MiniStack
from local_cloud.mirror import mirror
from local_cloud.options import Options
from local_cloud.orders import Order, OrderBook, events_for, read_event
from local_cloud.progress import ProgressView, counted, visible
from local_cloud.quota_today import usage_today
from local_cloud.report import print_accounts, print_quota, print_strangers
from local_cloud.results import AccountResult, results_of
from local_cloud.revival import revive
from local_cloud.row_store_of_the_day import RowStoreOfTheDay
from local_cloud.sam import Sam
from local_cloud.sandbox_process import Sandbox
from local_cloud.study_choice import ChosenStudy, chosen_study
from local_cloud.study_of_the_day import StudyOfTheDay
from local_cloud.trends_of_the_day import TrendsOfTheDay
from local_cloud.validation import check_events
from local_cloud.world_dataset import with_world
from local_cloud.world_file import fill_in, notice
from tiktok_collector.clock import SystemClock

_SANDBOX_NOTICE = (
    "Collecting from the sandbox, a TikTok on this machine. To collect from TikTok itself, set TIKTOK_CLIENT_KEY and "
    "TIKTOK_CLIENT_SECRET (in the environment or in .env) and name ACCOUNTS or a STUDY."
)
_TIKTOK_NOTICE = "Collecting from TikTok itself, with your client's quota."


def _event(layout: Layout, name: str) -> dict[str, Any]:
    return read_event(layout.root / "events" / f"{name}.json")


class Day:
    """One `make run`, step by step: the extractions asked for, and then the study's day."""

    def __init__(self, layout: Layout, options: Options, console: Console) -> None:
        self._layout = layout
        self._options = options
        self._console = console
        self._steps = Steps(console)
        self._emulator = MiniStack(layout)
        self._sandbox = Sandbox(layout) if options.source is Source.SANDBOX else None
        self._sandbox_was_down = False
        self._rejected: str | None = None

    def run(self) -> int:
        """Collects and reports; 0 if every account is complete or says why it is not.

        Raises:
            LocalCloudError: something keeps the run from going on.
        """
        self._console.print(_SANDBOX_NOTICE if self._sandbox else _TIKTOK_NOTICE, highlight=False)
        self._options, said = with_world(self._options, self._layout.file("world.jsonl"))
        if said:
            self._console.print(visible(said), highlight=False, soft_wrap=True)
        now = datetime.now(UTC)
        chosen = chosen_study(self._options, self._layout.root, now.date())
        events = self._events(now)
        aws, deployed = self._bring_up()
        # Before any function runs: the worker plans the study's day, too.
        study = StudyOfTheDay(self._layout, aws, deployed, chosen, self._console) if chosen else None
        if study:
            with self._steps.step("Uploading the study") as notes:
                notes.append(study.upload())
        trends = self._ingest_trends(aws, deployed, chosen)
        self._prepare(aws, deployed)
        book = OrderBook(self._layout.file("orders.json"))
        left, new = book.place(events, datetime.now(UTC))
        if left:
            interrupted = counted(len(left), "interrupted extraction")
            self._console.print(f"  Going on with {interrupted}.", highlight=False)
        accounts = counted(len({name for order in (*left, *new) for name in order.accounts}), "account")
        collected = self._collect(aws, deployed, accounts, left, new)
        if study:
            earlier, today = study.orders()
            study.collected = self._collect(aws, deployed, f"the study {study.name}", earlier, today)
        rows = RowStoreOfTheDay(aws, deployed, self._layout, self._console)
        with self._steps.step("Making rows of the pages") as notes:
            notes.append(rows.curate(_event(self._layout, "lake_curation")))
        with self._steps.step("Checking what is due") as notes:
            notes.append(rows.check(_event(self._layout, "data_refresh")))
        with self._steps.step("Accounting"):
            invoke(aws, deployed.quota_accounting, _event(self._layout, "quota_accounting"))
            self._emulator.save()
        results = self._results(aws, deployed, [*left, *new], collected)
        book.close({status.run_id for status in collected.statuses if status.finished} | set(collected.problems))
        good = self._report(aws, deployed, results, collected, study=study, trends=trends, rows=rows)
        return 0 if good and all(result.complete or result.reason for result in results) else 1

    def _events(self, now: datetime) -> list[dict[str, Any]]:
        """The events to send, refused here if the functions would refuse them, which is minutes earlier."""
        options = fill_in(self._options, now.date())
        if taken := notice(self._options, options):
            self._console.print(visible(taken), highlight=False, soft_wrap=True)
        events = events_for(options, self._layout.root / "events")
        check_events(events, now)
        return events

    def _bring_up(self) -> tuple[LocalAws, stack.Stack]:
        sam = Sam(self._layout)
        asked = self._options.research_api_url
        whom_to_ask = {"ResearchApiUrl": asked} if asked else {}
        if self._sandbox:
            with self._steps.step("Starting the sandbox") as notes:
                self._sandbox_was_down = self._sandbox.url is None
                url = self._sandbox.start(self._options)
                whom_to_ask = stack.sandbox_parameters(url)
                notes.append(url)
        with self._steps.step("Building functions and layer"):
            built_from = sam.build()
        with self._steps.step("Starting the local AWS") as notes:
            aws_was_down = self._emulator.url is None
            aws = LocalAws(self._emulator.start())
            notes.append(aws.url)
        with self._steps.step("Deploying the stack") as notes:
            deployed, changed = stack.ensure(self._layout, sam, aws, built_from, whom_to_ask)
            notes.append(stack.name_of(self._layout) + ("" if changed else ", unchanged"))
            self._store_credentials(aws, deployed)
            if self._sandbox:
                credentials.store_trends(aws, deployed.trend_credentials_secret, self._sandbox.trend_credentials())
            if revived := revive(aws, deployed, orphaned=aws_was_down, outage_over=self._sandbox_was_down):
                notes.append(f"{revived} interrupted tasks freed")
            self._emulator.save()
        return aws, deployed

    def _store_credentials(self, aws: LocalAws, deployed: stack.Stack) -> None:
        given = self._options.credentials
        if given and not credentials.holds(aws, deployed.client_credentials_secret, given):
            # The functions would fall back on older ones, and a person who mistyped would not hear of it.
            client_trial.why_untried(aws, deployed.token_refresh, given, SystemClock())
        if credentials.store(aws, deployed.client_credentials_secret, given or sandbox_process.CREDENTIALS):
            self._rejected = credentials.token_version(aws, deployed.access_token_secret)

    def _ingest_trends(self, aws: LocalAws, deployed: stack.Stack, chosen: ChosenStudy | None) -> TrendsOfTheDay | None:
        """Before the study's day is planned, since its searches may take hashtags from trends."""
        if chosen is None or chosen.read.study.trends is None:
            return None
        trends = TrendsOfTheDay(aws, deployed, chosen.read.study.trends, self._console)
        with self._steps.step("Ingesting trends") as notes:
            notes.append(trends.ingest(_event(self._layout, "study_now")))
        return trends

    def _prepare(self, aws: LocalAws, deployed: stack.Stack) -> None:
        # Before anything is sent: the ledger must not be below what the stored pages prove.
        with self._steps.step("Checking the ledger"):
            invoke(aws, deployed.quota_accounting, _event(self._layout, "quota_accounting"))
        with self._steps.step("Refreshing the access token"):
            # A token of other credentials would be taken for good until it is refused in the middle of the run.
            rejected = {"rejected_version": self._rejected} if self._rejected else {}
            invoke(aws, deployed.token_refresh, _event(self._layout, "token_refresh") | rejected)

    def _collect(
        self, aws: LocalAws, deployed: stack.Stack, what: str, left: list[Order], new: list[Order]
    ) -> Collected:
        if not (left or new):
            return Collected([])
        with (
            self._steps.step(f"Collecting {what}", spinner=False) as notes,
            ProgressView(self._console) as view,
        ):
            collected = Collecting(
                aws, deployed, show=view.show, check=self._check, revive=lambda: self._end_outage(aws, deployed)
            ).run(left, new)
            pages = sum(subject.pages for status in collected.statuses for subject in status.subjects)
            notes.append(counted(pages, "page"))
        return collected

    def _end_outage(self, aws: LocalAws, deployed: stack.Stack) -> int:
        """A function that ran on while the sandbox was away may have parked its tasks after they were revived."""
        return revive(aws, deployed, orphaned=False, outage_over=self._sandbox_was_down)

    def _check(self) -> None:
        for name, url in (("local AWS", self._emulator.url), ("sandbox", self._sandbox.url if self._sandbox else "-")):
            if url is None:
                raise LocalCloudError(
                    f"The {name} has ended while it was needed; what was stored is kept, and the next `make run` "
                    "starts it again and goes on from there."
                )

    def _results(
        self, aws: LocalAws, deployed: stack.Stack, orders: list[Order], collected: Collected
    ) -> list[AccountResult]:
        return [
            result
            for order, status in zip(orders, collected.statuses, strict=True)
            for result in results_of(aws, deployed.bucket, order, status, collected.problems.get(order.run_id))
        ]

    def _report(
        self,
        aws: LocalAws,
        deployed: stack.Stack,
        results: list[AccountResult],
        collected: Collected,
        *,
        study: StudyOfTheDay | None,
        trends: TrendsOfTheDay | None,
        rows: RowStoreOfTheDay,
    ) -> bool:
        """Prints what came of everything; returns whether nothing failed and all of the study is explained."""
        with self._steps.step("Mirroring the bucket") as notes:
            index = self._layout.file("mirror.json")
            mirrored = mirror(aws.s3, deployed.bucket, self._layout.out, index)
            folder = self._layout.out.relative_to(self._layout.root)
            notes.append(f"{mirrored.objects} objects in {folder}/, {mirrored.fetched} of them new")
        if study:
            with self._steps.step("Writing the study's videos") as notes:
                notes.append(study.write_view())
        if results:
            print_accounts(self._console, results)
        if self._sandbox:
            print_strangers(self._console, results)
        explained = study.report() if study else True
        if trends:
            trends.report()
        rows.report()
        print_quota(self._console, usage_today(aws, deployed, self._sandbox))
        passes = [collected, study.collected] if study else [collected]
        problems = dict.fromkeys(problem for each in passes for problem in each.problems.values())
        if trends and trends.problem:
            problems[trends.problem] = None
        problems |= dict.fromkeys(rows.problems)
        for problem in problems:
            self._console.print(f"[red]{visible(problem)}[/red]", highlight=False, soft_wrap=True)
        if resting := [each.resting_until for each in passes if each.resting_until]:
            self._console.print(
                f"The rest goes on from {min(resting):%Y-%m-%d %H:%M} UTC: by itself while the local cloud "
                "runs, or with the next `make run`.",
                highlight=False,
                soft_wrap=True,
            )
        return explained and not problems
