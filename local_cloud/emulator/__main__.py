"""Serves MiniStack on 127.0.0.1 until SIGTERM or SIGINT: over http, or over https and beside it http."""

import asyncio
import os
import signal
import sys

from hypercorn.asyncio import serve  # type: ignore[import-not-found]
from hypercorn.config import Config  # type: ignore[import-not-found]
from ministack.core import tls  # type: ignore[import-not-found]

from local_cloud.emulator.saving import SavingApp

_LAST_ANSWERS_SECONDS = 4.0


async def main() -> None:
    """Serves on the port in GATEWAY_PORT, and ends the process; with USE_SSL that is https, and PLAIN_PORT is http."""
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    if tls.use_ssl_enabled():
        config.certfile, config.keyfile = tls.resolve_tls_material()
        config.insecure_bind = [f"127.0.0.1:{os.environ['PLAIN_PORT']}"]
        # The functions' processes inherit it.
        os.environ["AWS_CA_BUNDLE"] = config.certfile
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    app = SavingApp()
    saving = asyncio.create_task(app.save_for_ever())
    stopping = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopping.set)
    serving = asyncio.create_task(serve(app, config, shutdown_trigger=stopping.wait))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    # Over https a client that keeps its connection open would hold up the end for half a minute.
    ended, _ = await asyncio.wait({serving}, timeout=_LAST_ANSWERS_SECONDS)
    for each in ended:
        each.result()
    saving.cancel()
    app.save()
    # Functions that are still running hold threads that would keep the process, and connections hold the loop; the
    # functions' work is resumable.
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
