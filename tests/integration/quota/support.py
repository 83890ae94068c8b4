import msgspec

from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.reservation import Reservation

TABLE = "usage-log"


def entry_of(
    reservation: Reservation,
    outcome: Outcome = "ok",
    http_status: int | None = 200,
    *,
    run_id: str = "run-1",
    endpoint: str = "video_query",
    records: int = 100,
) -> UsageEntry:
    entry = reservation.entry(run_id=run_id, task_id="task-1", endpoint=endpoint)
    return msgspec.structs.replace(entry, http_status=http_status, outcome=outcome, records=records, latency_ms=150)
