"""Entry point of the function `token_refresh`: the only one that may read the client secret."""

import os
from functools import cache
from traceback import extract_tb
from typing import Any

import msgspec

from tiktok_collector import throttling
from tiktok_collector.aws import dynamodb_client, secrets_client
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import CollectorError
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.token_refresh import TokenRefreshEvent
from tiktok_collector.handling import UnexpectedFailure
from tiktok_collector.observability import logger
from tiktok_collector.settings import TokenRefreshSettings
from tiktok_collector.tokens.grant import TokenEndpoint
from tiktok_collector.tokens.lease import TokenLease
from tiktok_collector.tokens.refresh import TokenRefresh
from tiktok_collector.tokens.secret_store import SecretStore


@cache
def _use_case() -> TokenRefresh:
    settings = TokenRefreshSettings.load(os.environ)
    clock, secrets = SystemClock(), secrets_client()
    return TokenRefresh(
        credentials=SecretStore(secrets, settings.client_credentials_secret),
        tokens=SecretStore(secrets, settings.access_token_secret),
        lease=TokenLease(dynamodb_client(), settings.tasks_table, clock),
        endpoint=TokenEndpoint(str(settings.research_api_url), clock),
        clock=clock,
    )


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make sure of a usable token; returns its version, expiry and what it took (docs/events.md), never the token.

    Raises:
        CollectorError: so that Lambda retries a scheduled invocation, and a collector that asked sees why.
    """
    log = logger("token_refresh")
    try:
        report = _use_case().run(parse_event(TokenRefreshEvent, event).rejected_version)
    except CollectorError as error:
        log.error(str(error), extra={"error_type": type(error).__name__})  # noqa: TRY400 - a sentence, not a traceback
        raise
    except Exception as error:  # noqa: BLE001 - the outermost frame; its cause might quote a token, so it is not logged
        where = extract_tb(error.__traceback__)[-1]
        sentence = f"token_refresh failed unexpectedly: {type(error).__name__} in {where.name}, line {where.lineno}."
    else:
        seen = {"refreshed": report.refreshed, "credentials": report.credentials}
        log.info("access token", extra={**seen, "expires_at": report.expires_at.isoformat()})
        if report.problem:
            # The field is what the alarm on failing functions counts (template.yaml): what works now may end any day.
            log.error(report.problem, extra={"client_refused": True})
        return msgspec.to_builtins(report)  # type: ignore[no-any-return] # a struct becomes a dict
    finally:
        throttling.tell(log)
    log.error(sentence)
    raise UnexpectedFailure(sentence)
