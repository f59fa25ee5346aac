"""`bpa run` on CSV files of 100k, 300k and 1M events: how long a person waits, and how the cost grows."""

import sys
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.measure import Measured, run_command
from benchmarks.outcome import Outcome, agreement

EVENTS = 100_000
_SIZES = (1, 3, 10)
_SECONDS = 30
_NOISE = 0.05  # two runs of the same differ by as much


def bpa(*words: object) -> list[str]:
    """The command line of `bpa` with these words."""
    return [sys.executable, "-m", "bpa_cli.main", *map(str, words)]


def run(bench: Bench) -> list[Outcome]:
    """Measure in fresh homes; a first run, not measured, is the set-up."""
    small = bench.demo_log(int(EVENTS * bench.scale), ".csv")
    run_command(bpa("run", small, "--home", bench.scratch("run-set-up")), name="bpa run, set-up")
    outcomes: list[Outcome] = []
    before = 0.0
    for times in _SIZES:
        events = int(EVENTS * bench.scale) * times
        log = bench.demo_log(events, ".csv")
        measured = [_one_run(log, bench.scratch("run-home"), events) for _ in range(bench.runs)]
        ours = min(measured, key=lambda one: one.cpu_seconds)
        speed = events / ours.cpu_seconds
        first = times == 1
        outcomes.append(
            Outcome(
                f"bpa run, CSV of {events:,} events",
                "",
                f"wall < {_SECONDS} s" if first else "events a CPU-s not falling",
                ours=ours,
                agreed=agreement(_published(bench.folder / "run-home") == _rows(log)),
                missed=ours.wall_seconds >= _SECONDS if first else speed < before * (1 - _NOISE),
                note=f"{ours.wall_seconds:.1f} s wall, {speed:,.0f} events a CPU-s",
            )
        )
        before = speed
    return outcomes


def _one_run(log: Path, home: Path, events: int) -> Measured:
    return run_command(bpa("run", log, "--home", home), name=f"bpa run, {events:,} events")


def _published(home: Path) -> int:
    import duckdb

    with duckdb.connect(str(home / "kpis.duckdb"), read_only=True) as connection:
        return int(connection.table("dim_process").aggregate("sum(events)").fetchall()[0][0])


def _rows(log: Path) -> int:
    with log.open("rb") as file:
        return sum(1 for _ in file) - 1
