"""Pure: which names can be told from words, and which fields of documents name accounts.

An account may be called `none`, `videos` or `view_count`. Such a name counts only where a name is bound to stand.
"""

from typing import Final

from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_lake.tables import TABLES

NAME_FIELDS: Final = frozenset(
    {
        *("username", "usernames", "bad_usernames", "other_username", "reference_username", "author", "creator"),
        *("unique_id", "uniqueId", "author_name", "video_mention_list", "accounts", "ids", "valid", "unknown", "gone"),
    }
)
"""What these say is a name, or a list of names; of a list in no field too."""
NAME_MAPS: Final = frozenset({"ids", "by_username", "urgent"})
"""Objects whose fields are called after accounts."""
LABELS: Final = frozenset(
    {
        *("collection", "collections", "search", "study", "hashtag_name", "hashtag_names", "keyword", "field_values"),
        *("id", "item_id", "kind", "part", "reason", "note", "country", "region_code", "period", "industry", "rule"),
    }
)
"""What is chosen freely, or from few words: only what can be no word is a name there."""
NO_NAMES: Final = frozenset(
    {
        *("run_id", "task", "task_id", "next_task", "request_id", "log_id", "search_id", "version", "key", "day", "dt"),
        *("collector", "body_sha256", "usernames_digest"),
        *("source", "entity", "endpoint", "stream", "function", "work_class", "status", "state", "quota", "method"),
    }
)
"""What these say is never a name, however it reads."""

_LONG: Final = 6
_OF_NAMES: Final = frozenset("0123456789_.")
_WORDS: Final = frozenset(
    """
    _retrieved_at _first_retrieved_at _fetches _collections hashtag_description hashtag_id
    tiktok_research_api research curated done_at planned_at
    none null true false nan yes no adhoc done error data
    accounts announced api_down attempts author_name backlog bad_username bad_usernames budget bisected by_username
    candidates capacity capped catch_up code_version collected_at collection collections collector comment_requests
    comments_capped complete complete_with_gaps control create_date cursor_in cursor_loop cursor_missing cursor_out
    day_fails days_to_catch_up defects depth detail digest dropped earlier empty_page end_date endpoint entity equal
    estimate exhausted expected export exports failed failed_before failures family fetched field_name field_values
    field_name filter_by finished_at first_items follow follow_up format fresh function generation has_more
    heavy_budget http_status identified include incomplete is_complete item_rows keyword last_id limits liked lists
    log_id manifest max_comments max_count max_followers max_following method missing names_blamed next_task
    not_returned nothing number object observation observation_detail observed_hidden observed_out_of_scope
    observed_private observed_unknown offsets_shifted operation page_cap page_fails parked parent part pending period
    pinned planned planning possible priority problems profile profiles pseudonyms purpose quarantine quarantined
    refused rejections replies reposted request request_id requested requests result_key result_key_id result_rows
    retrieved_at resume_at retries running same_moment scheduled search search_id search_id_in search_id_out search_lost
    searches settled silent skipped source source_key spec start_date started_at status stream streams study subjects
    summary system tables unknown unknown_fields upload_id usernames usernames_digest user_extraction username
    videos_with_comments video_search visits waiting warnings window window_fails window_left work_class working works
    body_bytes body_sha256 task_id run_id has_reply data_refresh lake_curation collection_worker deleted message
    """.split()  # noqa: SIM905 - a hundred quotation marks would hide them
)
_VOCABULARY: Final = frozenset(
    {
        *_WORDS,
        *NAME_FIELDS,
        *NAME_MAPS,
        *LABELS,
        *NO_NAMES,
        *TABLES,
        *(column.name for table in TABLES.values() for column in table.columns),
        *(each.name for each in ENDPOINTS.values()),
        *(each.entity for each in ENDPOINTS.values()),
        *(name for each in ENDPOINTS.values() for name in (*each.fields, *each.row_keys)),
    }
)


def is_common(name: str) -> bool:
    """Whether documents and tables say the same of other things: a number, a word of JSON, a field's name."""
    return name.isdigit() or name in _VOCABULARY


def is_telling(name: str) -> bool:
    """Whether a word that reads like the name is taken for it: six letters or more, or a digit, dot or underscore."""
    return (len(name) >= _LONG or not _OF_NAMES.isdisjoint(name)) and not is_common(name)


def is_marked(name: str) -> bool:
    """Whether the name can be no word of a language."""
    return is_telling(name) and not _OF_NAMES.isdisjoint(name)
