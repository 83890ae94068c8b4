"""What trend ingestion left in a storm, held against the server's log and against the same days in calm weather."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from benchmarks.chaos.trend_place import DAILY_REQUESTS, TrendPlace
from sandbox.journal import RequestRecord
from tiktok_collector.clock import from_iso
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.quota.families import TRENDS
from tiktok_collector.trend_lists.summary import Summary
from tiktok_collector.trends.poll import UNLIMITED, GapReason, ListOutcome, Poll, poll_of

type PollName = tuple[str, str]
_OK: Final = 200
_POLLS_PER_DAY: Final = 2
_OF_THE_SOURCE: Final = frozenset({GapReason.SOURCE_FAILS, GapReason.NOT_UNDERSTOOD})


@dataclass(frozen=True)
class TrendVerdict:
    """Compares a place with a calm one.

    Attributes:
        place: After the storms.
        calm: After the same days without any.
        days: The UTC days.
        calm_at_the_end: The polls whose last tick had all its time, and no weather.
    """

    place: TrendPlace
    calm: TrendPlace
    days: tuple[str, ...]
    calm_at_the_end: frozenset[PollName]

    def rows(self) -> int:
        """Rows of complete lists, as the calm place has them."""
        return sum(len(_rows(self.calm, each)) for _, each in self._complete(self.place))

    def lost(self) -> int:
        """Rows that a complete list lacks, answers that are neither stored nor missed, wrong lists of summaries."""
        missing = sum(
            (_counted(self.calm, outcome) - _counted(self.place, outcome)).total()
            for _, outcome in self._complete(self.place)
        )
        return missing + self._answers_lost() + self._wrong_summaries()

    def duplicates(self) -> int:
        """Rows that a list has twice, or that are not on it."""
        return sum(
            (_counted(self.place, outcome) - _counted(self.calm, outcome)).total()
            for _, outcome in self._complete(self.place)
        )

    def over_quota(self) -> int:
        """Requests beyond a day's limit, and those that the ledger does not count."""
        wrong = 0
        for day in self.days:
            for family in TRENDS:
                received = self.place.sandbox.served(day, family=family).received
                used = self.place.ledger.usage(day, family).used
                wrong += max(0, received - used) + max(0, received - DAILY_REQUESTS) + max(0, used - DAILY_REQUESTS)
        return wrong

    def gaps(self) -> Iterator[tuple[Poll, ListOutcome]]:
        """Lists that a poll says are missing or incomplete."""
        for poll in self._polls(self.place):
            yield from ((poll, outcome) for outcome in poll.lists if outcome.gap)

    def false_gaps(self) -> int:
        """Gaps of lists that no source refused, in polls whose budget was left and whose last tick had no weather."""
        return sum(not self._is_real(poll, outcome) for poll, outcome in self.gaps())

    def unfinished(self) -> int:
        """Polls that were never ended, or are not there though nothing stood in the way of their last tick."""
        polls = list(self._polls(self.place))
        absent = self.calm_at_the_end - {(poll.day, poll.name) for poll in polls}
        return sum(poll.finished_at is None for poll in polls) + len(absent)

    def compared_days(self) -> int:
        """How many summaries were compared with the calm ones."""
        return len(self._comparable())

    def extra(self) -> int:
        """Good answers that were given again."""
        answers = Counter(_asked(record) for record in self._answered())
        return answers.total() - len(answers)

    def answered(self) -> int:
        """Good answers."""
        return sum(1 for _ in self._answered())

    def _complete(self, place: TrendPlace) -> Iterator[tuple[Poll, ListOutcome]]:
        for poll in self._polls(place):
            yield from ((poll, outcome) for outcome in poll.lists if outcome.gap is None)

    def _polls(self, place: TrendPlace) -> Iterator[Poll]:
        for day in self.days:
            yield from place.summaries.polls(day)

    def _answered(self) -> Iterator[RequestRecord]:
        for record in self.place.sandbox.requests():
            if record.status == _OK and record.code == "ok" and record.rows and record.day in self.days:
                yield record

    def _answers_lost(self) -> int:
        stored = self._stored()
        missed = {(poll.day, outcome.asked.source, outcome.asked.country) for poll, outcome in self.gaps()}
        return sum(
            _asked(record) not in stored and (record.day, record.family, _country(record)) not in missed
            for record in self._answered()
        )

    def _stored(self) -> set[tuple[Any, ...]]:
        found = set()
        for stored in self.place.pages.keys("trends/source="):
            if "-raw-" not in stored.key or (page := self.place.pages.get(stored.key)) is None:
                continue
            envelope = page[0]
            day, name = poll_of(from_iso(envelope.retrieved_at), _POLLS_PER_DAY)
            found.add((day, name, _values(envelope.request)))
        return found

    def _wrong_summaries(self) -> int:
        wrong = 0
        for day in self._comparable():
            ours, theirs = (_lists(place.summaries.summary(day)) for place in (self.place, self.calm))
            wrong += sum(ours.get(asked) != theirs.get(asked) for asked in ours.keys() | theirs.keys())
        return wrong

    def _comparable(self) -> list[str]:
        """Days of which all is there, and that follow no day on which a list could not be had."""
        found = []
        for day in self.days:
            polls = self.place.summaries.polls(day)
            calm = [poll.name for poll in self.calm.summaries.polls(day)]
            if sorted(poll.name for poll in polls) == sorted(calm) and all(
                outcome.gap is None for poll in polls for outcome in poll.lists
            ):
                found.append(day)
            summary = self.place.summaries.summary(day)
            if summary is None or not all(each.good_polls for each in summary.lists):
                break
        return found

    def _is_real(self, poll: Poll, outcome: ListOutcome) -> bool:
        assert outcome.gap
        if outcome.gap.reason in _OF_THE_SOURCE:
            return any(
                record.faults
                for record in self.place.sandbox.requests()
                if record.family == outcome.asked.source and _asked(record)[:2] == (poll.day, poll.name)
            )
        if outcome.gap.reason is GapReason.BUDGET:
            return any(self.place.ledger.usage(poll.day, family).used >= DAILY_REQUESTS for family in TRENDS)
        return outcome.gap.reason in UNLIMITED and (poll.day, poll.name) not in self.calm_at_the_end


def _asked(record: RequestRecord) -> tuple[Any, ...]:
    day, name = poll_of(from_iso(record.time), _POLLS_PER_DAY)
    return day, name, _values(record.body)


def _country(record: RequestRecord) -> str:
    return str(record.body.get("countryCode", record.body.get("country_code")))


def _values(request: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    return frozenset((name, str(value)) for name, value in request.items())


def _counted(place: TrendPlace, outcome: ListOutcome) -> Counter[str]:
    return Counter(_rows(place, outcome))


def _rows(place: TrendPlace, outcome: ListOutcome) -> list[str]:
    """The stored rows of a list, without the moment at which they came."""
    data = place.objects.get_bytes(outcome.rows_key) if outcome.rows_key else None
    lines = gunzipped(data, key="").splitlines() if data else []
    return [json.dumps({**json.loads(line), "retrieved_at": None}, sort_keys=True) for line in lines]


def _lists(summary: Summary | None) -> dict[str, Any]:
    return {each.asked.name: msgspec.to_builtins(each) for each in summary.lists} if summary else {}
