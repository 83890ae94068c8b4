"""Whether TikTok takes a client's credentials: asked from this machine, before the stack has them."""

from botocore.exceptions import ClientError
from pydantic import SecretStr

from local_cloud.endpoint import Aws
from local_cloud.errors import LocalCloudError
from local_cloud.options import Credentials
from tiktok_collector.clock import Clock
from tiktok_collector.errors import Fatal, Retriable
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.grant import TokenEndpoint


class ClientRefused(LocalCloudError):
    """TikTok refuses the credentials; the message is the reason, and nothing was stored."""


def why_untried(aws: Aws, token_refresh: str, credentials: Credentials, clock: Clock) -> str:
    """Empty where TikTok takes the credentials; a sentence where that cannot be found out from here.

    Whom to ask is what the function `token_refresh` would ask. The token that is granted is dropped: the stack asks for
    its own.

    Raises:
        ClientRefused: TikTok refuses them.
    """
    try:
        configuration = aws.lambda_.get_function_configuration(FunctionName=token_refresh)
        url = configuration["Environment"]["Variables"]["RESEARCH_API_URL"]
        form = ClientCredentials(SecretStr(credentials.client_key), SecretStr(credentials.client_secret))
        TokenEndpoint(url, clock).grant(form)
    except ClientError as error:
        return f"AWS does not tell whom the stack asks for tokens ({type(error).__name__})."
    except Retriable as error:
        return f"They were not tried: {error}"
    except Fatal as error:
        problem = str(error)
    else:
        return ""
    raise ClientRefused(problem)
