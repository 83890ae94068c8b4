"""Cold start of each handler, against a bare `import boto3` with the two clients that it needs most.

    python -m benchmarks.cold_start [folder of a built layer's modules]

CPU time of fresh processes from their first line on: the module, its use case with all clients, its smallest event
parsed; no request goes out. Both kinds take turns, and each counts with its median. Bytecode is compiled beforehand;
of a built layer it is what the build has put there.
"""

import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.lambda_layout import LambdaLayout

_TIMED: Final = """
import time
start = time.process_time()
{code}
print(time.process_time() - start)
"""
_BARE: Final = """
import boto3
for service in {clients}:
    boto3.client(service)
"""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function: how it is built, the event that it parses, and the clients of the bare import."""

    function: str
    code: str
    clients: tuple[str, str] = ("dynamodb", "s3")


SEARCH: Final = {
    "name": "cats",
    "query": {"and": [{"field_name": "keyword", "operation": "EQ", "field_values": ["cats"]}]},
}
HANDLERS: Final = (
    Handler(
        "user_extraction", "import app; app._services(); app.parse_event(app.ExtractionEvent, {'username': 'someone'})"
    ),
    Handler("video_search", f"import app; app._services(); app.parse_event(app.SearchEvent, {SEARCH})"),
    Handler("collection_worker", "import app; app._services(); app.parse_event(app.WorkerEvent, {})"),
    Handler(
        "trend_ingestion",
        "import app; app._services(); app.parse_event(app.trend_model({'study': True}), {'study': True})",
    ),
    Handler("quota_accounting", "import app; app._use_case(); app.parse_event(app.QuotaAccountingEvent, {})"),
    Handler(
        "token_refresh",
        "import app; app._use_case(); app.parse_event(app.TokenRefreshEvent, {})",
        ("dynamodb", "secretsmanager"),
    ),
)


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Seconds of CPU time."""

    function: str
    handler: float
    bare: float

    @property
    def ratio(self) -> float:
        """How many bare imports the handler costs."""
        return self.handler / self.bare


def measure(processes: int, built: Path | None = None) -> list[ColdStart]:
    """The cold starts of all handlers, each the median of so many processes; `built` is as `LambdaLayout` takes it."""
    with tempfile.TemporaryDirectory(prefix="cold-start-") as folder:
        layout = LambdaLayout(Path(folder), built)
        return [_measure(layout, handler, processes) for handler in HANDLERS]


def _measure(layout: LambdaLayout, handler: Handler, processes: int) -> ColdStart:
    ours = _TIMED.format(code=handler.code)
    bare = _TIMED.format(code=_BARE.format(clients=handler.clients))
    times: dict[str, list[float]] = {ours: [], bare: []}
    for number in range(processes + 1):
        for code, taken in times.items():
            seconds = float(layout.run(code, handler.function))
            if number:  # the first of each compiles
                taken.append(seconds)
    return ColdStart(handler.function, statistics.median(times[ours]), statistics.median(times[bare]))


def main() -> None:
    """Print the figures."""
    built = Path(sys.argv[1]).resolve() if sys.argv[1:] else None
    for each in measure(15, built):
        print(f"{each.function:18} {each.handler * 1000:5.0f} ms  bare {each.bare * 1000:5.0f} ms  x{each.ratio:.2f}")


if __name__ == "__main__":
    main()
