"""Whether TikTok takes a client's credentials: asked from this machine, before the stack has them."""

from botocore.exceptions import ClientError
from pydantic import SecretStr

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.target import Target
from local_cloud.options import Credentials
from tiktok_collector.errors import Fatal, Retriable
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.grant import TokenEndpoint


def why_untried(target: Target, credentials: Credentials) -> str:
    """Empty where TikTok takes the credentials; a sentence where that cannot be found out from here.

    The token that is granted is dropped: the stack asks for its own.

    Raises:
        Failure: TikTok refuses them.
    """
    try:
        url = _address(target)
        form = ClientCredentials(SecretStr(credentials.client_key), SecretStr(credentials.client_secret))
        TokenEndpoint(url, target.clock).grant(form)
    except ClientError as error:
        return f"AWS does not tell whom the stack asks for tokens ({type(error).__name__})."
    except Retriable as error:
        return f"They were not tried: {error}"
    except Fatal as error:
        problem = str(error)
    else:
        return ""
    raise Failure(
        ExitCode.CREDENTIALS,
        f"Nothing was stored. {problem} If TikTok has renewed the secret this minute, try again; --untested stores it "
        "as it is.",
    )


def _address(target: Target) -> str:
    configuration = target.aws.lambda_.get_function_configuration(FunctionName=target.stack.token_refresh)
    return configuration["Environment"]["Variables"]["RESEARCH_API_URL"]
