"""Patience with AWS where giving up would waste a request that TikTok has already counted."""

from collections.abc import Callable
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.errors import AwsBusy

_PAUSES_SECONDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)


def patiently[Result](call: Callable[[], Result], clock: Clock) -> Result:
    """The result of `call`, which is repeated while AWS is busy, for about 15 seconds.

    Raises:
        AwsBusy: it is still busy after that.
    """
    for pause in _PAUSES_SECONDS:
        try:
            return call()
        except AwsBusy:
            clock.sleep(pause)
    return call()
