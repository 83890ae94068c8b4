"""HTTP, bounded and unjudged: one request out, one whole answer in, no retries; JSON bodies read exactly."""
