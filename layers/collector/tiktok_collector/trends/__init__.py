"""Trend ingestion: lists of trends asked politely, kept as received and as rows, and compared with the days before."""
