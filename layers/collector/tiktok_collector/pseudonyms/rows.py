"""Which fields of a row name a person, and the row with pseudonyms in their place.

What is not known to be harmless is left out: a field that is new to this version may name somebody.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from tiktok_collector.pseudonyms.people import NOBODY, Known, Pseudonyms
from tiktok_collector.research_api.rows import MODELS, Row, Video

NAMES: Final = frozenset({"username"})
NAME_LISTS: Final = frozenset({"video_mention_list"})
PORTRAITS: Final = frozenset({"display_name", "bio_description", "bio_url", "avatar_url"})
"""Describe a person in their own words or pictures: null."""
TEXTS: Final = frozenset(
    {
        "text",
        "video_description",
        "voice_to_text",
        "hashtag_names",
        "hashtag_info_list",
        "sticker_info_list",
        "effect_info_list",
        "video_label",
        "video_tag",
        "playlist_name",
    }
)
"""What people wrote, and objects: names in them are replaced, and of objects only what is judged below is kept."""
INNER_TEXTS: Final = frozenset(
    {
        "hashtag_name",
        "hashtag_description",
        "sticker_name",
        "effect_name",
        "content",
        "text",
        "type",
        "video_tag_type",
    }
)
"""Texts inside of objects, as the fields of TEXTS."""
INNER_PLAIN: Final = frozenset(
    {
        "id",
        "hashtag_id",
        "sticker_id",
        "effect_id",
        "number",
        "video_tag_number",
    }
)
"""Ids of hashtags, stickers and effects, and numbers, inside of objects: kept where they are whole numbers."""
PLAIN: Final = frozenset(
    {
        "id",
        "video_id",
        "parent_comment_id",
        "music_id",
        "playlist_id",
        "playlist_video_ids",
        "playlist_item_total",
        "playlist_last_updated",
        "effect_ids",
        "create_time",
        "region_code",
        "video_duration",
        "is_stem_verified",
        "is_verified",
        "like_count",
        "likes_count",
        "comment_count",
        "share_count",
        "view_count",
        "favorites_count",
        "reply_count",
        "follower_count",
        "following_count",
        "video_count",
        "cursor",
        "has_more",
    }
)
"""Of videos, comments, sounds and playlists, or numbers: kept."""
PEOPLES_IDS: Final = frozenset({"user_id", "author_id", "creator_id", "owner_id", "open_id", "union_id"})
"""Ids of people, should they turn up inside of objects."""

LONGEST_TEXT: Final = 200_000
"""Characters of a text in which names are looked for; a longer one is left out. A day of speech has fewer."""

# A comment says no more of its author than this.
_AUTHORS: Final = frozenset({"comments"})
_JUDGED: Final = INNER_TEXTS | INNER_PLAIN | PEOPLES_IDS | NAMES | PORTRAITS


type Rule = Callable[[Any, Known], Any]


class PseudonymousRows:
    """Replaces what names people in rows; `known` are names that are looked for in every text."""

    def __init__(self, people: Pseudonyms, known: Iterable[str]) -> None:
        self._people = people
        self._known = NOBODY.plus(known)
        self._rules = {entity: self._rules_of(entity, model) for entity, model in MODELS.items()}

    def row(self, row: dict[str, Any], entity: str) -> dict[str, Any]:
        """An exportable row of the entity with pseudonyms, without the fields that its model does not know."""
        rules = self._rules[entity]
        known = self._known.plus(_named_in(row)) if entity in _OF_VIDEOS else self._known
        return {name: rules[name](value, known) for name, value in row.items() if name in rules}

    def _rules_of(self, entity: str, model: type[Row]) -> dict[str, Rule]:
        return {field: self._rule(field, entity) for field in model.__struct_fields__}

    def _rule(self, field: str, entity: str) -> Rule:
        if field in PLAIN:
            return lambda value, _: value
        if field in NAMES or (field == "display_name" and entity in _AUTHORS):
            return lambda value, _: None if value is None else self._people.of_name(value)
        if field in NAME_LISTS:
            return lambda value, _: None if value is None else [self._people.of_name(each) for each in value]
        return self.inside if field in TEXTS else lambda *_: None

    def inside(self, value: Any, known: Known) -> Any:
        """A text, list or object that people wrote, with pseudonyms for `@handles`, mail addresses and who is `known`.

        Of objects only what is judged is kept; a text that is too long is None.
        """
        if isinstance(value, str):
            return self._people.in_text(value, known) if len(value) <= LONGEST_TEXT else None
        if isinstance(value, list):
            return [self.inside(each, known) for each in value]
        if isinstance(value, dict):
            return {name: self._inner_field(name, each, known) for name, each in value.items() if name in _JUDGED}
        return value

    def _inner_field(self, name: str, value: Any, known: Known) -> Any:
        if name in INNER_TEXTS:
            return self.inside(value, known)
        if isinstance(value, str | int) and not isinstance(value, bool):
            if name in PEOPLES_IDS:
                return self._people.of_id(value)
            if name in NAMES:
                return self._people.of_name(str(value))
            if name in INNER_PLAIN and str(value).isdecimal():
                return value
        return None


def _named_in(row: dict[str, Any]) -> Iterator[str]:
    """The names that a row itself gives: its author's and those that its text mentions."""
    if author := row.get("username"):
        yield author
    for mention in row.get("video_mention_list") or ():
        yield mention.strip().lstrip("@\uff20").strip()


_OF_VIDEOS: Final = frozenset(entity for entity, model in MODELS.items() if model is Video)
