"""Kills `bpa run` at random instants, and looks after each kill whether what was published is still whole.

`python -m benchmarks.kills --kills 200`. A process is published from log A; a run with log B is started and its whole
process group gets SIGKILL at an instant drawn uniformly from the duration of a run. Then

- the lake is as before (the same `published.json`, every file it names byte for byte), or, if the kill came after the
  one commit, whole: `published.json` names another run, whose tables are those of an undisturbed run with that log;
- the KPI database is as before, every row of every table, or it is that of the run in `published.json`. It may be one
  run behind the pointer: the commit comes first, the next refresh catches up;
- `fct_event` and the other views on the lake can still be read.

Every tenth kill, and at the end, a run is left alone: it has to succeed and give the tables of an undisturbed run.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet

from bpa_assets.event_log.demo.log_file import write_demo_log

PROCESS = "orders"
CASES = {"A": 80, "B": 120}
RERUN_EVERY = 10
# What differs between two runs with the same log.
_OF_THE_RUN = {"run_id", "refreshed_at", "as_of"}

Digests = dict[str, tuple[int, str]]


class NotWholeError(AssertionError):
    """What was published is neither as before nor as after."""


@dataclass(frozen=True)
class State:
    """What is published: the pointer, the digests of the files that it names, of the KPI tables and of the views."""

    run_id: str
    lake_files: dict[str, str]
    tables: Digests
    kpi_run: str
    history: frozenset[tuple[Any, ...]]


@dataclass
class Trial:
    """One home in which runs are killed."""

    home: Path
    logs: dict[str, Path]
    rng: random.Random
    expected: dict[str, Digests] = field(default_factory=dict)
    expected_lake: dict[str, Digests] = field(default_factory=dict)
    log_of_run: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    found: Counter[str] = field(default_factory=Counter)

    def prepare(self) -> None:
        """Publish A and B: what each gives, and how long a run takes. The reruns show whether they give it again."""
        for name in "AB":
            begun = time.monotonic()
            self.run(name)
            self.seconds = time.monotonic() - begun
            self.expected[name], self.expected_lake[name] = content_digests(self.home), lake_digests(self.home)

    def run(self, name: str) -> None:
        """An undisturbed run; it has to publish, lake and KPIs."""
        process = self._start(name)
        _, err = process.communicate(timeout=600)
        if process.returncode:
            raise NotWholeError(f"a run left alone ended with {process.returncode}: {err[-2000:]}")
        now = read_state(self.home)
        self.log_of_run[now.run_id] = name
        if now.kpi_run != now.run_id:
            raise NotWholeError("a run ended well, but the KPI database is not of that run")
        kpis, lake = content_digests(self.home), lake_digests(self.home)
        if lake != self.expected_lake.get(name, lake):
            raise NotWholeError(
                f"a rerun with log {name} wrote other tables: {_differing(self.expected_lake[name], lake)}"
            )
        if name in self.expected and kpis != self.expected[name]:
            raise NotWholeError(f"a rerun with log {name} gave other tables: {_differing(self.expected[name], kpis)}")
        if left := [path.name for path in (self.home / "scratch").iterdir() if path.name != "kpis"]:
            raise NotWholeError(f"a run that ended well left {left} in scratch")

    def kill(self) -> str | None:
        """Start a run with the other log, kill it, and look; returns what was found, None if it had ended before."""
        before = read_state(self.home)
        other = "B" if self.log_of_run[before.run_id] == "A" else "A"
        process = self._start(other)
        time.sleep(self.rng.uniform(0, self.seconds))
        ended = process.poll() is not None
        if not ended:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        found = self._judge(before, read_state(self.home), other)
        if ended:
            self.seconds *= 0.9  # the machine has become less busy
            return None
        self.found[found] += 1
        return found

    def _judge(self, before: State, after: State, other: str) -> str:
        moved = after.run_id != before.run_id
        if moved:
            self.log_of_run[after.run_id] = other
            if lake_digests(self.home) != self.expected_lake[other]:
                raise NotWholeError("the pointer moved to a run whose tables are not those of an undisturbed run")
        elif after.lake_files != before.lake_files:
            raise NotWholeError("the pointer stayed, but files that it names changed")
        if after.tables == before.tables:
            return "committed, KPIs still of the run before" if moved else "as before"
        if not before.history < after.history:
            raise NotWholeError("the KPI database lost some of its history")
        if after.kpi_run != after.run_id:
            raise NotWholeError(f"the KPI database changed without being that of the published run: {after.kpi_run}")
        name = self.log_of_run[after.run_id]
        if content_digests(self.home) != self.expected[name]:
            raise NotWholeError(f"KPI tables differ: {_differing(self.expected[name], content_digests(self.home))}")
        return "committed, KPIs too"

    def _start(self, name: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "bpa_cli.main", "run", str(self.logs[name]), "--home", str(self.home)]
        return subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )


def read_state(home: Path) -> State:
    """All that is published in the home."""
    folder = home / "lake" / PROCESS
    pointer = json.loads((folder / "published.json").read_text(encoding="utf-8"))
    names = sorted(name for files in pointer["assets"].values() for name in files)
    files = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}
    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        relations = _relations(connection)
        tables = {name: _digest(connection, name, "columns(*)") for name in relations}
        ((kpi_run,),) = connection.execute("select run_id from dim_process").fetchall()
        history = frozenset(connection.execute("from kpi_process").fetchall())
    return State(pointer["run_id"], files, tables, kpi_run, history)


def content_digests(home: Path) -> Digests:
    """The KPI tables and views without what is of the run and not of the log (run, moments, the history of KPIs)."""
    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        left_out = " and ".join(f"name <> '{name}'" for name in sorted(_OF_THE_RUN))
        names = [name for name in _relations(connection) if name.startswith("main.") and name != "main.kpi_process"]
        return {name: _digest(connection, name, f"columns(lambda name: {left_out})") for name in names}


def lake_digests(home: Path) -> Digests:
    """The tables of the published run."""
    folder = home / "lake" / PROCESS
    assets = json.loads((folder / "published.json").read_text(encoding="utf-8"))["assets"]
    with duckdb.connect() as connection:
        found = {}
        for asset, files in assets.items():
            rows = pyarrow.parquet.read_table([folder / file for file in files])
            connection.register("rows_of_it", rows)
            found[asset] = _digest(connection, "rows_of_it", "columns(*)")
        return found


def _relations(connection: "duckdb.DuckDBPyConnection") -> list[str]:
    found = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_schema in ('main', 'staging') order by all"
    )
    return [name for (name,) in found.fetchall()]


def _digest(connection: "duckdb.DuckDBPyConnection", relation: str, columns: str) -> tuple[int, str]:
    """Number of rows, and a digest of them in an order of their own."""
    query = f"select {columns} from {relation} order by all"
    digest, count = hashlib.sha256(), 0
    answer = connection.execute(query)
    while some := answer.fetchmany(10_000):
        count += len(some)
        digest.update(repr(some).encode())
    return count, digest.hexdigest()


def _differing(one: Digests, other: Digests) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def make_logs(folder: Path) -> dict[str, Path]:
    """Two logs with the same name and different content."""
    logs = {}
    for name, cases in CASES.items():
        logs[name] = folder / name / f"{PROCESS}.csv"
        logs[name].parent.mkdir(parents=True)
        write_demo_log(logs[name], cases=cases, seed=cases, dirty=False, with_truth=False)
    return logs


def trial(folder: Path, *, kills: int, seed: int, report: Any = print) -> Counter[str]:
    """Kill runs in a home below `folder`; returns what was found how often. Errors: NotWholeError."""
    one = Trial(folder / "home", make_logs(folder), random.Random(seed))
    one.prepare()
    report(f"a run takes {one.seconds:.1f} s here")
    for number in range(1, kills + 1):
        while (found := one.kill()) is None:
            report("      ended before the kill; once more")
        report(f"{number:>4}  {found}")
        if number % RERUN_EVERY == 0 or number == kills:
            one.run(one.rng.choice("AB"))
            report("      rerun: right")
    return one.found


def main(arguments: Sequence[str] | None = None) -> int:
    """Kill; returns 1 if anything was not whole, and leaves that home to be looked at."""
    parser = argparse.ArgumentParser(description="Kill runs at random instants; is what is published whole?")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side-by-side", type=int, default=2, metavar="HOMES", help="homes that are tried at once")
    asked = parser.parse_args(arguments)
    root = Path(tempfile.mkdtemp(prefix="bpa-kills-"))
    homes = max(1, min(asked.side_by_side, asked.kills))
    shares = [asked.kills // homes + (number < asked.kills % homes) for number in range(homes)]
    begun = time.monotonic()
    with ThreadPoolExecutor(homes) as pool:
        trials = [
            pool.submit(trial, root / str(number), kills=share, seed=asked.seed + number)
            for number, share in enumerate(shares)
        ]
    if errors := [str(one.exception()) for one in trials if one.exception()]:
        print("\n".join(errors), f"\nseen in {root}", file=sys.stderr)
        return 1
    shutil.rmtree(root)
    total = sum((one.result() for one in trials), Counter[str]())
    took = time.monotonic() - begun
    print(f"{asked.kills} kills in {took:.0f} s: nothing published was ever torn, every rerun was right")
    for found, times in total.most_common():
        print(f"{times:>6}  {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
