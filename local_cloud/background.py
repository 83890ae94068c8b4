"""Work in a daemon thread: where `make run` ends early, nothing waits for an answer that may take 15 minutes."""

import threading
from collections.abc import Callable
from concurrent.futures import Future


def in_background[Result](work: Callable[[], Result]) -> Future[Result]:
    """The future result of `work`, which starts at once and does not keep the process alive."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001 # handed to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
