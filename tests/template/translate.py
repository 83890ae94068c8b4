"""Prints the CloudFormation template that the SAM transform makes of a SAM template, as JSON.

Run as `python -m tests.template.translate template.yaml`. Lint sees more in the translated form: inside events the
source form is a blind spot, where a RetryPolicy of 500 attempts passes.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

# The only AWS managed policies that SAM itself attaches to functions like ours.
_MANAGED_POLICIES = {
    name: f"arn:aws:iam::aws:policy/service-role/{name}"
    for name in ("AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSLambdaSQSQueueExecutionRole")
}
_LOCAL_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class _NoAccount(ManagedPolicyLoader):  # type: ignore[misc]
    """Answers with the known policies instead of asking IAM."""

    def __init__(self) -> None:
        super().__init__(iam_client=None)

    def load(self) -> dict[str, str]:
        """The managed policies by name."""
        return _MANAGED_POLICIES


def translate(path: Path) -> dict[str, Any]:
    """The translated template of the SAM template at `path`, code locations replaced by S3 placeholders."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    template = json.loads(json.dumps(cfn_yaml.load(str(path)), default=str))
    for resource in template["Resources"].values():
        if code := _LOCAL_CODE.get(resource["Type"]):
            resource["Properties"][code] = "s3://bucket/key"
    translated: dict[str, Any] = transform(template, {}, _NoAccount())
    return translated


if __name__ == "__main__":
    json.dump(translate(Path(sys.argv[1])), sys.stdout, indent=1)
