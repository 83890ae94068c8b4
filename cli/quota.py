"""`tiktok-collector quota`: what is used, what for, and what is to come."""

from enum import StrEnum
from typing import Annotated

import typer

from cli.commands import about_a_stack
from cli.quota_screen import quota_screen
from cli.screen import Screen
from cli.target import Target
from cli.usage_documents import quota_of


class By(StrEnum):
    """What requests may be added up by."""

    COLLECTION = "collection"
    ENDPOINT = "endpoint"
    WORK = "work"


@about_a_stack
def quota(
    screen: Screen,
    target: Target,
    *,
    by: Annotated[
        list[By] | None,
        typer.Option("--by", help="Tables to show; may be given several times.", show_default="collection"),
    ] = None,
    days: Annotated[bool, typer.Option("--days/--no-days", help="The plot of the last 30 days.")] = True,
) -> None:
    """Today's quota by family, by collection and endpoint, what is to come until midnight, and the last 30 days.

    Asks the function `quota_accounting`, which adds up the ledger as it is now.

    Example: `tiktok-collector quota --by collection --local`
    """
    found = quota_of(target)
    screen.show(
        {"report": found.report, "history": found.history},
        *quota_screen(found, by=[str(each) for each in by or (By.COLLECTION,)], days=days),
    )
