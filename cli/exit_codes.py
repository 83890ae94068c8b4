"""What the command's exit code says to a script; docs/cli.md has the same table."""

from enum import IntEnum
from typing import Self


class ExitCode(IntEnum):
    """One number for each thing that a script may want to tell apart."""

    meaning: str

    DONE = 0, "done as asked"
    DEFECT = 1, "a defect of the command; the sentence says where to report it"
    USAGE = 2, "the command line is wrong: an unknown option, a value that cannot be, no stack named"
    NO_STACK = 3, "there is no stack of that name"
    STACK_INCOMPLETE = 4, "the stack is there and not complete: under way, failed, or of another version"
    WRONG_REGION = 5, "the stack is in another region, or no region is set"
    NO_SESSION = 6, "there are no AWS credentials, or they have expired"
    NO_PERMISSION = 7, "AWS does not let you do that"
    LOCAL_DOWN = 8, "the local cloud does not run, or has no stack yet"
    NO_ANSWER = 9, "AWS does not answer, or is busy"
    REFUSED = 10, "a function refused the event, or failed on it"
    INVALID = 11, "a file that was given cannot be used; every problem is listed"
    NOT_FOUND = 12, "there is nothing of that name: run, function, study, time"
    INCOMPLETE = 13, "it ended, and something is missing or under way: gaps, a parked run, a refused trend list"
    CREDENTIALS = 14, "TikTok or a source of trends does not take the credentials, or there are none"
    DIFFERENT = 15, "`study diff` found differences"
    INTERRUPTED = 130, "interrupted by Ctrl-C; what was sent goes on"

    def __new__(cls, number: int, meaning: str) -> Self:
        """A number with what it means."""
        code = int.__new__(cls, number)
        code._value_ = number
        code.meaning = meaning
        return code
