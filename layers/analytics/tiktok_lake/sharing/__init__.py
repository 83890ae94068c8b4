"""What leaves the row store for other people and programs: exports, ids alone, and counts of large enough cells.

`export` is the way in.
"""
