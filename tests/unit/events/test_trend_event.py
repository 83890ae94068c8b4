import pytest
from pydantic import ValidationError

from tiktok_collector.events.trends import TrendEvent

EVENT = {"countries": ["US"], "kinds": {"hashtag": "business_api"}}


@pytest.mark.parametrize("name", ["p1", "p2", "p17"])
def test_an_ad_hoc_run_cannot_take_the_place_of_a_poll_of_the_study(name: str) -> None:
    with pytest.raises(ValidationError, match="name of a poll of the study: choose another id"):
        TrendEvent.model_validate({**EVENT, "run_id": name})


@pytest.mark.parametrize("name", [None, "p", "p1a", "P1", "poll1"])
def test_any_other_id_is_taken(name: str | None) -> None:
    assert TrendEvent.model_validate({**EVENT, "run_id": name}).run_id == name
