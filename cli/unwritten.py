"""A bucket that is read and not written, for looking with what would keep things on the way."""

from typing import override

from tiktok_collector.lake.objects import ObjectStore


class Unwritten(ObjectStore):
    """The bucket as it is: what would be kept for the next time is not."""

    @override
    def put_bytes(self, key: str, data: bytes, *, content_type: str = "") -> None:
        """Does nothing."""

    @override
    def put_once(self, key: str, data: bytes, *, content_type: str = "") -> bool:
        """Does nothing, as if it were the first."""
        return True
