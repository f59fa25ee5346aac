"""100M events from generated Parquet through `event_log` and the behaviour tables: the memory they peak at."""

from benchmarks.behaviour import our_tables
from benchmarks.bench import Bench
from benchmarks.measure import Measured, run_piece
from benchmarks.outcome import Outcome, agreement
from benchmarks.reading_csv import event_log_stage

EVENTS = 100_000_000
_MEGABYTES = 4_000
_MEMORY = 4 << 30
_BYTES_AN_EVENT = 200  # source, buckets, stored log and tables, while all of them lie there


def run(bench: Bench) -> list[Outcome]:
    """Measure; all that is made is removed afterwards."""
    events = bench.size(EVENTS)
    bench.check_space(events * _BYTES_AN_EVENT)
    log = bench.demo_log(events, ".parquet")
    scratch, out = bench.scratch("huge-log"), bench.scratch("huge-tables")
    try:
        stored = run_piece(event_log_stage, log=log, scratch=scratch, memory=_MEMORY)
        rows = stored.found["rows"]
        tables = run_piece(our_tables, files=stored.found["files"], constant=stored.found["constant"], out=out)
        return [
            _outcome("event_log", rows, stored, stored.found["rows"] == stored.found["rows_read"]),
            _outcome("behaviour tables", rows, tables, tables.found["events"] == rows),
        ]
    finally:
        log.unlink()
        bench.scratch("huge-log").rmdir()
        bench.scratch("huge-tables").rmdir()


def _outcome(what: str, rows: int, used: Measured, is_whole: bool) -> Outcome:
    return Outcome(
        f"{what} of {rows / 1e6:.3g}M events",
        "",
        f"≤ {_MEGABYTES:,} MB",
        ours=used,
        agreed=agreement(is_whole),
        missed=used.peak_megabytes > _MEGABYTES,
        note=f"{used.wall_seconds:.0f} s wall, {rows / used.cpu_seconds:,.0f} events a CPU-s",
    )
