"""What botocore and moto work out anew for every call, though it comes out the same, is worked out once.

No test sees a difference: neither what is sent nor what is answered changes.
"""

from functools import cache
from typing import Any

import botocore.session
import botocore.useragent
from botocore.loaders import create_loader
from moto.backend_index import backend_url_patterns
from moto.core.base_backend import BaseBackend
from moto.s3.models import FakeKey


def make_calls_cheap() -> None:
    """Changes this process for good."""
    # moto begins with a new session each time, and each would read the descriptions of all services anew, which takes
    # longer than most tests do.
    botocore.session.create_loader = cache(create_loader)
    botocore.useragent.sanitize_user_agent_string_component = cache(
        botocore.useragent.sanitize_user_agent_string_component
    )
    _remember_addresses()
    # The address of a call is held against those of two hundred services in turn.
    backend_url_patterns.sort(key=lambda each: each[0] not in ("dynamodb", "secretsmanager", "s3"))
    # A list of versions copies all that the bucket has, with their access lists, and changes nothing in the copies that
    # would not be the same in the originals.
    FakeKey.__deepcopy__ = lambda key, _: key  # type: ignore[attr-defined]


def _remember_addresses() -> None:
    """For each call of S3 moto loads the module with S3's addresses anew, twice."""
    work_out: Any = BaseBackend.urls
    known: dict[type[BaseBackend], Any] = {}

    def urls(backend: BaseBackend) -> Any:
        if type(backend) not in known:
            known[type(backend)] = work_out.fget(backend)
        return known[type(backend)]

    BaseBackend.urls = property(urls)  # type: ignore[assignment]
