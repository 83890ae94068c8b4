"""Use cases: plan a run, work its tasks, write its exports and manifest."""
