"""A day of collection on this machine: the real template, the real `sam deploy`, the real handlers."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_cloud.processes import start_time
from local_cloud.row_store_of_the_day import rows_of
from sandbox.testing import SandboxServer
from sandbox.world import World
from tests.e2e.conftest import Checkout, Finished

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

OUR_STUDY = """
version: 1
name: ours
first_day: {first_day}
cohorts:
  listed: {{file: ours.csv, include: [videos]}}
"""
SLOW = '{"settings": {"latency_seconds": {"*": 0.4}}}'
SAMPLES = ("sandbox_alice", "sandbox_bruno", "sandbox_carla")
QUOTA = re.compile(r"Quota of \S+ (\w+) +([\d,]+) of +[\d,]+ requests +the sandbox counted ([\d,]+)")
RESEARCH_API = ("research", "followers")
TRENDS = ("creative_center", "business_api")


def quota(text: str, families: tuple[str, ...] = RESEARCH_API) -> dict[str, tuple[int, int]]:
    """By family: what the ledger says and what the sandbox counted."""
    found = {
        family: (int(ours.replace(",", "")), int(served.replace(",", "")))
        for family, ours, served in QUOTA.findall(text)
    }
    assert set(found) >= set(families), text
    return {family: found[family] for family in families}


def requests_of_accounts(text: str) -> int:
    """The requests of the three samples, of both families."""
    return sum(int(row(text, account)[-2].replace(",", "")) for account in SAMPLES)


def study_manifest(copy: Checkout, study: str, out: str = "out") -> dict[str, Any]:
    """The manifest of the study's last day."""
    *_, path = sorted((copy.root / out / "manifests" / f"study={study}").glob("dt=*.json"))
    manifest: dict[str, Any] = json.loads(path.read_text())
    return manifest


def requests_of_study(manifest: dict[str, Any]) -> int:
    used: float = sum(each["used"] for each in manifest["requests"])
    return round(used)


def secret_texts(copy: Checkout) -> list[str]:
    """What all secrets hold, as the emulator keeps them on disk."""
    state = (copy.root / ".local" / "sandbox" / "aws" / "secretsmanager.json").read_text()
    return [json.loads(f'"{text}"') for text in re.findall(r'"SecretString": ?"((?:[^"\\]|\\.)+)"', state)]


def trend_credentials(copy: Checkout) -> dict[str, dict[str, Any]]:
    """What the secret of trend credentials holds."""
    (found,) = [json.loads(text) for text in secret_texts(copy) if text.startswith("{") and "creative_center" in text]
    return dict(found)


def pseudonym_key(copy: Checkout) -> str:
    """The key that the deployment made, the one secret that is no JSON."""
    (found,) = {text for text in secret_texts(copy) if not text.startswith("{")}
    return found


def row(text: str, account: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.strip().startswith(account) and line.rstrip().endswith("yes")]
    return line.split()


@pytest.fixture(scope="module")
def first(copy: Checkout) -> Finished:
    return copy.run()


@pytest.fixture(scope="module")
def second(copy: Checkout, first: Finished) -> Finished:
    assert first.code == 0, first.text
    return copy.run()


def test_the_first_run_collects_every_column_and_says_that_it_uses_the_sandbox(first: Finished) -> None:
    assert first.code == 0, first.text
    assert "Collecting from the sandbox" in first.text
    everything = row(first.text, "sandbox_alice")
    assert "-" not in everything
    assert all(int(cell.replace(",", "")) > 0 for cell in everything[2:-1])
    assert row(first.text, "sandbox_carla")[1] == "private"


def test_the_ledger_is_the_servers_count_to_the_request(first: Finished) -> None:
    for ours, served in quota(first.text).values():
        assert ours == served > 0


def test_every_account_has_its_manifest_and_its_export_in_the_mirror(copy: Checkout, first: Finished) -> None:
    assert first.code == 0
    accounts = [account for manifest in copy.manifests()[:3] for account in manifest["accounts"]]
    assert tuple(account["username"] for account in accounts) == SAMPLES
    for account in accounts:
        assert account["complete"]
        path = copy.root / "out" / account["export"]
        assert path.is_file()
        # The key of pseudonyms was made with the stack.
        assert account["username"] not in path.name + path.read_text(encoding="utf-8")
        assert account["identified"] is False


def test_nothing_listens_elsewhere_than_on_127_0_0_1(copy: Checkout, first: Finished) -> None:
    assert first.code == 0
    ss = shutil.which("ss")
    if ss is None:
        pytest.skip("ss is not installed")
    listening = subprocess.run([ss, "-ltnupH"], capture_output=True, text=True, check=True).stdout  # noqa: S603 # a fixed command
    pids = {copy.pid("ministack"), copy.pid("sandbox")}
    addresses = [line.split()[4] for line in listening.splitlines() if any(f"pid={pid}," in line for pid in pids)]
    assert len(addresses) == 2
    assert all(address.startswith("127.0.0.1:") for address in addresses)


def test_no_secret_is_in_what_is_printed_mirrored_or_logged(copy: Checkout, first: Finished) -> None:
    trends = trend_credentials(copy)
    secrets = ["sandbox-client-secret", trends["business_api"]["access_token"]]
    secrets += [trends["creative_center"][name] for name in ("cookie", "csrf_token")]
    secrets += [trends["creative_center_legacy"]["headers"]["user-sign"], pseudonym_key(copy)]
    assert [secret for secret in secrets if secret in first.text] == []
    files = [path for path in (copy.root / "out").rglob("*") if path.is_file()]
    files += [path for path in (copy.root / ".local" / "sandbox").glob("*.log") if path.name != "sandbox.log"]
    files += list((copy.root / ".local" / "sandbox" / "aws").glob("cloudwatch_logs.json"))
    assert len(files) > 50
    assert [path for path in files for secret in secrets if secret.encode() in path.read_bytes()] == []


def test_the_second_run_takes_under_a_minute_and_continues_the_days_quota(first: Finished, second: Finished) -> None:
    assert second.code == 0, second.text
    assert second.seconds < 60
    assert "unchanged" in second.text
    before, after = quota(first.text), quota(second.text)
    for family, (ours, served) in after.items():
        assert ours == served > before[family][0]


def test_the_days_trends_are_in_the_mirror_and_no_list_is_asked_for_twice(
    copy: Checkout, first: Finished, second: Finished
) -> None:
    assert second.code == 0, second.text
    trends = copy.root / "out" / "trends"
    (path,) = (trends / "summaries").iterdir()
    summary = json.loads(gzip.decompress(path.read_bytes()))
    assert all(each["entries"] and each["as_of"] == summary["day"] for each in summary["lists"])
    polls = [json.loads(path.read_text()) for path in (trends / "polls").rglob("*.json")]
    for poll in polls:
        assert poll["finished_at"] is not None
        for found in poll["lists"]:
            rows = gzip.decompress((copy.root / "out" / found["rows_key"]).read_bytes()).splitlines()
            assert found["gap"] is None
            assert len(rows) == found["rows"] > 0
    for ours, served in quota(second.text, TRENDS).values():
        assert ours == served
    # A second poll may have begun at noon; whatever was sent is stored, so nothing was sent twice.
    pages = list(trends.rglob("*-raw-*.json.gz"))
    assert len(pages) == sum(served for _, served in quota(second.text, TRENDS).values())
    assert len(polls) > 1 or quota(first.text, TRENDS) == quota(second.text, TRENDS)


def test_the_top_of_each_kind_in_both_countries_is_shown(first: Finished) -> None:
    assert "first day: nothing to compare with" in first.text
    lines = [line.split() for line in first.text.splitlines()]
    for kind in ("hashtag", "sound", "keyword", "creator", "video"):
        (heading,) = [
            number for number, line in enumerate(lines) if line[:3] in (["rank", kind, "US"], ["rank", kind, "US,"])
        ]
        assert lines[heading].count(kind) == 2
        assert "GB" in " ".join(lines[heading])
        ranks = [line[0] for line in lines[heading + 2 : heading + 12]]
        assert all(re.fullmatch(r"[CLB]\d+", rank) for rank in ranks)
        assert lines[heading + 12] == []


def test_the_studys_day_is_complete_and_has_every_video_once(copy: Checkout, first: Finished) -> None:
    assert first.code == 0, first.text
    manifest = study_manifest(copy, "demo")
    assert manifest["status"] == "complete"
    assert manifest["problems"] == []
    assert set(manifest["runs"].values()) == {"ended"}
    assert len(manifest["runs"]) == 2
    # Trends were ingested before the day was planned, so the search by trends has days, too.
    assert set(manifest["collections"]) == {"ambassadors", "creators", "travel", "trains-in-europe", "trending"}
    assert manifest["collections"]["ambassadors"]["visits"]["observed"] == {"private": 1}
    lines = (copy.root / "out" / "study_demo_videos.jsonl").read_text().splitlines()
    videos = {video["id"]: set(video["_collections"]) for video in map(json.loads, lines)}
    assert len(videos) == len(lines)
    for name, collection in manifest["collections"].items():
        assert 0 < sum(name in found for found in videos.values()) <= collection["rows"]
    assert "1 private" in first.text


def test_every_row_of_the_days_pages_is_in_the_mirrored_row_store(copy: Checkout, first: Finished) -> None:
    assert first.code == 0, first.text
    assert "nothing is due" in first.text
    (said,) = [line for line in first.text.splitlines() if line.startswith("  Rows in out/curated/: ")]
    rows = rows_of(copy.root / "out")
    assert [each.split()[0] for each in said.partition(": ")[2].split(", ")] == list(rows)
    assert {"videos", "users", "comments", "relations", "playlists", "trends", "manifests"} <= set(rows)
    listed = {"videos": "videos", "liked_videos": "user_liked_videos", "pinned_videos": "pinned_videos_list"}
    for table, lists in {
        "videos": listed | {"reposted_videos": "reposted_videos"},
        "comments": {"comments": "comments"},
    }.items():
        assert rows[table] == sum(_rows_of_pages(copy.root / "out" / "raw", *each) for each in lists.items()) > 0


def _rows_of_pages(raw: Path, entity: str, name: str) -> int:
    pages = raw.rglob(f"entity={entity}/**/*.json.gz")
    bodies = [json.loads(gzip.decompress(path.read_bytes()).splitlines()[1])["data"] for path in pages]
    return sum(len(body.get(name) or ()) for body in bodies)


def test_the_studys_day_is_paid_for_once(copy: Checkout, first: Finished, second: Finished) -> None:
    assert second.code == 0, second.text
    before, after = (sum(ours for ours, _ in quota(run.text).values()) for run in (first, second))
    assert before == requests_of_accounts(first.text) + requests_of_study(study_manifest(copy, "demo"))
    assert after - before == requests_of_accounts(second.text)


@pytest.mark.parametrize("victims", [("ministack",), ("sandbox",), ("driver",), ("driver", "ministack", "sandbox")])
def test_after_a_kill_the_next_run_finishes_what_was_begun(
    copy: Checkout, second: Finished, victims: tuple[str, ...]
) -> None:
    assert second.code == 0
    before = len(copy.manifests())
    with copy.start(FAULTS=SLOW) as run:
        _wait_for_pages(copy, run)
        for victim in victims:
            os.kill(run.pid if victim == "driver" else copy.pid(victim), signal.SIGKILL)
        text, _ = run.communicate(timeout=120)
    assert run.returncode != 0
    if "driver" not in victims:
        assert "the next `make run`" in text.splitlines()[-1]
        assert "Traceback" not in text

    after = copy.run(FAULTS=SLOW)
    assert after.code == 0, after.text
    assert "interrupted" in after.text
    assert row(after.text, "sandbox_alice")[-1] == "yes"
    assert len(copy.manifests()) == before + 3
    assert all(manifest["status"] == "complete" for manifest in copy.manifests())
    for ours, served in quota(after.text).values():
        assert ours >= served


def test_an_interruption_is_one_line_and_the_next_run_goes_on(copy: Checkout, second: Finished) -> None:
    assert second.code == 0
    with copy.start(FAULTS=SLOW) as run:
        _wait_for_pages(copy, run)
        run.send_signal(signal.SIGINT)
        text, _ = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "Interrupted." in text
    assert "Traceback" not in text
    after = copy.run(FAULTS=SLOW)
    assert after.code == 0, after.text
    assert "Going on with 3" in after.text


def test_stop_ends_both_processes_and_the_next_run_remembers(copy: Checkout, second: Finished) -> None:
    assert second.code == 0
    copy.run()
    pids = [copy.pid("ministack"), copy.pid("sandbox")]
    assert copy.run("stop").code == 0
    assert [start_time(pid) for pid in pids] == [None, None]
    before = len(copy.manifests())
    again = copy.run()
    assert again.code == 0, again.text
    assert len(copy.manifests()) == before + 3
    for ours, served in quota(again.text).values():
        assert ours >= served > 0


def test_after_the_tables_are_lost_the_bucket_is_taken_over_and_proves_the_quota(
    copy: Checkout, second: Finished
) -> None:
    assert second.code == 0
    copy.run()
    before = copy.bucket_pages()
    assert copy.run("stop").code == 0
    shutil.rmtree(copy.root / ".local" / "sandbox" / "aws")
    after = copy.run()
    assert after.code == 0, after.text
    assert copy.bucket_pages() > before
    assert sum(ours for ours, _ in quota(after.text).values()) >= copy.bucket_pages()


def test_with_credentials_the_same_command_collects_accounts_and_study_named_and_keeps_them_apart(
    copy: Checkout, second: Finished
) -> None:
    assert second.code == 0
    world = World.generate(seed=3, accounts=5, videos=50, days=30)
    study = copy.root / "ours.yaml"
    study.write_text(OUR_STUDY.format(first_day=datetime.now(UTC).date() - timedelta(days=20)))
    (copy.root / "ours.csv").write_text("username\nsandbox_alice\nsandbox_bruno\nsandbox_alice\n")
    before = len(copy.manifests())
    with SandboxServer(world=world) as tiktok:
        run = copy.run(
            TIKTOK_CLIENT_KEY=tiktok.client_key,
            TIKTOK_CLIENT_SECRET=tiktok.client_secret,
            RESEARCH_API_URL=tiktok.url,
            ACCOUNTS="sandbox_bruno",
            STUDY=str(study),
        )
        assert run.code == 0, run.text
        assert "Collecting from TikTok itself" in run.text
        assert tiktok.client_secret not in run.text
        assert row(run.text, "sandbox_bruno")[-1] == "yes"
        collected = study_manifest(copy, "ours", "out/tiktok")
        requests = int(row(run.text, "sandbox_bruno")[-2]) + requests_of_study(collected)
        assert tiktok.served(family="research").charged == requests
    assert len(copy.manifests()) == before
    (manifest,) = (copy.root / "out" / "tiktok" / "manifests").glob("run=make-*.json")
    assert '"sandbox_bruno"' in manifest.read_text()
    assert collected["status"] == "complete"
    assert "ours.csv, row 4" in run.text


def test_wrong_credentials_are_one_sentence(copy: Checkout, second: Finished) -> None:
    assert second.code == 0
    with SandboxServer(world=World.generate(seed=3, accounts=5, videos=50, days=30)) as tiktok:
        run = copy.run(
            TIKTOK_CLIENT_KEY=tiktok.client_key,
            TIKTOK_CLIENT_SECRET="wrong-secret",
            RESEARCH_API_URL=tiktok.url,
            ACCOUNTS="sandbox_bruno",
        )
    assert run.code == 1
    assert "Traceback" not in run.text
    assert "client" in run.text.splitlines()[-1]
    assert "wrong-secret" not in run.text


def _wait_for_pages(copy: Checkout, run: "subprocess.Popen[str]") -> None:
    """Until the run that has just begun has stored a few pages."""
    at_first = copy.bucket_pages()
    deadline = time.monotonic() + 60
    while copy.bucket_pages() < at_first + 12:
        assert run.poll() is None, run.stdout and run.stdout.read()
        assert time.monotonic() < deadline, "no pages were stored"
        time.sleep(0.2)
