"""Studies: what `config/study.yaml` asks for, planned day by day, and what became of it (docs/study.md)."""
