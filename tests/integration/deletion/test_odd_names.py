"""Accounts called like words, numbers, fields, patterns or the beginnings of others: only they go, and all of them."""

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, TASKS, Cloud
from tests.integration.deletion.stack import LakeStack
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.purge import PurgeScope
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.scrubbing import Scrubber

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOBODY = ["null", "true", "7", "complete", "view_count", "ben", "ben_lindqvist", "ben.lindqvist.3", "b%", "be_", ".*"]
"""No account is called so; some read like a part of another's name, or like a pattern that it would match."""
PEOPLE = ["none", "videos", "ben_lindqvist_3"]
_WORD = re.compile(r"[a-z_]+")
INCLUDE = ["profile", "videos", "followers", "playlists"]


def collected(make_cloud: "MakeCloud") -> LakeStack:
    specs = [AccountSpec(name, videos=3, days=20, followers=2, playlists=1) for name in PEOPLE]
    world = World.generate(seed=7, accounts=2, videos=5, days=30, specs=specs)
    stack = LakeStack(make_cloud(world, settings={"archive_lag_scale": 0}))
    assert stack.cloud.extract({"usernames": PEOPLE, "include": INCLUDE, "run_id": "first"}).state == "complete"
    stack.curate()
    return stack


def items(cloud: Cloud) -> dict[str, Any]:
    found = cloud.dynamodb.scan(TableName=TASKS)["Items"]
    return {each["sk"]["S"]: each for each in found if each["pk"]["S"] == "RUN#first"}


def documents(stack: LakeStack) -> list[Any]:
    """What the collector itself has written, but for what the API said."""
    found: list[Any] = []
    for key in stack.cloud.keys(""):
        if key.startswith(("raw/", "manifests/", "lake/")):
            data = stack.cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            lines = (gunzipped(data, key=key) if key.endswith(".gz") else data).splitlines()
            found += [json.loads(lines[0])] if key.startswith("raw/") else []
            found += [json.loads(b"".join(lines))] if not key.startswith("raw/") else []
    for item in items(stack.cloud).values():
        found += [json.loads(item[name]["S"]) for name in ("run", "spec", "progress") if name in item]
    return found


def his(stack: LakeStack) -> list[str]:
    """The videos of another; where his captions mention somebody who goes they may change."""
    columns = "video_id, username, view_count, hashtag_names, region_code, entity, task_id"
    return sorted(map(str, stack.rows("videos", columns, "username = 'ben_lindqvist_3'")))


def words(value: Any, field: str = "") -> set[str]:
    """All fields' names, and all that fields say in one word, other than those of people."""
    if isinstance(value, dict):
        return set(value).union(*(words(each, name) for name, each in value.items()))
    if isinstance(value, list):
        return set().union(*(words(each, field) for each in value))
    of_people = {"username", "usernames", "display_name", "bio_description", "text", "video_mention_list", "name"}
    return {value} if isinstance(value, str) and field not in of_people else set()


def test_no_word_of_a_document_is_taken_for_an_account(make_cloud: "MakeCloud") -> None:
    stack = collected(make_cloud)
    found = documents(stack)
    assert len(found) > 30
    taken = set()
    for word in sorted(each for each in words(found) if _WORD.fullmatch(each) and each not in PEOPLE):
        scrubber = Scrubber(Doomed(accounts=frozenset([word])))
        if any(map(scrubber.touches, found)):
            taken.add(word)
    assert taken == set()


def test_an_account_is_matched_where_its_name_stands_and_nowhere_else(make_cloud: "MakeCloud") -> None:
    stack = collected(make_cloud)
    before, tasks = stack.etags(), items(stack.cloud)
    for name in NOBODY:
        planned = stack.purge({"account": name})
        assert (name, planned.deleted, planned.changed) == (name, {}, {})
    assert stack.etags() == before
    others = his(stack)
    for number, name in enumerate(("NONE", "videos"), start=1):
        event = {"account": name}
        count = len(stack.rows("videos", where=f"username = '{name.lower()}'"))
        assert count
        assert stack.purge(event).deleted["row store"]["videos"] == count
        done = stack.purge(event, dry_run=False, run_id=f"purge-{number}")
        assert (done.state, done.deleted["row store"]["videos"]) == ("done", count)
    assert {row["username"] for row in stack.rows("videos")} == {"ben_lindqvist_3"}
    assert his(stack) == others
    # Of the table, what asks for one of the two goes, and the rest is as it was; the run no longer names them.
    left = items(stack.cloud)
    asked = {sk for sk, item in tasks.items() if json.loads(item.get("spec", {"S": "{}"})["S"]).get("username")}
    hers = {sk for sk in asked if json.loads(tasks[sk]["spec"]["S"])["username"] in {"none", "videos"}}
    assert hers
    assert set(tasks) - set(left) == hers
    assert {sk: item for sk, item in left.items() if sk != "RUN"} == {
        sk: item for sk, item in tasks.items() if sk not in {*hers, "RUN"}
    }
    manifest = stack.cloud.manifest("first")
    assert [each["username"] for each in manifest["accounts"]] == ["ben_lindqvist_3"]
    assert manifest["status"] == "complete"
    assert manifest["event"]["include"] == INCLUDE
    (key,) = stack.cloud.export_keys("ben_lindqvist_3")
    assert {"videos", "comments", "followers", "streams"} <= set(stack.cloud.json(key))


@pytest.mark.parametrize("name", ["a\x00b", "a b", "@", "a/b", "a\u200bb"])
def test_what_no_account_can_be_called_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"handle|empty"):
        PurgeScope(account=name)


def test_a_study_that_says_the_same_word_of_something_else_does_not_hold_a_purge_up(make_cloud: "MakeCloud") -> None:
    stack = LakeStack(make_cloud(World.generate(seed=1, accounts=1, videos=1, days=5)))
    head = "version: 1\nname: none\nfirst_day: 2026-11-01\ncohorts:\n  videos:\n"
    text = head + "    accounts: [{}]\n    include: [videos]\n"
    stack.cloud.upload_study(text.format("ben"))
    assert stack.purge({"account": "videos"}).state == "planned"
    assert stack.purge({"account": "none"}).state == "planned"
    for named in ("videos", "@Videos", "ben, 'videos'", "https://www.tiktok.com/@videos"):
        stack.cloud.upload_study(text.format(named if "/" not in named else f"'{named}'"))
        with pytest.raises(InvalidRequest, match="line 6"):
            stack.purge({"account": "videos"})
