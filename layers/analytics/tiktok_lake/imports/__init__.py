"""Datasets of others: recognised by their columns, mapped to the tables of the row store, answered with a report."""
