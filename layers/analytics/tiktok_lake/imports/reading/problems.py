"""What makes a file of no use: one sentence for whoever put it there."""

from tiktok_collector.errors import Fatal


class UnusableFile(Fatal):
    """Nothing of the file was taken; the message says what is wrong with it and what to do."""
