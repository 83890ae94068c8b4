"""Which fetch of a video is the newest, and who asked for it, against the same told the long way."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.collection.sightings import Sightings

MANY = [f"collection{number:02d}" for number in range(70)]


class Noted(NamedTuple):
    retrieved_at: str
    collections: list[str]
    videos: list[int]


def moment(minute: int) -> str:
    return f"2026-11-20T09:{minute:02d}:00.000Z"


pages = st.lists(
    st.builds(
        Noted,
        st.integers(0, 9).map(moment),
        st.lists(st.sampled_from(MANY), min_size=1, max_size=4),
        st.lists(st.integers(2**62, 2**62 + 12), max_size=8),
    ),
    max_size=12,
)


def noted(pages: Sequence[Noted]) -> Sightings:
    sightings = Sightings()
    for page in pages:
        sightings.note(*page)
    return sightings


def holders(pages: Sequence[Noted], video: int) -> list[int]:
    return [number for number, page in enumerate(pages) if video in page.videos]


def every_video(pages: Sequence[Noted]) -> set[int]:
    return {video for page in pages for video in page.videos}


def marks(pages: Sequence[Noted]) -> dict[int, dict[str, Any]]:
    sightings = noted(pages)
    return {video: sightings.marks(video) for video in every_video(pages)}


@given(pages)
def test_marks_are_of_all_pages_that_hold_the_video(pages: list[Noted]) -> None:
    assert len(noted(pages)) == len(every_video(pages))
    for video, found in marks(pages).items():
        held = [pages[number] for number in holders(pages, video)]
        assert found == {
            "_first_retrieved_at": min(page.retrieved_at for page in held),
            "_fetches": len(held),
            "_collections": sorted({name for page in held for name in page.collections}),
        }


@given(pages)
def test_exactly_one_page_is_the_newest_of_a_video(pages: list[Noted]) -> None:
    sightings = noted(pages)
    expected = {}
    for video in every_video(pages):
        expected[video] = max(holders(pages, video), key=lambda number: (pages[number].retrieved_at, number))
        newest = [number for number in range(len(pages)) if sightings.is_newest(video, number)]
        assert newest == [expected[video]]
    assert sightings.newest_pages() == sorted(set(expected.values()))


@given(pages.flatmap(lambda pages: st.tuples(st.just(pages), st.permutations(pages))))
def test_marks_do_not_depend_on_the_order_of_pages(orders: tuple[list[Noted], list[Noted]]) -> None:
    one, other = orders
    assert marks(one) == marks(other)


def test_more_collections_than_a_machine_word_has_bits() -> None:
    sightings = noted([Noted(moment(0), [name], [1]) for name in MANY])
    assert sightings.marks(1)["_collections"] == MANY
