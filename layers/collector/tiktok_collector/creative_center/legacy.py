"""The legacy generation of the Creative Center (`creative_radar_api/v1`): all five kinds.

It answers only requests with headers that its own page makes. The operator stores them; nothing here makes any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.creative_center import legacy_rows
from tiktok_collector.creative_center.hosts import SETTINGS
from tiktok_collector.creative_center.paging import onward, pagination
from tiktok_collector.creative_center.readings import RowReader, inner, read_rows
from tiktok_collector.creative_center.verdicts import LEGACY, accepted, listed
from tiktok_collector.errors import CredentialsMissing
from tiktok_collector.http.answer import Answer
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.steps import Step, TrendPage

_ROOT: Final = "/creative_radar_api/v1/"
# The connection's own affair; and the client says honestly who it is.
_NOT_PASSED_ON: Final = frozenset(
    {"user-agent", "host", "connection", "content-length", "transfer-encoding", "accept-encoding"}
)


class LegacyHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The part `creative_center_legacy` of the secret of trend credentials: headers by name, sent as they are."""

    headers: dict[str, SecretStr]


@dataclass(frozen=True, slots=True)
class _Surface:
    """One list: where it is, what is asked of it, and where its rows are."""

    path: str
    rows: str
    """The key of its rows within `data`."""
    reader: RowReader
    limit: int
    """Rows a page."""
    length: int
    """Rows that the list has at most."""
    fixed: Mapping[str, str]
    """Parameters with one value."""
    country: str = "country_code"
    """The parameter that takes a country."""
    period: bool = True
    industry: str | None = None
    """The parameter that takes an industry; None: there is none."""

    @property
    def endpoint(self) -> str:
        return f"{TrendSource.CREATIVE_CENTER_LEGACY}/{self.path}"


_SURFACES: Final[Mapping[TrendKind, _Surface]] = MappingProxyType(
    {
        TrendKind.HASHTAG: _Surface(
            path="popular_trend/hashtag/list",
            rows="list",
            reader=legacy_rows.HASHTAGS,
            limit=50,
            length=100,
            fixed={"sort_by": "popular"},
            industry="industry_id",
        ),
        TrendKind.SOUND: _Surface(
            path="popular_trend/sound/rank_list",
            rows="sound_list",
            reader=legacy_rows.SOUNDS,
            limit=20,
            length=100,
            fixed={"rank_type": "popular", "new_on_board": "false", "commercial_music": "false"},
        ),
        TrendKind.KEYWORD: _Surface(
            path="script/keyword/list",
            rows="keyword_list",
            reader=legacy_rows.KEYWORDS,
            limit=50,
            length=500,
            fixed={"order_by": "post", "order_type": "desc"},
            industry="industry",
        ),
        TrendKind.CREATOR: _Surface(
            path="popular_trend/creator/list",
            rows="creators",
            reader=legacy_rows.CREATORS,
            limit=50,
            length=500,
            fixed={"sort_by": "follower"},
            country="creator_country",
            period=False,
        ),
        TrendKind.VIDEO: _Surface(
            path="popular_trend/list",
            rows="videos",
            reader=legacy_rows.VIDEOS,
            limit=20,
            length=500,
            fixed={"order_by": "vv"},
        ),
    }
)


class CreativeCenterLegacy:
    """Adapter of the legacy generation (`trend_lists.steps.TrendAdapter`)."""

    source = TrendSource.CREATIVE_CENTER_LEGACY
    family = Family.CREATIVE_CENTER

    def __init__(self, base_url: str, headers: LegacyHeaders | None = None) -> None:
        """Takes the main host's base URL, without a path, and the operator's headers; blank ones are none."""
        self._base_url = base_url.rstrip("/")
        given = headers.headers if headers is not None else {}
        self._headers = {name: value for name, value in given.items() if _is_sent(name, value)}

    def first(self, asked: TrendList) -> Step:
        """The first request for a list.

        Raises:
            CredentialsMissing: there are no headers.
        """
        surface = _SURFACES[asked.kind]
        if not self._headers:
            raise CredentialsMissing(
                f"The legacy Creative Center gives {asked.name} only for headers of its own page: store those that you "
                "may use as creative_center_legacy.headers in the secret of trend credentials, or take another source."
            )
        params = {"page": "1", "limit": str(surface.limit), **surface.fixed}
        if surface.period:
            params["period"] = str(asked.period)
        if asked.country != ALL_COUNTRIES:
            params[surface.country] = asked.country
        if surface.industry is not None and asked.industry:
            params[surface.industry] = asked.industry
        url = f"{self._base_url}{_ROOT}{surface.path}"
        return Step(endpoint=surface.endpoint, method="GET", url=url, params=params)

    def headers(self, step: Step) -> Mapping[str, SecretStr | str]:
        """The operator's headers, secret, whatever is asked for; all but those that are the connection's own affair."""
        _ = step
        return {"Accept": "application/json", **self._headers}

    def read(self, asked: TrendList, step: Step, answer: Answer, retrieved_at: str) -> TrendPage:
        """What the answer holds (`TrendAdapter.read` names the errors)."""
        surface = _SURFACES[asked.kind]
        body = accepted(LEGACY, asked, answer, setting=SETTINGS.main, secrets=self._secrets())
        data = inner(body.get("data"))
        items = listed(LEGACY, asked, data, surface.rows)
        rows, rejected = read_rows(surface.reader, items, asked=asked, retrieved_at=retrieved_at, before=step.offset)
        said, seen = pagination(data.get("pagination")), step.offset + len(items)
        last = seen >= surface.length or (step.page + 1) * surface.limit >= surface.length
        after = onward(said, items=len(items), before=step.offset, limit=surface.limit, last=last)
        return TrendPage(
            rows=rows,
            rejected=rejected,
            next=_next_page(step, seen) if after.next else None,
            total=said.total,
            capped=after.capped,
        )

    def _secrets(self) -> frozenset[str]:
        return frozenset(value.get_secret_value() for value in self._headers.values())


def _is_sent(name: str, value: SecretStr) -> bool:
    return name.strip().lower() not in _NOT_PASSED_ON and bool(value.get_secret_value().strip())


def _next_page(step: Step, seen: int) -> Step:
    page = step.page + 1
    return msgspec.structs.replace(step, params={**step.params, "page": str(page + 1)}, page=page, offset=seen)
