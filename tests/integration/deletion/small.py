"""A small row store with everything that a deletion touches, put back as it was as often as it is needed."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import msgspec
from pydantic import SecretStr

from tests.integration.collection.saboteur import Saboteur
from tests.integration.deletion.stack import as_text
from tests.integration.lake_store.store import BUCKET, LIMITS, TASKS, LakeStore
from tests.support.clock import START
from tests.support.saboteur import Killed
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.deletion.deletion import Deleted, Deletion
from tiktok_lake.lease import lake_lease

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ANN, BEN = "ann_vermeer_7", "ben_lindqvist_3"
HERS = [7_320_768_196_569_599_000 + number for number in range(4)]
HIS = [7_320_768_196_569_599_500 + number for number in range(4)]
PEOPLE = Pseudonyms(PseudonymKey(SecretStr("a-key-of-more-than-thirty-two-characters"), "v1"))


def video(number: int, author: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "username": author, "create_time": 1_760_000_000, "view_count": 5, **more}


def export_of(name: str, *rows: dict[str, Any]) -> bytes:
    head = {
        "format": "tiktok-research-collector/export",
        "version": 1,
        "username": name,
        "profile": {"username": name},
        "run_id": "ended",
        "started_at": "2026-11-20T00:15:00.000Z",
        "pseudonyms": {"method": "HMAC-SHA256", "key": PEOPLE.key_id} if name.startswith("u_") else None,
    }
    lines = b",\n".join(json.dumps(row).encode() for row in rows)
    return json.dumps(head).encode()[:-1] + b',\n"videos":[\n' + lines + b'],\n"comments":[],\n"streams":[]}\n'


class SmallStore:
    """The store, and how it was when it was furnished."""

    def __init__(self, s3: "S3Client", dynamodb: "DynamoDBClient") -> None:
        self.store = LakeStore.create(s3, dynamodb)
        self.s3, self.dynamodb = s3, dynamodb
        self._furnish()
        self.objects = {each.key: self.store.files.objects.get_bytes(each.key) or b"" for each in self._listed()}
        self.items: list[Any] = dynamodb.scan(TableName=TASKS)["Items"]
        secrets = boto3.client("secretsmanager", region_name="us-east-1")
        self.saboteur = Saboteur(SimpleNamespace(s3=s3, dynamodb=dynamodb, secrets=secrets))  # type: ignore[arg-type]

    def _furnish(self) -> None:
        put = self.store.put
        where: dict[str, Any] = {"run_id": "ended", "generation": 1}
        first = [video(HERS[0], ANN), video(HIS[0], BEN, video_description=f"with @{ANN}")]
        put("videos", first, **where, task_id="t1", page=1)
        broken = video(HIS[2] + 50, "", view_count="many", video_description=f"by {ANN}")
        put("videos", [video(HIS[1], BEN), video(HIS[2], BEN), broken], **where, task_id="t1", page=2)
        put("videos", [video(HERS[1], ANN), video(HERS[2], ANN)], **where, task_id="t2", page=1)
        comments = [
            {"id": HERS[0] + 100, "video_id": HERS[0], "text": "one", "create_time": 1_760_000_100},
            {"id": HIS[0] + 100, "video_id": HIS[0], "text": f"@{ANN} look", "create_time": 1_760_000_100},
        ]
        put("comments", comments, **where, task_id="t3", page=1)
        put("videos", [video(HERS[3], ANN), video(HIS[3], BEN)], run_id="open", generation=1, task_id="t1", page=1)
        self.store.end("ended")
        self.store.end("open", status="running")
        self.store.curate()
        objects = self.store.files.objects
        her = PEOPLE.of_name(ANN)
        objects.put_bytes(f"exports/{her}_FULL_DATA_20261120_001500.json", export_of(her, {"id": str(HERS[0])}))
        his = PEOPLE.of_name(BEN)
        rows = ({"id": str(HIS[0]), "username": his}, {"id": str(HERS[1]), "username": her})
        objects.put_bytes(f"exports/{his}_FULL_DATA_20261120_001500.json", export_of(his, *rows))
        manifest = {
            "version": 1,
            "status": "complete",
            "run_id": "ended",
            "started_at": "2026-11-20T00:15:00.000Z",
            "event": {"usernames": [ANN, BEN]},
            "accounts": [{"username": ANN, "gaps": 0}, {"username": BEN, "gaps": 0}],
        }
        objects.put_json("manifests/run=ended.json", manifest)
        seen = {"asked_on": "2026-11-20", "ids": {ANN: HERS[:2], BEN: HIS[:2]}, "version": 1}
        objects.put_bytes(
            "studies/seen/collection=all/dt=2026-10-09/run=ended.json.gz", gzipped(json.dumps(seen).encode())
        )
        trends = "trends/source=s/kind=creator/country=US/dt=2026-11-20/p1-7d--"
        lines = "".join(f"{json.dumps({'rank': 1, 'username': name})}\n" for name in (ANN, BEN))
        objects.put_bytes(f"{trends}rows.jsonl.gz", gzipped(lines.encode()))
        objects.put_bytes(f"{trends}raw-000.json.gz", gzipped(f"{{}}\n{{}} {ANN}".encode()))
        objects.put_bytes("exports/somebodys.txt", f"about {HERS[2]}".encode())
        objects.put_bytes("exports/others.txt", b"about nobody")
        objects.put_bytes("imports/list.csv", f"username\n{ANN}\n".encode())
        objects.put_bytes("athena-results/1.csv", ANN.encode())
        for task, name in (("RUN", BEN), ("TASK#a1", ANN), ("TASK#a2", BEN)):
            item = {"pk": {"S": "RUN#ended"}, "sk": {"S": task}, "state": {"S": "done"}}
            text = {"S": json.dumps({"event": {"usernames": [ANN, BEN]}} if task == "RUN" else {"username": name})}
            self.dynamodb.put_item(TableName=TASKS, Item={**item, "run" if task == "RUN" else "spec": text})

    def _listed(self) -> list[Any]:
        return list(self.store.files.objects.keys(""))

    def restore(self) -> None:
        """Everything as it was furnished, without a trace of what happened since."""
        self.store.clock.time = START
        found = self.s3.list_object_versions(Bucket=BUCKET)
        gone: list[Any] = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for each in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))
        ]
        self.s3.delete_objects(Bucket=BUCKET, Delete={"Objects": gone})
        for key, data in self.objects.items():
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=data)
        for item in self.dynamodb.scan(TableName=TASKS)["Items"]:
            self.dynamodb.delete_item(TableName=TASKS, Key={"pk": item["pk"], "sk": item["sk"]})
        for item in self.items:
            self.dynamodb.put_item(TableName=TASKS, Item=item)

    def deletion(self) -> Deletion:
        store = self.store
        return Deletion(store.files, PEOPLE, store.clock, LIMITS, dynamodb=self.dynamodb, tasks_table=TASKS)

    def finish(self, seconds: float = 900) -> Deleted:
        store = self.store
        deadline = Deadline(store.clock, store.clock.now() + timedelta(seconds=seconds))
        with lake_lease(self.dynamodb, TASKS, store.clock):
            assert store.curation().finish_pending(deadline)
            return self.deletion().finish(deadline)

    def certificates(self) -> list[Certificate]:
        keys = self.store.keys("reports/deletions/")
        return [msgspec.json.decode(self.store.files.objects.get_bytes(key) or b"", type=Certificate) for key in keys]

    def texts(self) -> Iterator[tuple[str, str]]:
        """All versions of all objects, and all items."""
        for each in self.s3.list_object_versions(Bucket=BUCKET).get("Versions", ()):
            body = self.s3.get_object(Bucket=BUCKET, Key=each["Key"], VersionId=each["VersionId"])["Body"].read()
            yield each["Key"], f"{each['Key']}\n{as_text(each['Key'], body)}"
        for item in self.dynamodb.scan(TableName=TASKS)["Items"]:
            yield f"{item['pk']['S']} {item['sk']['S']}", json.dumps(item)

    def digests(self) -> Iterator[tuple[str, str]]:
        """What tells all versions of all objects, and all items, from others."""
        found = self.s3.list_object_versions(Bucket=BUCKET)
        for number, each in enumerate(found.get("Versions", ())):
            yield each["Key"] if each["IsLatest"] else f"{each['Key']} {number}", each["ETag"]
        for marker in found.get("DeleteMarkers", ()):
            yield f"{marker['Key']} deleted", ""
        for item in self.dynamodb.scan(TableName=TASKS)["Items"]:
            yield f"{item['pk']['S']} {item['sk']['S']}", json.dumps(item)

    def places_of(self, *needles: object) -> set[str]:
        return {place for place, text in self.texts() if any(str(each) in text for each in needles)}


__all__ = ["Killed", "SmallStore"]
