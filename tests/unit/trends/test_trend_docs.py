"""docs/trends.md names every reason of a gap and every column of a row."""

import re

import msgspec
import pytest

from tests.support.docs import DOCS, table_of
from tiktok_collector.trend_lists.rows import CreatorRow, HashtagRow, KeywordRow, SoundRow, TrendRow, VideoRow
from tiktok_collector.trends.poll import GapReason

TRENDS = (DOCS / "trends.md").read_text()


def test_every_reason_of_a_gap_is_explained_once() -> None:
    assert sorted(row[0].strip("`") for row in table_of(TRENDS, "## Gaps", "reason")) == sorted(GapReason)


@pytest.mark.parametrize("model", [HashtagRow, SoundRow, KeywordRow, CreatorRow, VideoRow])
def test_every_column_of_a_kind_is_named(model: type[TrendRow]) -> None:
    rows = {row[0]: row[1] for row in table_of(TRENDS, "## What is stored", "kind")}
    common = {field.name for field in msgspec.structs.fields(TrendRow)}
    own = [field.name for field in msgspec.structs.fields(model) if field.name not in common]
    assert sorted(re.findall(r"`(\w+)`", rows[model.kind_of])) == sorted(own)
