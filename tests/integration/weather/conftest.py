from tests.integration.collection.conftest import make_cloud
from tests.support.secrecy import everything_logged

__all__ = ["everything_logged", "make_cloud"]
