"""The row store: typed Parquet rows of raw pages and of other people's datasets, queried, shared and deleted from.

Built on `tiktok_collector` and DuckDB; nothing of the collectors imports it.
"""
