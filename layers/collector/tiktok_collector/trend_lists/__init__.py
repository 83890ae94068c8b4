"""The vocabulary of trends: what is asked for, what sources offer, and the rows that come of it. Pure."""
