"""All schema families."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tiktok_lake.imports.families import (
    comments,
    donations,
    links,
    research,
    research_tools,
    scrapers,
    studies,
    trends,
)
from tiktok_lake.imports.families.family import Family

FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        each.name: each
        for each in (
            *scrapers.ALL,
            *research_tools.ALL,
            *studies.ALL,
            *links.ALL,
            *research.ALL,
            *comments.ALL,
            *donations.ALL,
            *trends.ALL,
        )
    }
)
"""By name."""
