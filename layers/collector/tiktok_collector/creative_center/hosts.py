"""Hosts of the current generation: video reports of some countries are kept apart from the rest."""

from typing import Final

import msgspec

from tiktok_collector.trend_lists.kinds import TrendKind, TrendList

_EUROPEAN_UNION: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
_EUROPE: Final = _EUROPEAN_UNION | {"IS", "LI", "NO", "GB", "CH"}


class CreativeCenterUrls(msgspec.Struct, frozen=True, kw_only=True):
    """The base URL of each host, without a path."""

    main: str
    us: str
    eu: str

    def of(self, asked: TrendList) -> str:
        """The one that has `asked`, without a slash at its end."""
        if asked.kind is not TrendKind.VIDEO:
            return self.main.rstrip("/")
        if asked.country == "US":
            return self.us.rstrip("/")
        return (self.eu if asked.country in _EUROPE else self.main).rstrip("/")


SETTINGS: Final = CreativeCenterUrls(
    main="CREATIVE_CENTER_URL", us="CREATIVE_CENTER_US_URL", eu="CREATIVE_CENTER_EU_URL"
)
"""The settings that they come from, for messages."""
