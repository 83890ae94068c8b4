"""A person with the policy docs/deployer/operator.json and no other right, who uses the command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from local_cloud.environment import REGION
from local_cloud.layout import checkout
from tests.e2e.conftest import plain_environment
from tests.e2e.deployed import Cloud

NAME = "an-operator"


class OperatingPerson:
    """Someone in the emulated account, with a folder for what is downloaded."""

    def __init__(self, cloud: Cloud, stack: str, home: Path) -> None:
        self._stack = stack
        self._home = home
        policy = (checkout() / "docs" / "deployer" / "operator.json").read_text()
        # The emulator makes other names of log groups than CloudFormation does.
        policy = policy.replace("log-group:tiktok-collector*", "log-group:/aws/cloudformation/tiktok-collector*")
        iam: Any = cloud.client("iam")
        iam.create_user(UserName=NAME)
        iam.put_user_policy(UserName=NAME, PolicyName="operator", PolicyDocument=json.dumps(json.loads(policy)))
        curator = (checkout() / "docs" / "deployer" / "curator.json").read_text()
        iam.put_user_policy(UserName=NAME, PolicyName="curator", PolicyDocument=json.dumps(json.loads(curator)))
        key = iam.create_access_key(UserName=NAME)["AccessKey"]
        self._environment = plain_environment() | {
            "PYTHONPATH": ":".join(str(checkout() / each) for each in ("", "layers/collector", "layers/analytics")),
            "AWS_ENDPOINT_URL": str(cloud.url),
            "AWS_CA_BUNDLE": str(cloud.certificate),
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "AWS_DEFAULT_REGION": REGION,
        }

    def runs(self, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Runs `tiktok-collector` about the stack to its end."""
        return subprocess.run(  # noqa: S603 # our own command
            [sys.executable, "-m", "cli", *command, "--stack", self._stack],
            cwd=self._home,
            env=self._environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
