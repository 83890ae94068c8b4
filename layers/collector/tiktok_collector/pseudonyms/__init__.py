"""Keyed pseudonyms of people, for what leaves the collector (docs/adr/0006).

`keys` reads the stack's key, `people` makes pseudonyms, `rows` says which field of a row names a person.
"""
