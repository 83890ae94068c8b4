"""Settings: one model per function, read from environment variables of the same names in capitals.

A template test keeps the variables in `template.yaml` and these fields equal in both directions.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from tiktok_collector.errors import InvalidRequest

Name = Annotated[str, Field(min_length=1)]


class Settings(BaseModel):
    """Base of every settings model: frozen, and strict about what it does not understand."""

    # A function loads one of these models; building the others would only lengthen its cold start.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """The settings in `environment` (usually `os.environ`); an empty value counts as unset.

        Raises:
            InvalidRequest: a variable is missing or malformed; the message names it.
        """
        values = {name: environment[name.upper()] for name in cls.model_fields if environment.get(name.upper())}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            variable = str(first["loc"][0]).upper()
            raise InvalidRequest(
                f"The environment variable {variable} is not usable: {first['msg']}. "
                "Set it in template.yaml and deploy again."
            ) from error


class TokenRefreshSettings(Settings):
    """What `token_refresh` needs; the only settings that name the client secret."""

    client_credentials_secret: Name
    access_token_secret: Name
    tasks_table: Name
    research_api_url: HttpUrl


class LedgerSettings(Settings):
    """The usage log and the limits of both quota families, requests per UTC day (API FAQ)."""

    usage_log_table: Name
    research_daily_limit: int = Field(default=1_000, ge=1)
    followers_daily_limit: int = Field(default=20_000, ge=1)
    adhoc_reserve_percent: int = Field(default=10, ge=0, le=100)
    turn_of_day_seconds: int = Field(default=120, ge=0, le=3_600)


class CollectionSettings(LedgerSettings):
    """What a function that collects needs."""

    bucket: Name
    tasks_table: Name
    access_token_secret: Name
    pseudonym_key_secret: Name
    token_refresh_function: Name
    research_api_url: HttpUrl
    threads: int = Field(default=8, ge=1, le=64)


class AccountingSettings(LedgerSettings):
    """What `quota_accounting` needs."""

    bucket: Name
    tasks_table: Name


class TrendIngestionSettings(Settings):
    """What `trend_ingestion` needs; its daily budgets are the study's."""

    bucket: Name
    usage_log_table: Name
    tasks_table: Name
    trend_credentials_secret: Name
    creative_center_url: HttpUrl
    creative_center_us_url: HttpUrl
    creative_center_eu_url: HttpUrl
    business_api_url: HttpUrl
    trend_threads: int = Field(default=2, ge=1, le=16)
    trend_spacing_seconds: float = Field(default=1.0, ge=0, le=60)


class LakeSettings(Settings):
    """What `lake_curation` and `dataset_import` need: they change the row store and send no request."""

    bucket: Name
    tasks_table: Name
    """Holds the lease of the row store."""
    aws_lambda_function_memory_size: int = Field(default=1024, ge=128)
    """Megabytes; Lambda sets it. DuckDB takes a part of it."""


class DataRefreshSettings(CollectionSettings):
    """What `data_refresh` needs: it asks TikTok what still exists, and changes the row store."""

    aws_lambda_function_memory_size: int = Field(default=1024, ge=128)
    """Megabytes; Lambda sets it. DuckDB takes a part of it."""
