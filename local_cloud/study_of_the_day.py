"""The study's part of a `make run`: uploaded, followed to the end of its day, told."""

from datetime import UTC, datetime

from rich.console import Console

from local_cloud.collecting import Collected
from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from local_cloud.orders import Order, read_event
from local_cloud.progress import counted
from local_cloud.stack import Stack
from local_cloud.study_choice import ChosenStudy
from local_cloud.study_orders import study_orders, unfinished
from local_cloud.study_report import print_sentences, print_study
from local_cloud.study_results import StudyResult, study_result_of
from local_cloud.study_upload import already_planned, upload
from local_cloud.study_view_file import write_view
from tiktok_collector.errors import CollectorError


class StudyOfTheDay:
    """One study on the present UTC day.

    `collected` is what came of its runs, once they were followed. A day that was planned from another study before
    stays that study's, and is told as such.
    """

    def __init__(self, layout: Layout, aws: LocalAws, stack: Stack, chosen: ChosenStudy, console: Console) -> None:
        self.collected = Collected([])
        self._layout = layout
        self._aws = aws
        self._stack = stack
        self._chosen = chosen
        self._console = console
        self._day = datetime.now(UTC).date()
        self._result: StudyResult | None = None

    @property
    def name(self) -> str:
        """The study's name."""
        return self._chosen.name

    def upload(self) -> str:
        """Puts it into the bucket; returns its name and whether it was there."""
        changed = upload(self._aws.s3, self._stack.bucket, self._chosen)
        return self.name + ("" if changed else ", unchanged")

    def orders(self) -> tuple[list[Order], list[Order]]:
        """Its runs of earlier days that are under way, and today's."""
        self._day = datetime.now(UTC).date()
        today = study_orders(self._day, read_event(self._layout.root / "events" / "study_now.json"))
        return unfinished(self._aws, self._stack, today), today

    def write_view(self) -> str:
        """Writes the deduplicated view of the study that was worked; returns where and how long it is."""
        try:
            self._result = study_result_of(self._aws, self._stack.bucket, self._day)
        except CollectorError as error:
            raise LocalCloudError(str(error)) from error
        if self._result is None:
            return "none"
        view = write_view(self._aws, self._stack.bucket, self._result.study, self._layout)
        return f"{counted(view.videos, 'video')} in {view.path.relative_to(self._layout.root)}"

    def report(self) -> bool:
        """Prints what came of the day; returns whether there is anything to tell."""
        sentence = already_planned(self._aws.s3, self._stack.bucket, self._chosen, self._day, self._layout)
        print_sentences(self._console, [sentence] if sentence else [])
        if self._result is None:
            print_sentences(self._console, [f"Nothing was planned of the study {self.name} on {self._day} (UTC)."])
            return False
        print_study(self._console, self._result)
        return True
