"""Text to values: functions of DuckDB for what other people's files write as ids, counts, times, tags and names.

A value that cannot be read is null and never a guess; its text stays in the row's `extra`.
"""
