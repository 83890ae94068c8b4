"""The fixtures of the collection tests: a sandbox for TikTok, moto for AWS."""

from tests.integration.collection.conftest import make_cloud

__all__ = ["make_cloud"]
