"""What waits although the terms do not, for the alarm that hears of it (docs/runbook.md)."""

from tiktok_collector.observability import Log
from tiktok_lake.refresh.status import LakeStatus


def tell(status: LakeStatus, log: Log) -> None:
    """One line in the log where something is late or held; numbers only, and none where all is well."""
    held = sum(len(each.held) for each in status.rounds)
    if sum(status.late.values()) or held:
        log.warning(
            "Checks are late, or their answers wait for a person.",
            extra={"waits": True, "late": status.late, "held": held},
        )
