import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Source, checkout
from local_cloud.options import Options
from local_cloud.orders import OrderBook, events_for, read_event
from tiktok_collector.events.extraction import ExtractionEvent

NOW = datetime(2026, 11, 20, 16, 3, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 16, 9, 0, tzinfo=UTC)


def options(**changes: object) -> Options:
    return Options(Source.SANDBOX, None, **changes)  # type: ignore[arg-type] # each test names fields of the right type


def test_the_samples_are_three_accounts_and_valid_events() -> None:
    events = events_for(options(), checkout() / "events")
    accounts = [ExtractionEvent.model_validate(event).accounts for event in events]
    assert accounts == [["sandbox_alice"], ["sandbox_bruno"], ["sandbox_carla"]]


def test_named_accounts_become_one_event_with_the_period_and_streams_asked_for() -> None:
    (event,) = events_for(
        options(accounts=("a", "b"), include=("profile", "videos"), start="2024-01-01", end="2024-02-01"), Path("none")
    )
    parsed = ExtractionEvent.model_validate(event)
    assert parsed.accounts == ["a", "b"]
    assert (str(parsed.start_date), str(parsed.end_date)) == ("2024-01-01", "2024-02-01")


def test_a_study_takes_the_place_of_the_samples_and_goes_beside_accounts() -> None:
    study = Path("study.yaml")
    assert events_for(options(study=study), checkout() / "events") == []
    assert events_for(options(study=study, accounts=("a",)), Path("none")) == [{"usernames": ["a"]}]


def test_an_order_carries_its_run_id_and_shows_handles(tmp_path: Path) -> None:
    left, (order,) = OrderBook(tmp_path / "orders.json").place([{"username": "https://www.tiktok.com/@A.b"}], NOW)
    assert left == []
    assert order.run_id == order.event["run_id"] == "make-20261120T160312Z-1"
    assert order.accounts == ["a.b"]
    assert ExtractionEvent.model_validate(order.event).run_id == order.run_id


def test_interrupted_orders_are_taken_up_again_and_not_ordered_twice(tmp_path: Path) -> None:
    _, first = OrderBook(tmp_path / "orders.json").place([{"username": "a"}, {"username": "b"}], NOW)
    left, new = OrderBook(tmp_path / "orders.json").place([{"username": "a"}, {"username": "c"}], LATER)
    assert left == first
    assert [order.accounts for order in new] == [["c"]]
    assert len({order.run_id for order in (*left, *new)}) == 3


def test_closed_orders_are_ordered_again(tmp_path: Path) -> None:
    book = OrderBook(tmp_path / "orders.json")
    _, first = book.place([{"username": "a"}, {"username": "b"}], NOW)
    book.close({first[0].run_id})
    left, new = book.place([{"username": "a"}, {"username": "b"}], LATER)
    assert left == [first[1]]
    assert [order.accounts for order in new] == [["a"]]


def test_a_half_written_order_book_is_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    path.write_text('{"orders": [')
    assert OrderBook(path).open() == []


@pytest.mark.parametrize("text", ["{", "", "[]"])
def test_a_damaged_event_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sample.json"
    path.write_text(text)
    with pytest.raises(LocalCloudError, match=r"sample\.json"):
        read_event(path)


def test_events_without_accounts_are_valid_json_objects() -> None:
    for name in ("token_refresh", "quota_accounting", "collection_worker"):
        assert json.loads((checkout() / "events" / f"{name}.json").read_text()) == {}
