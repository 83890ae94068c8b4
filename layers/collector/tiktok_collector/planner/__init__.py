"""The planner of studies: pure, from a study and its past to the plan of a day (docs/planning.md)."""
