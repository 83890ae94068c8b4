"""What the handlers of the collecting functions share: an event, the services of the process, a deadline, a report."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.deadline import Deadline
from tiktok_collector.handling import answer
from tiktok_collector.observability import Log, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


class UseCase[Event](Protocol):
    """What a collecting function does with its event until its deadline."""

    def run(self, event: Event, *, request_id: str, deadline: Deadline) -> msgspec.Struct:
        """Does it; returns a report."""
        ...


def collect[Event](
    function: str,
    context: "LambdaContext",
    *,
    event: Callable[[], Event],
    services: Callable[[], CollectionServices],
    use_case: Callable[[CollectionServices, Log], UseCase[Event]],
) -> dict[str, Any]:
    """One invocation of a collecting function; returns its report as a JSON object.

    Args:
        function: Its name, which its log lines carry.
        context: Lambda's, for the time left and the id of the request.
        event: Reads the event; called first, so that a wrong one touches nothing.
        services: Gives the services of this process.
        use_case: Makes the use case.

    Raises:
        CollectorError: as `handling.answer` does.
    """
    log = logger(function)

    def report() -> msgspec.Struct:
        parsed, built = event(), services()
        deadline = Deadline.after(built.clock, context.get_remaining_time_in_millis())
        return use_case(built, log).run(parsed, request_id=context.aws_request_id, deadline=deadline)

    return answer(log, report)
