"""Keys of the bucket: one function per kind of object (docs/lake.md has the table).

Every part of a key is checked here, so that nothing from an event, an API answer or an account name can name an object
outside its prefix.
"""

import hashlib
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake import key_parts

SOURCE: Final = "tiktok_research_api"

_MAX_PAGE: Final = 999_999
# S3 allows 1,024 bytes a key; the rest is for the prefix and the time.
_MAX_NAME: Final = 512


def raw_page_key(
    *, entity: str, dt: str, run_id: str, task_id: str, generation: int, page: int, source: str = SOURCE
) -> str:
    """The key of one raw page; keys of one task and generation sort by page.

    Args:
        entity: What the rows are, such as `videos`.
        dt: UTC day on which the run started, `YYYY-MM-DD`.
        run_id: The run, of the letters `A-Z a-z 0-9 . _ -`.
        task_id: The task within the run, of the same letters.
        generation: How often the task has started anew, from 0.
        page: Number of the page within the generation, 0 to 999,999.
        source: The API that the page came from.

    Raises:
        InvalidRequest: a part is not safe in a key; the message names it.
    """
    if not 0 <= page <= _MAX_PAGE or generation < 0:
        raise InvalidRequest(
            f"The page {page} of generation {generation} cannot be stored: pages go from 0 to {_MAX_PAGE} and "
            "generations from 0; split the task."
        )
    prefix = raw_prefix(entity=entity, dt=dt, run_id=run_id, source=source)
    return f"{prefix}{key_parts.safe('task id', task_id)}-g{generation}-{page:06d}.json.gz"


def raw_prefix(
    *, entity: str | None = None, dt: str | None = None, run_id: str | None = None, source: str = SOURCE
) -> str:
    """The prefix of all raw pages of a source, or of one entity, or of one day or run of that entity.

    Raises:
        InvalidRequest: a part is not safe in a key, or is given without the one before it.
    """
    parts = (("entity", entity), ("dt", dt), ("run", run_id))
    given = [value is not None for _, value in parts]
    if given != sorted(given, reverse=True):
        raise InvalidRequest("A prefix of raw pages needs the entity before the day, and the day before the run.")
    prefix = f"raw/source={key_parts.safe('source', source)}/"
    for name, value in parts:
        if value is not None:
            prefix += f"{name}={key_parts.day(value) if name == 'dt' else key_parts.safe(name, value)}/"
    return prefix


MANIFESTS: Final = "manifests/"
STUDY_PLANS: Final = "studies/plans/"


RUN_MANIFESTS: Final = f"{MANIFESTS}run="


def manifest_key(run_id: str) -> str:
    """The key of a run's manifest.

    Raises:
        InvalidRequest: `run_id` is not safe in a key.
    """
    return f"{RUN_MANIFESTS}{key_parts.safe('run id', run_id)}.json"


def run_of_manifest(key: str) -> str:
    """The run whose manifest lies at `key`, which `manifest_key` made."""
    return key.removeprefix(RUN_MANIFESTS).removesuffix(".json")


STUDY_FILE: Final = "config/study.yaml"
STUDY_STATE: Final = "studies/state.json.gz"
STUDY_RECORDS: Final = "studies/records/"
ACCEPTED_STUDY: Final = "studies/accepted.json.gz"
"""The last valid study file with the files that it names."""


def study_list_key(name: str) -> str:
    """The key of a file that a study file names; it lies beside it.

    Raises:
        InvalidRequest: `name` is not safe in a key.
    """
    return f"config/{key_parts.safe('file name', name)}"


def day_plan_key(day: str) -> str:
    """The key of what a study asks for on the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: `day` is not a day in that form.
    """
    return f"{STUDY_PLANS}dt={key_parts.day(day)}.json.gz"


def run_record_key(day: str, run_id: str) -> str:
    """The key of what became of a study's run that was planned for the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{STUDY_RECORDS}dt={key_parts.day(day)}/run={key_parts.safe('run id', run_id)}.json.gz"


def seen_prefix(collection: str, day: str) -> str:
    """The prefix of the ids of the videos of one UTC day (of creation) that a collection has found, run by run.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"studies/seen/collection={key_parts.safe('collection', collection)}/dt={key_parts.day(day)}/"


def seen_key(collection: str, day: str, run_id: str) -> str:
    """The key of those ids that one run has found.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{seen_prefix(collection, day)}run={key_parts.safe('run id', run_id)}.json.gz"


def trend_picks_prefix(search: str, pick: str) -> str:
    """The prefix of what a search takes from trend lists, day by day.

    Args:
        search: The search's name.
        pick: Tells one way of picking from another.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"studies/trends/search={key_parts.safe('search', search)}/pick={key_parts.safe('pick', pick)}/"


def trend_pick_key(search: str, pick: str, day: str) -> str:
    """The key of what it takes for the UTC day of videos `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{trend_picks_prefix(search, pick)}dt={key_parts.day(day)}.json.gz"


def study_manifests_prefix(study: str) -> str:
    """The prefix of the manifests of all days of a study.

    Raises:
        InvalidRequest: `study` is not safe in a key.
    """
    return f"{MANIFESTS}study={key_parts.safe('study', study)}/"


def study_manifest_key(study: str, day: str) -> str:
    """The key of what a study has collected on the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{study_manifests_prefix(study)}dt={key_parts.day(day)}.json"


def export_key(username: str, at: datetime) -> str:
    """The key of an account's export made at `at`, such as `exports/someone_FULL_DATA_20261120_160000.json`.

    Characters that are unsafe in paths or URLs, NUL among them, are percent-encoded.

    Raises:
        InvalidRequest: the username is empty.
    """
    if not username:
        raise InvalidRequest("An export needs a username; the one given is empty.")
    return _export_key(username, "FULL_DATA", at)


def search_export_key(name: str, at: datetime) -> str:
    """The key of a search's export made at `at`, such as `exports/climate_SEARCH_20261120_160000.json`.

    Raises:
        InvalidRequest: the name is empty.
    """
    if not name:
        raise InvalidRequest("An export needs the search's name; the one given is empty.")
    return _export_key(name, "SEARCH", at)


def _export_key(subject: str, kind: str, at: datetime) -> str:
    name = quote(subject, safe="", errors="surrogatepass").replace("..", "%2E%2E")
    if len(name) > _MAX_NAME:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        name = f"{name[:_MAX_NAME]}~{digest}"
    return f"exports/{name}_{kind}_{at.astimezone(UTC):%Y%m%d_%H%M%S}.json"


def usage_log_key(day: str) -> str:
    """The key of the usage log of the closed UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: `day` is not a day in that form.
    """
    return f"usage/dt={key_parts.day(day)}/tiktok_api_usage_log.json"


USAGE_HISTORY: Final = "usage/history.json"
"""One line a day and family: the newest closed days, and today so far."""
