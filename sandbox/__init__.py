"""A local TikTok Research API: same requests, same answers, same quirks, no network. See docs/sandbox.md."""
