"""Raw page objects: what goes in comes out, and damage is noticed."""

import gzip
import hashlib
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.lake.support import envelope_for
from tiktok_collector.lake.raw_pages import CorruptPage, decode_page, decode_pages, encode_page, encode_pages

KEY = "raw/source=s/entity=e/dt=2026-11-20/run=r/t-g0-000001.json.gz"
BODY = b'{"data":{"videos":[{"id":7320768196569599275}]},\n"error":{"code":"ok"}}\n'


@given(st.binary())
def test_any_body_comes_back_byte_for_byte(body: bytes) -> None:
    envelope = envelope_for(body)
    assert decode_page(encode_page(envelope, body), key=KEY) == (envelope, body)


def test_any_gzip_reader_reads_it() -> None:
    line, body = gzip.decompress(encode_page(envelope_for(BODY), BODY)).split(b"\n", 1)
    assert body == BODY
    envelope = msgspec.json.decode(line)
    assert envelope["version"] == 1
    assert envelope["body_sha256"] == hashlib.sha256(BODY).hexdigest()
    assert envelope["cursor_out"] == 7_320_768_196_569_599_275


def test_the_same_page_gives_the_same_bytes() -> None:
    first = encode_page(envelope_for(BODY), BODY)
    assert first == encode_page(envelope_for(BODY), BODY)
    assert first[4:8] == bytes(4), "gzip's time of modification"


def test_a_page_is_compressed() -> None:
    body = BODY * 1000
    assert len(encode_page(envelope_for(body), body)) < len(body) / 10


@given(st.data())
def test_a_truncated_object_is_noticed(data: st.DataObject) -> None:
    whole = encode_page(envelope_for(BODY), BODY)
    length = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(CorruptPage, match=KEY):
        decode_page(whole[:length], key=KEY)


@given(st.data())
def test_an_altered_object_is_noticed(data: st.DataObject) -> None:
    envelope = envelope_for(BODY)
    altered = bytearray(encode_page(envelope, BODY))
    place = data.draw(st.integers(0, len(altered) - 1))
    altered[place] ^= data.draw(st.integers(1, 255))
    try:
        # A few bits of gzip mean nothing for the content: the header's time and system, the padding of the last byte.
        assert decode_page(bytes(altered), key=KEY) == (envelope, BODY)
    except CorruptPage as error:
        assert KEY in str(error)  # noqa: PT017 - either outcome is right, so there is nothing to expect


@given(st.binary())
def test_anything_else_is_not_a_page(data: bytes) -> None:
    for candidate in (data, gzip.compress(data), gzip.compress(data + b"\n" + BODY)):
        with pytest.raises(CorruptPage, match="run its task again"):
            decode_page(candidate, key=KEY)


def test_a_body_that_is_not_the_envelopes_is_noticed() -> None:
    with pytest.raises(CorruptPage, match="checksum"):
        decode_page(encode_page(envelope_for(BODY), BODY.replace(b"7", b"8")), key=KEY)


BODIES = st.lists(st.one_of(st.binary(), st.sampled_from([b"", b"\n", b"{}\n\n", BODY])), min_size=1, max_size=12)


@given(BODIES)
def test_any_bodies_together_come_back_byte_for_byte(bodies: list[bytes]) -> None:
    pages = [(envelope_for(body), body) for body in bodies]
    assert decode_pages(encode_pages(pages), key=KEY) == pages


def test_one_page_alone_is_the_same_object_whoever_writes_it() -> None:
    assert encode_pages([(envelope_for(BODY), BODY)]) == encode_page(envelope_for(BODY), BODY)


def test_where_one_page_is_expected_several_are_not_taken_for_it() -> None:
    pages = [(envelope_for(BODY), BODY)] * 2
    with pytest.raises(CorruptPage, match="it holds 2 pages where one is expected"):
        decode_page(encode_pages(pages), key=KEY)


@given(BODIES, st.data())
def test_pages_cut_off_or_followed_by_something_are_noticed(bodies: list[bytes], data: st.DataObject) -> None:
    content = gzip.decompress(encode_pages([(envelope_for(body), body) for body in bodies]))
    added = data.draw(st.binary(min_size=1))
    with pytest.raises(CorruptPage):
        decode_pages(gzip.compress(content + added), key=KEY)
    whole = len(decode_pages(gzip.compress(content), key=KEY))
    kept = content[: data.draw(st.integers(0, len(content) - 1))]
    with suppress(CorruptPage):
        # Cut between two pages, it is a shorter object; nothing in it says how many there were.
        assert len(decode_pages(gzip.compress(kept), key=KEY)) < whole


def test_pages_by_bodies_on_lines_of_their_own() -> None:
    pages = [(envelope_for(body), body) for body in (b'{"page":1}', b'{"page":2}')]
    lines = gzip.decompress(encode_pages(pages)).split(b"\n")
    assert lines[1::2] == [b'{"page":1}', b'{"page":2}']
