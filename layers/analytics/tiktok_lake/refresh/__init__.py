"""The terms: what was collected is checked in time, and what TikTok no longer has is deleted (docs/terms.md)."""
