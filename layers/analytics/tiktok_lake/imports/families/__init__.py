"""The schema families: what scrapers, extensions, courses and TikTok itself call the columns of their files."""
