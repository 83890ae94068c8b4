"""The lake: keys of the bucket, raw pages as received, and the few other objects."""
