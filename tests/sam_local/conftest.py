"""One local cloud for all tests with containers; without a Docker engine they are skipped with a sentence."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from local_cloud.container_engine import find_engine
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source, checkout
from tests.e2e.conftest import Checkout, copy_the_checkout, plain_environment
from tests.sam_local.containers import Containers

STUDY = """
version: 1
name: contained
first_day: {first_day}
cohorts:
  people: {{accounts: [sandbox_alice], include: [profile, videos]}}
searches:
  travel: {{query: {{and: [{{field_name: hashtag_name, operation: EQ, field_values: [travel]}}]}}}}
trends:
  enabled: true
  countries: [US]
  kinds: {{hashtag: business_api}}
"""


@pytest.fixture(scope="session")
def engine() -> None:
    try:
        find_engine(Layout(checkout(), Source.SANDBOX), os.environ)
    except LocalCloudError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def containers(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:  # noqa: ARG001 # only asked
    copy = Checkout(copy_the_checkout(tmp_path_factory.mktemp("checkout")))
    today = datetime.now(UTC).date()
    days = {"START": f"{today - timedelta(2)}", "END": f"{today}"}
    try:
        done = copy.run(ACCOUNTS="sandbox_bruno", INCLUDE="profile", **days)
        assert done.code == 0, done.text
        # The functions that the emulator runs by schedule would take work from those in containers.
        paused = [str(copy.root / "bin" / "tiktok-collector"), "pause", "--local"]
        subprocess.run(paused, cwd=copy.root, env=plain_environment(), check=True, capture_output=True)  # noqa: S603
        made = Containers(copy)
        study = STUDY.format(first_day=today - timedelta(4))
        made.stack.aws.s3.put_object(Bucket=made.stack.names.bucket, Key="config/study.yaml", Body=study.encode())
        yield made
    finally:
        copy.run("stop")
