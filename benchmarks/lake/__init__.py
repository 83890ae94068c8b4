"""What the benchmarks of the row store share: a bucket in a folder, made-up data, and the usual way by hand."""
