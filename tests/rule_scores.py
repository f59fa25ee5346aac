"""How well planted rules are found again, and how often rules are found where there are none.

`python -m tests.rule_scores [LOGS]` prints the share of rules recovered by generator and noise, each over that many
random logs, and the share of so many logs without a rule of which any was kept.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

from tests.rule_set.planted_rules import GENERATORS, PlantedLog, is_recovered, mined, no_rule, noisy

NOISES = (0.0, 0.05, 0.1, 0.2)


def planted_log(kind: str, noise: float, seed: int) -> PlantedLog:
    """A random log of a generator."""
    random = Random(f"{kind} {seed}")
    return noisy(GENERATORS[kind](random), noise, random)


def recovered(kind: str, noise: float, logs: int, folder: Path, *, first: int = 0) -> list[int]:
    """The seeds of the logs whose rule was found again."""
    found = []
    for seed in range(first, first + logs):
        planted = planted_log(kind, noise, seed)
        if is_recovered(planted, mined(planted, folder)):
            found.append(seed)
    return found


def false_alarms(logs: int, folder: Path, *, first: int = 0) -> list[int]:
    """The seeds of logs without any rule of which one was kept."""
    return [seed for seed in range(first, first + logs) if mined(no_rule(Random(f"none {seed}")), folder).rules]


def main() -> None:
    """Print the scores."""
    logs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        for kind in GENERATORS:
            for noise in NOISES:
                found = recovered(kind, noise, logs, Path(folder))
                lost = [seed for seed in range(logs) if seed not in found]
                print(f"{kind:13} noise {noise:4.0%}: {len(found) / logs:4.0%} recovered; lost: {lost}", flush=True)
        alarms = false_alarms(logs, Path(folder))
        print(f"no rule: {len(alarms) / logs:.0%} of {logs} logs keep any; {alarms}")


if __name__ == "__main__":
    main()
