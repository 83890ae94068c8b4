"""The usual way by hand: `json.loads`, a loop over the rows, and pandas; what the row store is compared with.

Run by the interpreter of `.local/bench`, which has pandas and pyarrow; nothing of the project is imported.
"""

import ast
import csv
import gzip
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped] # in another environment

_ROWS_A_FILE = 100_000
_COUNTERS = ("view_count", "like_count", "comment_count", "share_count", "favorites_count")
_LISTS = ("hashtag_names", "video_mention_list", "effect_ids")
_JSON = ("hashtag_info_list", "sticker_info_list", "effect_info_list", "video_label", "video_tag")
_PLAIN = (
    "username", "create_time", "region_code", "video_description", "video_duration", "music_id", *_COUNTERS,
    "playlist_id", "voice_to_text", "is_stem_verified",
)  # fmt: skip
_WHOLE = ("video_id", "create_time", "music_id", "playlist_id", "video_duration", *_COUNTERS)
_PROVENANCE = ("source", "entity", "run_id", "task_id", "generation", "page", "collections")
_STATS = ("video_id", "create_time", "created_at", *_COUNTERS, "fetched_at", *_PROVENANCE, "row_number")


def curate(bucket: Path, out: Path) -> int:
    """Write the videos of raw pages, and their counters, as zstd Parquet by day; return how many rows."""
    rows: list[dict[str, Any]] = []
    count, files = 0, 0
    for path in sorted((bucket / "raw").rglob("*.json.gz")):
        head, _, body = gzip.decompress(path.read_bytes()).partition(b"\n")
        envelope = json.loads(head)
        for place, row in enumerate(json.loads(body)["data"]["videos"]):
            rows.append(_video(row, place, envelope))
            count += 1
        if len(rows) >= _ROWS_A_FILE:
            files += 1
            _write(rows, out, files)
            rows = []
    if rows:
        _write(rows, out, files + 1)
    return count


def _video(row: dict[str, Any], place: int, envelope: dict[str, Any]) -> dict[str, Any]:
    known = {name: row.pop(name, None) for name in _PLAIN}
    known["video_id"] = row.pop("id")
    known["created_at"] = datetime.fromtimestamp(known["create_time"], UTC)
    for name in _LISTS:
        known[name] = row.pop(name, None)
    for name in _JSON:
        value = row.pop(name, None)
        known[name] = None if value is None else json.dumps(value, ensure_ascii=False)
    known["extra"] = json.dumps(row) if row else None
    known["fetched_at"] = datetime.fromisoformat(envelope["retrieved_at"])
    known["row_number"] = place
    for name in _PROVENANCE:
        known[name] = envelope[name]
    return known


def _write(rows: list[dict[str, Any]], out: Path, number: int) -> None:
    frame = pd.DataFrame(rows)
    for name in _WHOLE:
        frame[name] = frame[name].astype("Int64")
    for day, part in frame.groupby(frame["fetched_at"].dt.strftime("%Y-%m-%d")):
        for table, columns in (("videos", list(frame.columns)), ("video_stats", list(_STATS))):
            folder = out / table / f"dt={day}"
            folder.mkdir(parents=True, exist_ok=True)
            part[columns].to_parquet(folder / f"{number}.parquet", compression="zstd", index=False)


def import_csv(file: Path, out: Path) -> int:
    """Write the videos of a CSV file, each value checked, and their counters as zstd Parquet; return how many rows."""
    rows: list[dict[str, Any]] = []
    refused: list[tuple[int, str]] = []
    seen: set[int] = set()
    count, files = 0, 0
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                video = _imported(row, number)
            except ValueError as error:
                refused.append((number, str(error)))
                continue
            if video["video_id"] not in seen:
                seen.add(video["video_id"])
                rows.append(video)
                count += 1
            if len(rows) >= _ROWS_A_FILE:
                files += 1
                _write_imported(rows, out, files)
                rows = []
    if rows:
        _write_imported(rows, out, files + 1)
    return count


def _imported(row: dict[str, str], number: int) -> dict[str, Any]:
    video_id = int(row.pop("id"))
    if not 10**14 <= video_id < 2**63:
        raise ValueError(f"{video_id} is no id of a video")
    video: dict[str, Any] = {"video_id": video_id}
    for name in ("create_time", "music_id", "video_duration", *_COUNTERS):
        text = row.pop(name, "")
        video[name] = int(float(text) if "." in text else text) if text else None
    for name in ("username", "region_code", "video_description"):
        video[name] = row.pop(name, None) or None
    video["created_at"] = datetime.fromtimestamp(video["create_time"], UTC)
    video["hashtag_names"] = ast.literal_eval(row.pop("hashtag_names", "") or "[]")
    video["extra"] = json.dumps(row) if row else None
    video["row_number"] = number
    return video


def _write_imported(rows: list[dict[str, Any]], out: Path, number: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows)
    frame["fetched_at"] = datetime.now(UTC)
    frame.to_parquet(out / f"videos-{number}.parquet", compression="zstd", index=False)
    stats = ["video_id", "create_time", "created_at", *_COUNTERS, "fetched_at", "row_number"]
    frame[stats].to_parquet(out / f"video_stats-{number}.parquet", compression="zstd", index=False)


def read_csv(file: Path, out: Path) -> int:
    """Let pandas read a CSV file and write it as zstd Parquet, nothing checked or mapped; return how many rows."""
    frame = pd.read_csv(file, dtype={"id": "Int64", "music_id": "Int64"})
    out.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(out / "videos.parquet", compression="zstd", index=False)
    return len(frame)


def delete(bucket: Path, ids: Path) -> int:
    """Put the files that hold some of these videos back without them; return how many rows went."""
    doomed = {int(line) for line in ids.read_text(encoding="ascii").split()}
    gone = 0
    for path in sorted((bucket / "curated").rglob("*.parquet")):
        frame = pd.read_parquet(path)
        goes = frame["video_id"].isin(doomed)
        if goes.any():
            gone += int(goes.sum())
            frame[~goes].to_parquet(path, compression="zstd", index=False)
    return gone


def latest(bucket: Path, out: Path) -> int:
    """Write the newest fetch of each video into one file; return how many videos."""
    frame = pd.concat(pd.read_parquet(path) for path in sorted((bucket / "curated" / "videos").rglob("*.parquet")))
    newest = frame.sort_values("fetched_at").drop_duplicates("video_id", keep="last")
    newest.to_parquet(out, compression="zstd", index=False)
    return len(newest)


def _peak_bytes() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    """Do what the first argument names with the two paths after it, and print what it cost."""
    work = {"curate": curate, "import_csv": import_csv, "read_csv": read_csv, "delete": delete, "latest": latest}[
        sys.argv[1]
    ]
    began, cpu = time.perf_counter(), time.process_time()
    rows = work(Path(sys.argv[2]), Path(sys.argv[3]))
    cost = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "peak": _peak_bytes()}
    print(json.dumps(cost | {"found": {"rows": rows}}))


if __name__ == "__main__":
    main()
