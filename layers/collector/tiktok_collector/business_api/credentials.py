"""What the Business API wants from its caller: an access token, and the id of the account that a list is read for."""

import msgspec
from pydantic import SecretStr


class BusinessCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """The part `business_api` of the secret of trend credentials.

    Attributes:
        access_token: Sent as the header `Access-Token`.
        advertiser_id: Hashtags are read for an advertiser.
        business_id: Sounds and keywords are read for a TikTok account (its `open_id`).
    """

    access_token: SecretStr
    advertiser_id: str | None = None
    business_id: str | None = None
