"""Envelopes made by hand."""

from tiktok_collector.lake.raw_pages import PageEnvelope, body_sha256


def envelope_for(body: bytes, *, page: int = 1) -> PageEnvelope:
    return PageEnvelope(
        collector="0.1.0",
        source="tiktok_research_api",
        endpoint="video_query",
        entity="videos",
        url="https://open.tiktokapis.com/v2/research/video/query/?fields=id",
        request={"start_date": "20261101", "cursor": 2**53 + 1, "query": {"and": []}},
        retrieved_at="2026-11-20T16:00:00.000Z",
        run_id="r1",
        task_id="t1",
        generation=0,
        page=page,
        request_id="q1",
        day="2026-11-20",
        family="research",
        cursor_in=None,
        cursor_out=7_320_768_196_569_599_275,
        search_id_out="7354367454467855403",
        has_more=True,
        http_status=200,
        log_id="20261120160000A8A35938AA061A19F445",
        body_sha256=body_sha256(body),
        body_bytes=len(body),
    )
