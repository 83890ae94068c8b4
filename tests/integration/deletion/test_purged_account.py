"""After an account is purged nothing of it is found anywhere, and nothing of others is gone."""

from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, TASKS
from tests.integration.deletion.stack import LakeStack
from tiktok_lake.lease import lake_lease
from tiktok_lake.refresh.status import read_status

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

ANN = "ann_vermeer_7"
BEN = "ben_lindqvist_3"
INCLUDE = ["profile", "videos", "followers", "following", "liked", "pinned", "reposted", "playlists", "comments"]


def world() -> World:
    specs = [
        AccountSpec(
            name, videos=4, days=20, followers=4, following=3, liked=2, pinned=1, playlists=1, comments_per_video=1
        )
        for name in (ANN, BEN)
    ]
    return World.generate(seed=7, accounts=4, videos=30, days=30, specs=specs)


def collected(make_cloud: "MakeCloud") -> LakeStack:
    """Two accounts, collected and exported twice: under pseudonyms, and under their names."""
    stack = LakeStack(make_cloud(world(), settings={"archive_lag_scale": 0}))
    for number, identified in enumerate((False, True)):
        event = {"usernames": [ANN, BEN], "include": INCLUDE, "identified": identified, "run_id": f"run{number}"}
        assert stack.cloud.extract(event).state == "complete"
        stack.cloud.clock.sleep(3600)
    stack.cloud.s3.put_object(Bucket=BUCKET, Key="imports/list.csv", Body=f"username\n{ANN}\n".encode())
    stack.cloud.s3.put_object(Bucket=BUCKET, Key="imports/others.csv", Body=f"username\n{BEN}\n".encode())
    stack.cloud.s3.put_object(Bucket=BUCKET, Key="athena-results/1.csv", Body=ANN.encode())
    stack.curate()
    return stack


def rows_of_others(stack: LakeStack) -> dict[str, list[str]]:
    """The rows that have nothing to do with the account, by table."""
    videos = [row["video_id"] for row in stack.rows("videos", where=f"username = '{ANN}'")]
    playlists = [row["playlist_id"] for row in stack.rows("videos", where=f"username = '{ANN}'") if row["playlist_id"]]
    not_hers = f"video_id NOT IN ({', '.join(map(str, videos))})" if videos else "true"
    not_in_hers = f"playlist_id NOT IN ({', '.join(map(str, playlists))})" if playlists else "true"
    conditions = {
        "videos": f"username <> '{ANN}'",
        "video_stats": not_hers,
        "comments": not_hers,
        "users": f"username <> '{ANN}'",
        "relations": f"coalesce(username <> '{ANN}', true) AND coalesce(other_username <> '{ANN}', true) "
        f"AND coalesce({not_hers}, true) AND coalesce({not_in_hers}, true)",
        "playlists": not_in_hers,
    }
    return {table: sorted(map(str, stack.rows(table, where=where))) for table, where in conditions.items()}


def test_nothing_of_a_purged_account_is_found_and_nothing_of_others_is_gone(make_cloud: "MakeCloud") -> None:
    stack = collected(make_cloud)
    others = rows_of_others(stack)
    assert all(others.values())
    fetched = stack.rows("videos", where=f"username = '{ANN}'")
    videos = [str(row["video_id"]) for row in fetched]
    pseudonym = stack.people().of_name(ANN)
    places = stack.places_of(ANN, pseudonym, *videos)
    for prefix in ("raw/", "curated/videos/", "curated/users/", "exports/", "manifests/", "imports/", "Tasks"):
        assert any(place.startswith(prefix) for place in places), prefix
    export = stack.cloud.json(stack.cloud.export_keys(BEN)[0])
    before = stack.etags()
    planned = stack.purge({"account": f"@{ANN}"})
    assert (planned.state, planned.certificate) == ("planned", None)
    assert stack.etags() == before
    with lake_lease(stack.cloud.dynamodb, TASKS, stack.cloud.clock):
        begun = stack.purge({"account": ANN}, dry_run=False)
    assert (begun.state, begun.certificate) == ("goes on", None)
    assert "another function" in begun.note
    done = stack.purge({"account": ANN}, dry_run=False)
    assert (done.state, done.deleted, done.changed, done.left_over) == ("done", planned.deleted, planned.changed, [])
    assert stack.places_of(ANN, *videos) == []
    assert stack.places_of(pseudonym) == [done.certificate]
    assert done.certificate in {each.certificate for each in read_status(stack.files.objects).deletions}
    assert rows_of_others(stack) == others
    assert without_her(export, pseudonym, videos) == stack.cloud.json(stack.cloud.export_keys(BEN)[0])
    assert stack.cloud.keys("imports/") == ["imports/others.csv"]
    assert done.deleted["row store"]["videos"] == len(fetched)


def without_her(export: dict[str, Any], pseudonym: str, videos: list[str]) -> dict[str, Any]:
    """An export without the rows that name her or a video of hers."""

    def hers(row: dict[str, Any]) -> bool:
        return pseudonym in row.values() or any(row.get(name) in videos for name in ("id", "video_id"))

    return {
        name: [row for row in value if not hers(row)] if isinstance(value, list) and name != "streams" else value
        for name, value in export.items()
    }
