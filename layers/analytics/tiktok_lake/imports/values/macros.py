"""Every function that a plan's SQL may call, in the order in which they are made."""

from typing import Final

from tiktok_lake.imports.values import counts, ids, lists, plain, times

SETUP: Final = (plain.SQL, ids.SQL, counts.SQL, times.SQL, lists.SQL)
