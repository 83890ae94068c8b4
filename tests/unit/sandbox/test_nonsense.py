"""Whatever is sent, the service answers in its own words and writes it down."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.api.service import Incoming
from sandbox.endpoints import DATA_ENDPOINTS
from sandbox.query import OPERATIONS
from sandbox.world.video_table import VIDEO_FIELDS
from tests.unit.sandbox.support import START, Client, small_world

WORLD = small_world()
API = Client(WORLD, research_quota=10**9, followers_quota=10**9)
for KIND in ("internal_error", "search_lost", "late_videos", "search_id_rejected"):
    API.service.faults.add(KIND, match={"username": "nobody"})

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(["exact", "20250201"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
conditions = st.fixed_dictionaries(
    {
        "field_name": st.sampled_from(list(OPERATIONS)) | anything,
        "operation": st.sampled_from(["EQ", "IN", "GT", "LTE"]) | anything,
        "field_values": st.lists(st.sampled_from(["1", "exact", "20250203", "SHORT", 5]) | anything, max_size=3)
        | anything,
    }
)
queries = st.dictionaries(
    st.sampled_from(["and", "or", "not", "nor"]), st.lists(conditions, max_size=3) | anything, max_size=3
)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "query": queries | anything,
        "start_date": st.just(f"{START:%Y%m%d}") | anything,
        "end_date": st.just("20250210") | anything,
        "max_count": st.integers(1, 100) | anything,
        "cursor": st.integers(0, 50) | anything,
        "search_id": anything,
        "is_random": st.booleans() | anything,
        "username": st.sampled_from(["exact", "lossy", "sandbox_carla"]) | anything,
        "video_id": st.sampled_from([int(n) for n in WORLD.catalog.videos.ids[:5]]) | anything,
        "comment_id": anything,
        "playlist_id": st.sampled_from(WORLD.playlists_of("exact")) | anything,
    },
)


@given(
    st.sampled_from(DATA_ENDPOINTS),
    bodies | anything,
    st.lists(st.sampled_from([*VIDEO_FIELDS, "text", "display_name", "?"]), max_size=3),
)
def test_any_body_gets_an_envelope_and_a_record(endpoint: str, body: Any, fields: list[str]) -> None:
    raw = json.dumps(body).encode()
    answer = API.service.handle(Incoming(endpoint, raw, ",".join(fields), f"Bearer {API.token}")).answer
    error = json.loads(answer.body)["error"]
    assert answer.status in (200, 400, 500)
    assert (error["code"] == "ok") == (answer.status == 200)
    record = API.service.journal.records()[-1]
    assert (record.endpoint, record.status, record.log_id) == (endpoint, answer.status, error["log_id"])


@given(st.sampled_from([*DATA_ENDPOINTS, "token"]), st.binary(max_size=60))
def test_so_do_raw_bytes(endpoint: str, raw: bytes) -> None:
    answer = API.service.handle(Incoming(endpoint, raw, "id", f"Bearer {API.token}")).answer
    assert answer.status in (200, 400, 401, 500)
    assert isinstance(json.loads(answer.body), dict)
