"""`python -m local_cloud run | stop | logs | env-file | sam-local`: what the targets of make of the same names call."""

import argparse
import os
import signal
import sys

import requests
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape

from local_cloud.day import Day
from local_cloud.errors import LocalCloudError, in_words
from local_cloud.layout import Layout, Source, checkout
from local_cloud.lock import only_one
from local_cloud.logs import print_logs
from local_cloud.ministack import MiniStack
from local_cloud.options import read_options
from local_cloud.sam_local import SamLocal
from local_cloud.sandbox_process import Sandbox

_INTERRUPTED = 130
_LOCAL_AWS = {Source.SANDBOX: "the local AWS", Source.TIKTOK: "the local AWS that collects from TikTok"}


def main() -> int:
    """Runs the command; returns the exit code."""
    commands = {"run": run, "stop": stop, "logs": logs, "env-file": env_file}
    parser = argparse.ArgumentParser(prog="python -m local_cloud", description=__doc__)
    parser.add_argument("command", choices=sorted([*commands, "sam-local"]))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="sam-local: those of `sam local`")
    asked = parser.parse_args()
    if asked.arguments and asked.command in commands:
        parser.error(f"{asked.command} takes no arguments")
    # Said explicitly: a shell starts background jobs with SIGINT ignored, and SIGTERM would end without a word.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    console = Console(width=None if sys.stdout.isatty() else 140)
    try:
        return commands[asked.command](console) if asked.command in commands else sam_local(asked.arguments)
    except LocalCloudError as error:
        console.print(f"[red]{escape(str(error))}[/red]", highlight=False, soft_wrap=True)
        return 1
    except (BotoCoreError, ClientError, requests.RequestException) as error:
        console.print(
            "[red]A process of the local cloud failed to answer; what was stored is kept, so try `make run` again, "
            f"after `make stop` if need be: {escape(in_words(error))}[/red]",
            highlight=False,
            soft_wrap=True,
        )
        return 1
    except KeyboardInterrupt:
        console.print(
            "\nInterrupted. What was collected is stored; `make run` goes on from here, `make stop` ends everything.",
            highlight=False,
            soft_wrap=True,
        )
        return _INTERRUPTED


def run(console: Console) -> int:
    """`make run`."""
    root = checkout()
    options = read_options(os.environ, root / ".env")
    layout = Layout(root, options.source)
    with only_one(layout.file("lock")):
        return Day(layout, options, console).run()


def stop(console: Console) -> int:
    """`make stop`: ends emulators and sandboxes of this checkout, with their state saved."""
    stopped = False
    for source in Source:
        layout = Layout(checkout(), source)
        if not layout.state.is_dir():
            continue
        for name, service in ((_LOCAL_AWS[source], MiniStack(layout)), ("the sandbox", Sandbox(layout))):
            if service.stop():
                stopped = True
                console.print(f"Stopped {name}.", highlight=False)
    if not stopped:
        console.print("Nothing is running here.", highlight=False)
    return 0


def logs(console: Console) -> int:
    """`make logs`: the last log lines of the functions."""
    running = [url for source in Source if (url := MiniStack(Layout(checkout(), source)).url)]
    for url in running:
        print_logs(url, console)
    if not running:
        console.print("The local cloud does not run: `make run` starts it.", highlight=False)
    return 0


def env_file(console: Console) -> int:
    """`make env-file`: the variables of the deployed functions, as `sam local` takes them."""
    written = SamLocal(Layout(checkout(), Source.SANDBOX), os.environ).write_env_file()
    console.print(str(written), highlight=False, soft_wrap=True)
    return 0


def sam_local(arguments: list[str]) -> int:
    """`make sam-local`: a function in a Lambda container, or all of them behind Lambda's interface."""
    return SamLocal(Layout(checkout(), Source.SANDBOX), os.environ).run(arguments)


if __name__ == "__main__":
    sys.exit(main())
