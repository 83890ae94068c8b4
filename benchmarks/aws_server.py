"""The fakes behind HTTP: DynamoDB and S3 as botocore speaks to them, for a collector in another process."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3

_WORD: Final = re.compile(r"(?<!^)(?=[A-Z])")


class AwsServer(ThreadingHTTPServer):
    """Serves one table store and one bucket on a free port of 127.0.0.1.

    Args:
        handler: What answers a request; None is `Handler`.
    """

    daemon_threads = True

    def __init__(self, handler: "type[Handler] | None" = None) -> None:
        super().__init__(("127.0.0.1", 0), handler or Handler)
        self.dynamodb = FakeDynamoDB()
        self.s3 = FakeS3()

    @property
    def url(self) -> str:
        """What AWS_ENDPOINT_URL must be."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers as DynamoDB and S3 do."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: AwsServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if target := self.headers.get("X-Amz-Target"):
            self._dynamodb(target.partition(".")[2], json.loads(body))
        elif "uploads" in self._query():
            upload = self.server.s3.create_multipart_upload(Key=self._key())
            self._send(200, _xml("InitiateMultipartUploadResult", UploadId=upload["UploadId"]))
        else:
            self.server.s3.complete_multipart_upload(Key=self._key(), UploadId=self._query()["uploadId"][0])
            self._send(200, _xml("CompleteMultipartUploadResult", ETag="whole"))

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        query = self._query()
        if "uploadId" in query:
            number = int(query["partNumber"][0])
            part = self.server.s3.upload_part(UploadId=query["uploadId"][0], PartNumber=number, Body=body)
            return self._send(200, b"", ETag=part["ETag"])
        try:
            self.server.s3.put_object(Key=self._key(), Body=body, IfNoneMatch=self.headers.get("If-None-Match"))
        except ClientError as error:
            return self._refuse(error)
        return self._send(200, b"", ETag="whole")

    def do_HEAD(self) -> None:
        self._send(200 if self._key() in self.server.s3.objects else 404, b"")

    def do_GET(self) -> None:
        if "list-type" in self._query():
            return self._list()
        try:
            found = self.server.s3.get_object(Key=self._key(), Range=self.headers.get("Range"))
        except ClientError as error:
            return self._refuse(error)
        return self._send(200, found["Body"].read())

    def handle_expect_100(self) -> bool:
        go_on = super().handle_expect_100()
        self.wfile.flush()  # botocore waits for it before it sends an object
        return go_on

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _dynamodb(self, operation: str, parameters: dict[str, Any]) -> None:
        try:
            answer = getattr(self.server.dynamodb, _WORD.sub("_", operation).lower())(**parameters)
        except ClientError as error:
            told = {"__type": error.response["Error"]["Code"], "Item": error.response.get("Item")}
            return self._send(400, json.dumps(told).encode())
        return self._send(200, json.dumps(answer).encode())

    def _list(self) -> None:
        asked = {name: values[0] for name, values in self._query().items()}
        page = self.server.s3.list_objects_v2(
            Prefix=asked.get("prefix", ""), ContinuationToken=asked.get("continuation-token", "")
        )
        entries = "".join(
            f"<Contents><Key>{escape(each['Key'])}</Key><Size>{each['Size']}</Size>"
            f"<LastModified>{each['LastModified']:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for each in page["Contents"]
        )
        token = escape(page.get("NextContinuationToken", ""))
        more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
        truncated = str(page["IsTruncated"]).lower()
        body = f"<ListBucketResult><IsTruncated>{truncated}</IsTruncated>{more}{entries}</ListBucketResult>"
        self._send(200, body.encode())

    def _refuse(self, error: ClientError) -> None:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        self._send(status, _xml("Error", Code=error.response["Error"]["Code"]))

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).split("/", 2)[2]

    def _query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.path).query, keep_blank_values=True)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _xml(root: str, **values: str) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<{root}>{inner}</{root}>".encode()
