"""The endpoints and how they group."""

DATA_ENDPOINTS = (
    "video/query", "comment/list", "user/info", "user/followers", "user/following", "user/liked_videos",
    "user/pinned_videos", "user/reposted_videos", "playlist/info",
)  # fmt: skip
TOKEN = "token"  # noqa: S105 - the name of an endpoint
PATHS = {
    "/v2/oauth/token/": TOKEN,
    "/v2/research/video/query/": "video/query",
    "/v2/research/video/comment/list/": "comment/list",
    **{f"/v2/research/{name}/": name for name in DATA_ENDPOINTS[2:]},
}
FOLLOW_ENDPOINTS = ("user/followers", "user/following")


def family_of(endpoint: str) -> str:
    """Return the quota family: `research`, `followers`, or `token` (which has no quota)."""
    if endpoint == TOKEN:
        return TOKEN
    return "followers" if endpoint in FOLLOW_ENDPOINTS else "research"
