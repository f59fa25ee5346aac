"""How well planted faults are found again: recall and precision of every pattern.

`python -m tests.fault_scores [LOGS]` prints them over that many random logs a fault, and as many clean ones. A report
counts as right as far as as many were planted and its example rows are planted ones; what is reported of a log
without the fault, and is no consequence of another one in it, is a false alarm.
"""

import sys
import tempfile
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from bpa_assets.event_log.opened_sources import connect
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import StoredLog
from bpa_assets.event_log.quality.tables import find_issues
from bpa_assets.event_log.reading import read_log
from bpa_assets.settings import ProcessConfig
from tests.clean_logs import CleanLog, clean_log, write
from tests.planted_faults import BUSY, NEEDS_TWO_TIMES, PLANTS, Plant

READ_AT = datetime(2026, 11, 1)


@dataclass(frozen=True)
class Found:
    """What was reported of a log: how many by pattern, and whether the example rows are among those planted."""

    counts: dict[str, int]
    examples_planted: dict[str, float]
    issues: list[Issue]


def faulty_log(plant: Plant | None, seed: int) -> tuple[CleanLog, int]:
    """A random log with a fault, and how many there are of it."""
    number = seed
    log = clean_log(number)
    while (plant in NEEDS_TWO_TIMES and not log.two_times) or (plant in BUSY and not _is_busy(log)):
        number += 1_000_003
        log = clean_log(number)
    return plant(deepcopy(log), Random(seed + 1)) if plant else (log, 0)


def _is_busy(log: CleanLog) -> bool:
    days = (max(row.start for row in log.rows) - min(row.start for row in log.rows)).days
    return len(log.rows) / days > 20


def judged(log: CleanLog, folder: Path, *, config: ProcessConfig | None = None) -> Found:
    """Read and judge a log."""
    scratch = Path(tempfile.mkdtemp(dir=folder))
    config = config or ProcessConfig()
    path = write(log, Path(tempfile.mkdtemp(dir=folder)) / "log.csv")
    read = read_log([path], scratch=scratch, config=config, process="p", memory_bytes=1 << 30)
    connection = connect(scratch, 1 << 30)
    try:
        stored = StoredLog(
            connection,
            read.event_log.files,
            attributes={row["column_name"]: row["level"] for row in read.event_attribute.to_pylist()},
            accounts=read.accounting,
            rejected=read.rejected_events,
            imputation=[],
            read_at=READ_AT,
            timezone=config.source.timezone,
        )
        issues = find_issues(stored)
    finally:
        connection.close()
    counts: dict[str, int] = defaultdict(int)
    shown: dict[str, list[bool]] = defaultdict(list)
    planted_cases = {row.case for row in log.rows if row.planted}
    for issue in issues:
        # A time that is wrong may be so in both of its columns.
        counts[issue.pattern.name] = max(counts[issue.pattern.name], issue.rows)
        by_case = issue.pattern.unit == "cases" or issue.pattern.name == "order_violations"
        for example in issue.examples:
            row = log.rows[(example.source_row or 1) - 1]
            after_a_gap = issue.pattern.name == "recording_gaps"  # the rows that would show it are not there
            shown[issue.pattern.name].append(after_a_gap or (row.case in planted_cases if by_case else row.planted))
    return Found(dict(counts), {name: sum(some) / len(some) for name, some in shown.items()}, issues)


# Reported beside the planted fault because it follows from it: what is recorded at a wrong time stands at a wrong
# place of its case, and so on. Everything else that is reported is a false alarm.
_WRONG_PLACE = {"order_violations", "reversed_steps", "missing_events", "cases_without_beginning", "cases_without_end"}
CONSEQUENCES: dict[str, set[str]] = {
    "order_violations": _WRONG_PLACE | {"outlying_durations"},
    "implausible_times": _WRONG_PLACE | {"rejected_records"},
    "future_times": _WRONG_PLACE,
    "whole_day_times": _WRONG_PLACE
    | {"duplicate_events", "same_instant_events", "batch_bursts", "recording_gaps", "mixed_precision"},
    "mixed_precision": _WRONG_PLACE,
    "same_instant_events": _WRONG_PLACE,
    "batch_bursts": _WRONG_PLACE,
    "negative_durations": _WRONG_PLACE,
    "rejected_records": _WRONG_PLACE,
    "recording_gaps": _WRONG_PLACE | {"single_event_cases"},
    "near_duplicate_events": _WRONG_PLACE,
    "tireless_resources": _WRONG_PLACE | {"recording_gaps"},
    "cases_without_beginning": {"single_event_cases"},
    "cases_without_end": {"single_event_cases"},
    "single_event_cases": {"cases_without_beginning", "cases_without_end", "missing_events"},
    "polluted_labels": {"missing_events"},
    "distorted_labels": {"missing_events"},
    "outlying_durations": {"overloaded_resources"},
}


@dataclass
class Score:
    """Sums over logs: planted, found of these, and all that was reported."""

    planted: int = 0
    found: int = 0
    reported: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        return self.found / self.reported if self.reported else 1.0


def add_scores(scores: dict[str, Score], plant: Plant | None, planted: int, found: Found) -> None:
    """Count one log: its own pattern as found or missed, all others but consequences as false alarms."""
    own = plant.__name__ if plant else ""
    for name, count in found.counts.items():
        if name == own:
            right = min(count, planted) * (1.0 if found.examples_planted.get(name, 1.0) > 0.5 else 0.0)
            scores[name].found += round(right)
            scores[name].reported += count
        elif name not in CONSEQUENCES.get(own, set()):
            scores[name].reported += count
    if own:
        scores[own].planted += planted


def main() -> None:
    """Print recall and precision of every pattern."""
    logs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    scores: dict[str, Score] = defaultdict(Score)
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(logs):
            for plant in (None, *PLANTS):
                log, planted = faulty_log(plant, seed * 1000)
                add_scores(scores, plant, planted, judged(log, Path(folder)))
    print(f"{'pattern':<26}{'planted':>9}{'recall':>9}{'precision':>11}   ({logs} logs a fault)")
    for name in sorted(scores, key=lambda name: (not scores[name].planted, name)):
        score = scores[name]
        print(f"{name:<26}{score.planted:>9,}{score.recall:>9.3f}{score.precision:>11.3f}")


if __name__ == "__main__":
    main()
