"""TikTok Research Collector: the code that the Lambda functions share."""

__version__ = "0.1.0"
