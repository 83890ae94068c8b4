from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local_cloud.mirror_paths import local_path

OUT = Path("/checkout/out")


@given(st.text(min_size=1, max_size=300))
@example("../../etc/passwd")
@example("/etc/passwd")
@example("a/../../b")
@example("raw/./x")
@example("a//b")
@example("nul\x00name")
@example("\ud800")
def test_no_key_leaves_the_folder_or_names_what_a_file_system_refuses(key: str) -> None:
    path = local_path(OUT, key)
    assert path.is_relative_to(OUT)
    inside = path.relative_to(OUT).parts
    assert inside
    assert not {".", "..", ""} & set(inside)
    assert all(len(part.encode()) <= 200 and part.isascii() and "\x00" not in part for part in inside)


@given(st.text(min_size=1, max_size=60), st.text(min_size=1, max_size=60))
def test_different_keys_are_different_files(one: str, other: str) -> None:
    if one != other and "%" not in one + other:
        assert local_path(OUT, one) != local_path(OUT, other)


@pytest.mark.parametrize(
    "key",
    [
        "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=make-1/a00001.videos.w001-g1-000001.json.gz",
        "exports/some.one_FULL_DATA_20261120_160000.json",
        "exports/nul%00name_FULL_DATA_20261120_160000.json",
    ],
)
def test_our_own_keys_are_kept_as_they_are(key: str) -> None:
    assert local_path(OUT, key) == OUT / key
