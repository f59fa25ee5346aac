"""What it costs to judge a log: `python -m benchmarks.judging [EVENTS]` (10M by default) prints CPU seconds and memory.

A demo log of that size is made and read; what is measured is the profile (all patterns, both tables), with the suite
of Great Expectations beside it.
"""

import sys
import tempfile
from pathlib import Path

import pyarrow as pa

from benchmarks.piece import Work
from bpa_assets.event_log.demo.log_file import ROWS_A_CASE, write_demo_log
from bpa_assets.event_log.quality.log_profile import LogTables, profile_log
from bpa_assets.event_log.quality.suite import judge
from bpa_assets.event_log.reading import read_log
from bpa_assets.settings import ProcessConfig

_MEMORY = 4 << 30


def main() -> None:
    """Make, read and judge one log."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        source = scratch / "source" / "log.parquet"
        source.parent.mkdir()
        rows = write_demo_log(source, cases=int(events / ROWS_A_CASE), with_truth=False)
        log = read_log([source], scratch=scratch, config=ProcessConfig(), process="log", memory_bytes=_MEMORY)
        accounting = pa.Table.from_pylist([log.accounting])
        tables = LogTables(log.event_log.files, log.event_attribute, accounting, log.rejected_events)
        profile, suite = Work(), Work()
        with profile:
            found = profile_log(tables, config=ProcessConfig(), scratch=scratch, memory_bytes=_MEMORY)
        with suite:
            judge(found.log_profile, found.issues)
    print(f"profile of {rows:,} events: {profile.cpu_seconds:.1f} CPU-seconds, {len(found.issues)} issues")
    print(f"the suite, with its import: {suite.cpu_seconds:.1f} CPU-seconds, {suite.wall_seconds:.1f} s")


if __name__ == "__main__":
    main()
