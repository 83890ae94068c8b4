"""The emulator over https with the roles enforced, and stacks on it by `sam build`, `sam deploy` and `sam delete`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import requests

from local_cloud.endpoint import LocalAws
from local_cloud.environment import REGION
from local_cloud.layout import Layout, Source
from local_cloud.ministack import MiniStack
from local_cloud.sam import Sam
from local_cloud.stack import endpoint_parameters, sandbox_parameters
from sandbox.testing import SandboxServer
from tests.e2e.deployed import SECRETS, Cloud, Deployed

ADMINISTRATOR = "a-person"
_EVERYTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


class HttpsCloud:
    """An emulated account with one administrator, who is no root, and a sandbox to collect from."""

    def __init__(self, root: Path, sandbox: SandboxServer) -> None:
        layout = Layout(root, Source.SANDBOX)
        self.root = root
        self.sandbox = sandbox
        self._sam = Sam(layout)
        self._built = self._sam.build()
        self._emulator = MiniStack(layout, tls=True)
        self._aws = LocalAws(self._emulator.start(), self._emulator.certificate)
        self.plain_url = self._emulator.plain_url
        self.cloud = self._with_an_administrator()

    def deploy(self, name: str, **parameters: str) -> Deployed:
        """Builds what has changed, deploys it as the stack `name`, and gives it credentials if it has none."""
        self._sam.build()
        here = endpoint_parameters(self._aws) | sandbox_parameters(self.sandbox.url)
        self._sam.deploy(name, self._aws, here | parameters)
        deployed = Deployed(self.cloud, name)
        client = {"client_key": self.sandbox.client_key, "client_secret": self.sandbox.client_secret}
        trends = requests.get(f"{self.sandbox.url}/_sandbox/trend_credentials", timeout=20).json()
        for secret, value in (("client_credentials", client), ("trend_credentials", trends)):
            if deployed.secret(secret)[1] == "":
                deployed.secrets.put_secret_value(
                    SecretId=deployed.outputs[SECRETS[secret]], SecretString=json.dumps(value)
                )
        return deployed

    def delete(self, name: str) -> None:
        """Deletes the stack `name` as its user would."""
        self._sam.delete(name, self._aws)

    def stop(self) -> None:
        """Ends the emulator."""
        self._emulator.stop()

    def _with_an_administrator(self) -> Cloud:
        # To the account's root the emulator holds no bucket policy, and AWS no permission of IAM.
        root = Cloud(boto3.Session("test", "test", region_name=REGION), self._aws.url, str(self._emulator.certificate))
        iam: Any = root.client("iam")
        iam.create_user(UserName=ADMINISTRATOR)
        iam.put_user_policy(UserName=ADMINISTRATOR, PolicyName="all", PolicyDocument=json.dumps(_EVERYTHING))
        key = iam.create_access_key(UserName=ADMINISTRATOR)["AccessKey"]
        person = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
        return Cloud(person, root.url, root.certificate)


@contextmanager
def https_cloud(root: Path) -> Iterator[HttpsCloud]:
    """A cloud of the checkout's copy at `root`, until the end of the block."""
    with SandboxServer() as sandbox:
        cloud = HttpsCloud(root, sandbox)
        try:
            yield cloud
        finally:
            cloud.stop()
