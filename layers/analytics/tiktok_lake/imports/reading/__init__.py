"""From a file of any of the forms that people share to one table of text in DuckDB."""
