"""Why a task waits, as it is stored with the task, and as one sentence for a person."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Waiting(StrEnum):
    """What a parked task waits for."""

    DEADLINE = "deadline"
    RETRY = "retry"
    QUOTA = "quota"
    RATE_LIMITED = "rate_limited"
    API_DOWN = "api_down"
    UNREACHABLE = "unreachable"
    TOKEN_REJECTED = "token_rejected"  # noqa: S105 - a reason, not a secret
    NO_TOKEN = "no_token"  # noqa: S105 - a reason, not a secret
    AWS_BUSY = "aws_busy"
    SCOPE = "scope"
    DEFECT = "defect"


SENTENCES: Final[Mapping[str, str]] = {
    Waiting.DEADLINE: "The function's time was over; the next tick goes on.",
    Waiting.RETRY: "TikTok failed on a page; it is tried again, then split or recorded as a gap.",
    Waiting.QUOTA: "The quota grants nothing for now; the usage log says until when.",
    Waiting.RATE_LIMITED: "TikTok asks for fewer requests (429 rate_limit_exceeded); the pause grows until it relents.",
    Waiting.API_DOWN: "TikTok's API answers nothing but errors; a request now and then finds out when that is over.",
    Waiting.UNREACHABLE: (
        "No connection to TikTok's API, so nothing is sent; check RESEARCH_API_URL and the network if it stays so."
    ),
    Waiting.TOKEN_REJECTED: "TikTok rejects even a new access token; if it stays so, check the client with TikTok.",
    Waiting.NO_TOKEN: "There is no access token just now; look at the log of token_refresh if it stays so.",
    Waiting.AWS_BUSY: "AWS is busy; the work is kept and goes on at the next tick.",
    Waiting.SCOPE: "TikTok has not approved this client for what it asks; ask for the scope research.data.basic.",
    Waiting.DEFECT: "The collector met a defect; the log says where. The task is tried three times within 31 hours.",
}


def sentences(reasons: Iterable[str]) -> list[str]:
    """One sentence for each of the reasons that has one, in the order of the reasons."""
    return [SENTENCES[reason] for reason in sorted(set(reasons)) if reason in SENTENCES]
