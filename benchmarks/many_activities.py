"""A log like those of the BPI Challenge 2015: `python -m benchmarks.many_activities FILE.csv` writes it.

About 400 activities and 1,200 cases, almost each its own variant: a dozen phases, each of them a few ways of ten or
twenty steps, most of which are rare; some are changed in order or done again.
"""

import csv
import random
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bpa_assets.process_model.discovery.miners import Variants

CASES, TWICE = 1_200, 30
_PHASES, _ACTIVITIES = 14, 460
_WAYS = 3
_CHANGED, _AGAIN, _PHASE_LEFT_OUT = 0.03, 0.01, 0.15
_OFTEN = 0.35, 0.6
"""How often a step is done where its way is taken: of a beta distribution, most of them seldom or nearly always."""


def many_activities(seed: int = 15) -> list[tuple[str, ...]]:
    """The cases, each as the activities that it does; the last ones do what the first ones did."""
    drawn = random.Random(seed)
    names = [f"{number // 100:02}_{number % 100:03} step" for number in range(_ACTIVITIES)]
    bounds = sorted(drawn.sample(range(1, _ACTIVITIES), _PHASES - 1))
    phases = [_ways(names[begin:end], drawn) for begin, end in pairwise([0, *bounds, _ACTIVITIES])]
    often = {name: drawn.betavariate(*_OFTEN) for name in names}
    cases = [_case(phases, often, drawn) for _ in range(CASES - TWICE)]
    return cases + cases[:TWICE]


def variants_of_many_activities(seed: int = 15) -> Variants:
    """The same as variants with their cases."""
    variants: dict[tuple[str, ...], int] = {}
    for case in many_activities(seed):
        variants[case] = variants.get(case, 0) + 1
    return variants


def _ways(names: list[str], drawn: random.Random) -> list[list[str]]:
    """The ways through a phase: the first half of each is common, the rest is drawn."""
    common, rest = names[: len(names) // 4 + 1], names[len(names) // 4 + 1 :]
    size = max(1, len(rest) // _WAYS)
    parts = [rest[at : at + size] for at in range(0, len(rest), size)] or [[]]
    return [common[: drawn.randint(1, len(common))] + part for part in parts]


def _case(phases: list[list[list[str]]], often: dict[str, float], drawn: random.Random) -> tuple[str, ...]:
    steps: list[str] = []
    for place, ways in enumerate(phases):
        if place and drawn.random() < _PHASE_LEFT_OUT:
            continue
        weights = [2.0**-number for number in range(len(ways))]
        for step in drawn.choices(ways, weights)[0]:
            if drawn.random() < often[step] or not steps:
                steps += [step] * (2 if drawn.random() < _AGAIN else 1)
    for at in range(len(steps) - 1):
        if drawn.random() < _CHANGED:
            steps[at], steps[at + 1] = steps[at + 1], steps[at]
    return tuple(steps)


def main() -> None:
    """Write the log."""
    begun = datetime(2026, 1, 5, 8, tzinfo=UTC)
    with Path(sys.argv[1]).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "activity", "timestamp"])
        for number, case in enumerate(many_activities()):
            for place, activity in enumerate(case):
                moment = begun + timedelta(hours=number, minutes=20 * place)
                writer.writerow([f"case {number:04}", activity, moment.isoformat()])


if __name__ == "__main__":
    main()
