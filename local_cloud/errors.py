"""The error of the local cloud: one sentence for a person."""


class LocalCloudError(Exception):
    """Something keeps `make run` from going on; the message says what, where, and what to do."""
