from tests.integration.collection.conftest import make_cloud

__all__ = ["make_cloud"]
