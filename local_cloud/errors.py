"""The error of the local cloud: one sentence for a person."""

import re

# How urllib3 shows what went wrong below it: ('Connection aborted.', RemoteDisconnected('Remote end closed ...')).
_NESTED = re.compile(r"\(['\"]([^'\"]*?)\.?['\"], \w+\((?:\d+, )?['\"]([^'\"]*)['\"]\)\)")
_POOL = re.compile(r"\w+ConnectionPool\(host='([^']*)', port=(\d+)\): .*", re.DOTALL)


class LocalCloudError(Exception):
    """Something keeps `make run` from going on; the message says what, where, and what to do."""


def in_words(error: object) -> str:
    """The message of an error without the Python values that HTTP libraries put in theirs."""
    return _POOL.sub(r"no answer from \1:\2", _NESTED.sub(r"\1: \2", str(error)))
