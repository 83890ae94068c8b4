"""The endpoints and how they group."""

DATA_ENDPOINTS = (
    "video/query", "comment/list", "user/info", "user/followers", "user/following", "user/liked_videos",
    "user/pinned_videos", "user/reposted_videos", "playlist/info",
)  # fmt: skip
COMPLIANCE_ENDPOINTS = ("validation_task/create", "validation_task_status/get", "validation_task/download")
UPLOADS = COMPLIANCE_ENDPOINTS[:1]
RESEARCH_ENDPOINTS = (*DATA_ENDPOINTS, *COMPLIANCE_ENDPOINTS)
TOKEN = "token"  # noqa: S105 - the name of an endpoint
PATHS = {
    "/v2/oauth/token/": TOKEN,
    "/v2/research/video/query/": "video/query",
    "/v2/research/video/comment/list/": "comment/list",
    **{f"/v2/research/{name}/": name for name in RESEARCH_ENDPOINTS[2:]},
}
TREND_PATHS = {
    "/CreativeOne/KnowledgeAPI/GetHashtagList": ("POST", "creative_center/hashtags"),
    "/CreativeOne/Report/GetTopContentsOverview": ("GET", "creative_center/overview"),
    "/CreativeOne/Report/CreativeCenterGetTopContentsList": ("GET", "creative_center/videos"),
    "/creative_radar_api/v1/popular_trend/hashtag/list": ("GET", "legacy/hashtags"),
    "/creative_radar_api/v1/popular_trend/sound/rank_list": ("GET", "legacy/sounds"),
    "/creative_radar_api/v1/script/keyword/list": ("GET", "legacy/keywords"),
    "/creative_radar_api/v1/popular_trend/creator/list": ("GET", "legacy/creators"),
    "/creative_radar_api/v1/popular_trend/list": ("GET", "legacy/videos"),
    "/open_api/v1.3/discovery/trending_list/": ("GET", "business/hashtags"),
    "/open_api/v1.3/discovery/cml/trending_list/": ("GET", "business/sounds"),
    "/open_api/v1.3/discovery/trending/search/": ("GET", "business/keywords"),
}
TREND_ENDPOINTS = tuple(endpoint for _, endpoint in TREND_PATHS.values())
FOLLOW_ENDPOINTS = ("user/followers", "user/following")


def family_of(endpoint: str) -> str:
    """Return the family; of `research`, `followers`, `token`, `creative_center` and `business_api` two have a quota."""
    if endpoint == TOKEN:
        return TOKEN
    if endpoint in TREND_ENDPOINTS:
        return "business_api" if endpoint.startswith("business/") else "creative_center"
    return "followers" if endpoint in FOLLOW_ENDPOINTS else "research"
