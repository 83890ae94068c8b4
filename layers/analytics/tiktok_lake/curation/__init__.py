"""Curation: raw pages become typed rows of the row store, once each, and small files become large ones.

`curate.Curation` is the way in; whoever calls it holds the lease of the row store.
"""
