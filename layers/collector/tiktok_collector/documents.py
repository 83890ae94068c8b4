"""What is stored is decoded in one way: whatever is wrong with the bytes, it is said by one error."""

from collections.abc import Callable

import msgspec


def well_read[Document](decode: Callable[[bytes], Document], data: bytes) -> Document:
    """What `decode` of a JSON decoder makes of `data`.

    Raises:
        DecodeError: they are no such document, no UTF-8 text, or nested deeper than any that is written.
    """
    try:
        return decode(data)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"it is not UTF-8 text (byte {error.start})") from error
    except RecursionError as error:
        raise msgspec.DecodeError("it is nested too deeply") from error
