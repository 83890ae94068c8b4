"""Events: what people and schedules send to the functions, as pydantic models."""
