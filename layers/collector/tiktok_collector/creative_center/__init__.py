"""Trends of the Creative Center: both generations of its interface, which is undocumented."""
