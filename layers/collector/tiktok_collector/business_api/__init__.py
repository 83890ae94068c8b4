"""Trends of the Business API v1.3 (`discovery/*`), the documented source: hashtags, commercial sounds, keywords."""
