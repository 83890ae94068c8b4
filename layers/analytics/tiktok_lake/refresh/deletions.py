"""Goes on with deletions: a refresh begins some, and so does a purge; whoever comes next finishes all."""

from collections.abc import Callable

from tiktok_collector.deadline import Deadline
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.deletion.orders import Order
from tiktok_lake.lease import lake_lease
from tiktok_lake.refresh.services import RefreshServices


def finish_deletions(
    services: RefreshServices, deadline: Deadline, order: Callable[[], Order] | None = None
) -> dict[str, Certificate]:
    """Goes on with all deletions that were begun, until the deadline; returns the certificates written, by key.

    Args:
        services: Of the invocation, which holds `refresh_lease`.
        deadline: When it ends.
        order: Makes one more, which is begun first, once the row store has all that was received.

    Raises:
        LakeBusy: another function has the row store.
        CollectorError: what was done stays done.
    """
    curation, deletion = services.curation(), services.deletion()
    with lake_lease(services.dynamodb, services.tasks_table, services.clock):
        # What is in no row yet cannot be deleted from rows, and would come back.
        if not curation.finish_pending(deadline) or curation.run(deadline).left:
            return {}
        if order is not None:
            deletion.begin(order())
        return deletion.finish(deadline).certificates
