"""Trend ingestion is killed after every one of its writes and requests; what is stored in the end is the same."""

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.integration.collection.saboteur import Saboteur
from tests.integration.trends.test_ingestion import only
from tests.integration.trends.trend_cloud import TrendCloud, watched
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import Form, HttpClient

if TYPE_CHECKING:
    from tests.integration.trends.conftest import MakeTrendCloud

EVENT = only("hashtag", "creative_center", countries=["US", "GB"])
REQUESTS = 10
HOUR = {"hours": 1}


class WatchedHttp(HttpClient):
    """Sends, and reports to a saboteur."""

    def __init__(self, inner: HttpClient, saboteur: Saboteur) -> None:
        self._inner = inner
        self._saboteur = saboteur

    def close(self) -> None:
        self._inner.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        auth: Callable[[Any], Any],
        timeout_seconds: float,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Form | None = None,
    ) -> Answer:
        self._saboteur.before(url)
        answer = self._inner.send(
            method, url, auth=auth, timeout_seconds=timeout_seconds, params=params, body=body, form=form
        )
        self._saboteur.after(url)
        return answer


def contents(trends: TrendCloud) -> dict[str, Any]:
    """What is stored of each list, without what depends on when it was asked for."""
    found: dict[str, Any] = {}
    for key in trends.stored_keys():
        if "-raw-" in key:
            found[key] = None
        elif "-rows." in key:
            outcome = next(each for each in trends.summaries.polls("2026-11-20")[0].lists if each.rows_key == key)
            found[key] = [{**row, "retrieved_at": None} for row in trends.rows(outcome)]
    summary = trends.summary("2026-11-20")
    found["lists"] = [(each.asked, each.entries, each.flags, each.good_polls) for each in summary.lists]
    return found


def test_killed_anywhere_the_next_ticks_bring_the_same(make_trends: "MakeTrendCloud") -> None:
    calm = make_trends()
    saboteur = Saboteur(calm.cloud)
    with saboteur.watching(None):
        services = calm.services()
        calm.ingest(EVENT, services=watched(services, WatchedHttp(services.http, saboteur)))
    calls, expected = len(saboteur.calls), contents(calm)
    assert calls > 3 * REQUESTS

    for fatal in itertools.chain(range(1, 12), range(12, calls + 1, 3)):
        trends = make_trends()
        killed = Saboteur(trends.cloud)
        with killed.watching(fatal):
            services = trends.services()
            trends.ingest(EVENT, services=watched(services, WatchedHttp(services.http, killed)))
        trends.advance(**HOUR)
        report = trends.ingest(EVENT)
        assert (report.gaps, report.open) == ((), 0), fatal
        assert contents(trends) == expected, fatal
        assert trends.served() <= REQUESTS + 1, fatal
        assert trends.cloud.ledger().usage("2026-11-20", trends.entries()[0].family).used >= trends.served(), fatal
        assert trends.poll(report).finished_at


def test_a_killed_invocation_holds_the_lease_no_longer_than_it_could_have_lived(make_trends: "MakeTrendCloud") -> None:
    trends = make_trends()
    saboteur = Saboteur(trends.cloud)
    with saboteur.watching(8):
        services = trends.services()
        trends.ingest(EVENT, seconds=300, services=watched(services, WatchedHttp(services.http, saboteur)))
    assert trends.ingest(EVENT).note
    trends.advance(seconds=301)
    assert trends.ingest(EVENT).complete == 2
