"""Keeps botocore's debug log, which quotes requests and answers whole, from writing secrets down."""

import logging
from typing import Final

_QUOTING: Final = ("botocore.endpoint", "botocore.hooks", "botocore.parsers")


def _above_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def keep_secrets_out_of_the_log() -> None:
    """Drop the debug records of botocore's loggers that quote bodies, whatever level is set; may be repeated."""
    for name in _QUOTING:
        logging.getLogger(name).addFilter(_above_debug)
