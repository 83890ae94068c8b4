"""A person with the policies of docs/deployer and no other right, who deploys as README says: sam deploy --guided."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from local_cloud.environment import REGION, child_environment, interpreter_folder
from local_cloud.layout import Layout, Source, checkout
from tests.e2e.https_cloud import HttpsCloud

NAME = "a-deployer"
POLICIES = ("policy-stack.json", "policy-resources.json")


class DeployingPerson:
    """Someone in the emulated account, in the folder `home`, who has what `sam build` made of the checkout there."""

    def __init__(self, cloud: HttpsCloud, home: Path) -> None:
        self._cloud = cloud.cloud
        self._layout = Layout(cloud.root, Source.SANDBOX)
        self.home = home
        self.config = home / "samconfig.toml"
        self.config.write_bytes((checkout() / "samconfig.toml").read_bytes())
        (home / ".aws-sam").mkdir()
        (home / ".aws-sam" / "build").symlink_to(self._layout.build)
        self._iam: Any = self._cloud.client("iam")
        self._iam.create_user(UserName=NAME)
        self._key = self._iam.create_access_key(UserName=NAME)["AccessKey"]
        self._attached: list[str] = []
        self.may()

    @property
    def session(self) -> boto3.Session:
        """With the person's own key."""
        return boto3.Session(self._key["AccessKeyId"], self._key["SecretAccessKey"], region_name=REGION)

    def may(self, *, but_not: str = "") -> None:
        """Gives the person the policies as they are documented, without the action `but_not`."""
        for arn in self._attached:
            self._iam.detach_user_policy(UserName=NAME, PolicyArn=arn)
            self._iam.delete_policy(PolicyArn=arn)
        self._attached = [self._attach(name, but_not) for name in POLICIES]

    def sam(
        self, *arguments: str, answers: Sequence[str] = (), parameters: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs the SAM CLI in the person's folder; questions get these answers and then what is proposed."""
        environment = child_environment(
            os.environ,
            temporary=self.home / "tmp",
            first_on_path=interpreter_folder(self._layout.ministack_python),
        )
        environment |= {
            "AWS_ENDPOINT_URL": str(self._cloud.url),
            "AWS_CA_BUNDLE": str(self._cloud.certificate),
            "AWS_ACCESS_KEY_ID": self._key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self._key["SecretAccessKey"],
        }
        overrides = [f"{name}={value}" for name, value in (parameters or {}).items()]
        return subprocess.run(  # noqa: S603 # our own command line, no shell
            [str(self._layout.sam), *arguments, *(["--parameter-overrides", *overrides] if overrides else [])],
            cwd=self.home,
            env=environment,
            input="".join(f"{answer}\n" for answer in [*answers, *[""] * 60]),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )

    def _attach(self, name: str, but_not: str) -> str:
        policy = json.loads((checkout() / "docs" / "deployer" / name).read_text())
        for statement in policy["Statement"]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            statement["Action"] = [action for action in actions if action != but_not]
        policy["Statement"] = [statement for statement in policy["Statement"] if statement["Action"]]
        arn: str = self._iam.create_policy(
            PolicyName=f"deploy-{name.removesuffix('.json')}", PolicyDocument=json.dumps(policy)
        )["Policy"]["Arn"]
        self._iam.attach_user_policy(UserName=NAME, PolicyArn=arn)
        return arn
