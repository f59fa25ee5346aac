"""Eight `bpa run` of eight processes started at once: in an empty home, and while somebody holds the database open."""

import subprocess
import sys
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measure import REPOSITORY, Measured, run_together, tell
from benchmarks.outcome import Outcome, agreement
from benchmarks.whole_run import bpa
from bpa_assets.event_log.demo.log_file import write_demo_log

_PROCESSES = 8
_CASES = 600
_HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def run(bench: Bench) -> list[Outcome]:
    """Start, wait, look at what is published; twice."""
    home = bench.scratch("together-home")
    first = _eight(bench, home, seed=1, what="eight bpa run in an empty home")
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(home / "kpis.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"open"
        second = _eight(bench, home, seed=11, what="eight bpa run, kpis.duckdb held open")
    finally:
        holder.communicate()
    return [first, second]


def _eight(bench: Bench, home: Path, *, seed: int, what: str) -> Outcome:
    """One round: other logs for the same processes, all started at once."""
    folder = bench.scratch("together-logs")
    logs = [folder / f"process-{number}.csv" for number in range(1, _PROCESSES + 1)]
    events = [
        write_demo_log(log, cases=_CASES, seed=seed + number, dirty=False, with_truth=False)
        for number, log in enumerate(logs)
    ]
    tell(what)
    ended = run_together([bpa("run", log, "--home", home) for log in logs])
    complaints = [str(one.found["said"]) for one in ended if one.found["status"]]
    published = _published_events(home)
    used = Measured(
        sum(one.cpu_seconds for one in ended),
        max(one.wall_seconds for one in ended),
        max(one.peak_megabytes for one in ended),
    )
    told = f"{_PROCESSES - len(complaints)} succeeded, {len(published)} published, {used.wall_seconds:.0f} s wall"
    return Outcome(
        what,
        "",
        "all succeed",
        ours=used,
        agreed=agreement(sorted(published) == sorted(events)),
        missed=bool(complaints),
        note="; ".join([told, *complaints[:1]]),
    )


def _published_events(home: Path) -> list[int]:
    """Events of every published process."""
    import duckdb

    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        return [int(row[0]) for row in connection.table("dim_process").select("events").fetchall()]
