"""What the quota was spent on: today's tally, the counter kept true to the stored pages, and the closed day's log."""
