"""The sources of trends, each behind one interface, built from settings and credentials."""

import msgspec

from tiktok_collector.business_api.adapter import BusinessApi
from tiktok_collector.creative_center.current import CreativeCenter
from tiktok_collector.creative_center.hosts import CreativeCenterUrls
from tiktok_collector.creative_center.legacy import CreativeCenterLegacy
from tiktok_collector.trend_lists.kinds import TrendSource
from tiktok_collector.trend_lists.steps import TrendAdapter
from tiktok_collector.trends.credentials import TrendCredentials


class TrendUrls(msgspec.Struct, frozen=True, kw_only=True):
    """The base URL of each host, without a path; videos of the Creative Center have hosts of their own."""

    creative_center: str
    creative_center_us: str
    creative_center_eu: str
    business_api: str


def adapters(urls: TrendUrls, credentials: TrendCredentials) -> dict[TrendSource, TrendAdapter]:
    """The adapter of every source; one that needs credentials and has none says so when it is first asked."""
    hosts = CreativeCenterUrls(main=urls.creative_center, us=urls.creative_center_us, eu=urls.creative_center_eu)
    found: tuple[TrendAdapter, ...] = (
        CreativeCenter(hosts, credentials.creative_center),
        CreativeCenterLegacy(urls.creative_center, credentials.creative_center_legacy),
        BusinessApi(urls.business_api, credentials.business_api),
    )
    return {adapter.source: adapter for adapter in found}
