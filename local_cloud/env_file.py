"""The file that `sam local` takes variables from: those of the deployed functions, as seen from a container.

`sam local` itself resolves `!Ref` of a table to the table's logical id, so what it would hand over leads nowhere.
"""

import re
from collections.abc import Mapping
from typing import Final

from local_cloud.endpoint import Aws

type Variables = dict[str, dict[str, str]]
"""Of each function, by its logical id, the values of its environment variables by their names."""

_OUTPUT: Final = re.compile(r"(\w+Function)Name")
_THIS_MACHINE: Final = re.compile(r"http://127\.0\.0\.1:(\d+)")


def variables_of(aws: Aws, outputs: Mapping[str, str]) -> Variables:
    """What every function of a stack finds in its environment.

    Args:
        aws: Where the stack is.
        outputs: The stack's, which name its functions.
    """
    functions = {found[1]: name for output, name in outputs.items() if (found := _OUTPUT.fullmatch(output))}
    return {
        logical_id: aws.lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        for logical_id, name in sorted(functions.items())
    }


def ports_of(variables: Variables) -> set[int]:
    """The ports of this machine that functions ask."""
    values = (value for each in variables.values() for value in each.values())
    return {int(found[1]) for value in values if (found := _THIS_MACHINE.fullmatch(value))}


def seen_from_containers(variables: Variables, host: str) -> Variables:
    """The same, with `host` in every address on this machine: a container's 127.0.0.1 is the container."""
    return {
        function: {name: _THIS_MACHINE.sub(rf"http://{host}:\1", value) for name, value in each.items()}
        for function, each in variables.items()
    }
