"""`bpa dev`: a file dropped is published, a broken one is reported, and nothing is left when it stops."""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.request import urlopen

import dagster as dg
import psutil
import pytest

from bpa_resources.run_tags import STOPPED_TAG
from tests.cli.commands import Ended, rows, start, wait, write_log
from tests.cli.conftest import Bpa
from tests.sensors.receivers import webhook

_ENDS_WITHIN = 60
Found = TypeVar("Found")


class Dev:
    """A running `bpa dev`; what it prints is read as it comes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.said: list[str] = []
        self.ui, self.files = self._until(r"Dagster UI +(\S+)"), self._until(r"reports +(\S+)")
        self._until("Ctrl-C")
        self.family = psutil.Process(process.pid).children(recursive=True)

    def _until(self, pattern: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.match(pattern, line):
                return found[found.lastindex or 0]
        raise AssertionError(f"it ended: {self.said} {self.process.communicate()}")

    def stop(self, number: signal.Signals = signal.SIGINT) -> Ended:
        """Signal the command alone, as `kill` does; it has to end all that it has started."""
        self.family = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(number)
        return wait(self.process, seconds=_ENDS_WITHIN)

    def left(self) -> list[psutil.Process]:
        """Processes of it that are still there."""
        _, alive = psutil.wait_procs(self.family, timeout=5)
        return alive


@contextmanager
def serving(home: Path, **environment: str) -> Iterator[Dev]:
    """`bpa dev` on free ports; killed with all its children if a test fails before it stops it."""
    process = start("dev", "--home", home, "--port", 0, cwd=home.parent, environment=environment)
    try:
        yield Dev(process)
    finally:
        if process.poll() is None:
            for one in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
                one.kill()
            process.communicate()


def until(look: Callable[[], Found | None], *, seconds: float = 120) -> Found:
    """What a look finds, when it does."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.2)
    return found


@pytest.mark.long
def test_a_file_dropped_is_published_a_broken_one_is_reported_and_what_stops_leaves_nothing(
    orders: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with webhook() as received, serving(home, BPA_ALERT_WEBHOOK=f"http://127.0.0.1:{received.port}/") as dev:
        assert urlopen(f"{dev.ui}/server_info").status == 200  # noqa: S310 - our own address
        assert b"no report yet" in urlopen(dev.files).read()  # noqa: S310 - our own address
        inbox = home / "inbox" / "orders"
        inbox.mkdir(parents=True)
        shutil.copyfile(orders, inbox / "orders.csv")
        until(lambda: (home / "kpis.duckdb").exists())
        published = rows(home, "select run_id, events from dim_process")
        assert [events for _, events in published] == [len(orders.read_text().splitlines()) - 1]
        (inbox / "orders.csv").write_text("colour,activity,when\nred,Ask,2026-01-01\n")
        (post,) = until(lambda: [post for post in received.posts if post["kind"] == "failed_run"])
        assert "orders.csv" in post["text"]
        assert dev.ui in post["text"]
        assert rows(home, "select run_id, events from dim_process") == published
        ended = dev.stop(signal.SIGTERM)
    assert (ended.status, ended.err) == (0, "")
    assert f"alert: {post['text']}" in ended.out
    assert dev.left() == []
    texts = [post["text"] for post in received.posts]
    assert len(texts) == len(set(texts))
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        assert [run.status.value for run in instance.get_runs(dg.RunsFilter(job_name="refresh_process"))] == [
            "FAILURE", "SUCCESS",
        ]  # fmt: skip


@pytest.mark.long
def test_it_stops_during_a_run_which_is_done_again_by_the_next_and_killed_it_leaves_nothing(tmp_path: Path) -> None:
    """Started in the background of a script, where SIGINT is ignored, and stopped by it all the same."""
    home = tmp_path / "home"
    lines = [f"C-{n // 5},Step {n % 5},2026-01-01 10:00:00,2026-01-01 11:00:00,Ann" for n in range(250_000)]
    write_log(home / "inbox" / "orders" / "orders.csv", *lines)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with serving(home) as dev:
            until(lambda: list((home / "scratch").glob("orders.*")))
            ended = dev.stop(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (ended.status, ended.err) == (0, "")
    assert dev.left() == []
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        (run,) = instance.get_runs()
        assert run.is_finished
        assert STOPPED_TAG in run.tags
    with serving(home) as dev:
        until(lambda: (home / "lake" / "orders" / "published.json").exists())
        # Killed, it can end nothing itself: its parts see that it is gone.
        dev.family = psutil.Process(dev.process.pid).children(recursive=True)
        dev.process.kill()
        dev.process.communicate(timeout=_ENDS_WITHIN)
        _, alive = psutil.wait_procs(dev.family, timeout=_ENDS_WITHIN)
    assert alive == []
    assert not list((home / "alerts").glob("*.json"))


def test_if_a_part_of_it_dies_it_says_so_and_ends_with_status_1(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as dev:
        (daemon,) = [one for one in dev.family if "daemon" in one.cmdline()]
        daemon.kill()
        ended = wait(dev.process, seconds=_ENDS_WITHIN)
    assert ended.status == 1
    assert "daemon" in ended.sentence
    assert dev.left() == []


def test_a_port_in_use_is_one_sentence(tmp_path: Path, bpa: Bpa) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        refused = bpa("dev", "--home", tmp_path / "home", "--port", port)
    assert refused.status == 2
    assert str(port) in refused.sentence
    assert "--port" in refused.sentence
    for port in (-1, 65535, 70_000):
        assert bpa("dev", "--home", tmp_path / "home", "--port", port).status == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("BPA_NIGHTLY", "soon"), ("BPA_ALERT_WEBHOOK", "secret"), ("BPA_ALERT_MAIL_TO", "ann@example.org"),
     ("BPA_POSTGRES_URL", "secret")],
)  # fmt: skip
def test_a_setting_that_does_not_go_is_told_before_anything_starts(
    name: str, value: str, tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    refused = bpa("dev", "--home", tmp_path / "home", "--port", 0)
    assert refused.status == 2
    assert "BPA_" in refused.sentence
    assert "secret" not in refused.sentence
