"""The study file: YAML and lists of accounts become a `Study`, or every problem with its line (docs/study.md)."""
