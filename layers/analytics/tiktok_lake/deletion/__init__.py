"""Deletes what may not be kept: rows, their raw pages, exports and documents, with a certificate of each deletion."""
