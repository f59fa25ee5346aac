"""The process map counted by a plain loop over every case, and what its paths must keep: the oracle of the browser's.

Written from what the map promises; nothing here looks at the scripts.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

START, END = -1, -2
Pair = tuple[int, int]


def random_report(seed: int) -> dict[str, Any]:
    """Variants of up to eight activities, with times; every activity happens."""
    chance = random.Random(seed)
    activities = chance.randint(1, 8)
    paths = {tuple(chance.choices(range(activities), k=chance.randint(1, 7))) for _ in range(chance.randint(1, 25))}
    paths |= {(one,) for one in range(activities) if not any(one in path for path in paths)}
    variants = [
        {
            "path": list(path),
            "cases": chance.randint(1, 9),
            "step_seconds": [float(chance.randint(-5, 1000)) for _ in path[1:]],
        }
        for path in sorted(paths)
    ]
    names = [{"name": f"a{one}", "mean_processing_seconds": float(chance.randint(0, 50))} for one in range(activities)]
    return with_counts({"activities": names, "variants": variants, "rest_edges": []})


def with_counts(report: dict[str, Any]) -> dict[str, Any]:
    """The report with frequency and cases of its activities."""
    for number, activity in enumerate(report["activities"]):
        activity["frequency"] = sum(one["cases"] * one["path"].count(number) for one in report["variants"])
        activity["cases"] = sum(one["cases"] for one in report["variants"] if number in one["path"])
    return report


def graph(report: dict[str, Any], shown: Sequence[bool], taken: Sequence[bool] | None) -> dict[str, Any]:
    """Nodes {activity: (frequency, cases)} and edges {(source, target): (frequency, cases, seconds or None)}."""
    frequency, seconds = defaultdict[Pair, int](int), defaultdict[Pair, float](float)
    cases, done, doers = defaultdict[Pair, int](int), defaultdict[int, int](int), defaultdict[int, int](int)
    for number, variant in enumerate(report["variants"]):
        if taken is not None and not taken[number]:
            continue
        for _ in range(variant["cases"]):
            steps = list(steps_of(report, variant, shown))
            for source, target, took in steps:
                frequency[source, target] += 1
                seconds[source, target] += took
            for pair in {(source, target) for source, target, _ in steps}:
                cases[pair] += 1
            seen = [activity for activity in variant["path"] if shown[activity]]
            for activity in seen:
                done[activity] += 1
            for activity in set(seen):
                doers[activity] += 1
    edges = {
        pair: (count, cases[pair], None if START in pair or END in pair else seconds[pair])
        for pair, count in frequency.items()
    }
    return {"nodes": {one: (count, doers[one]) for one, count in done.items()}, "edges": edges}


def steps_of(
    report: dict[str, Any], variant: dict[str, Any], shown: Sequence[bool]
) -> Iterator[tuple[int, int, float]]:
    """What one case does: from, to, and the time between, that of activities not shown included."""
    places = [place for place, activity in enumerate(variant["path"]) if shown[activity]]
    if not places:
        return
    yield START, variant["path"][places[0]], 0.0
    for one, other in pairwise(places):
        between = sum(variant["step_seconds"][one:other])
        hidden = [report["activities"][activity] for activity in variant["path"][one + 1 : other]]
        between += sum(activity["mean_processing_seconds"] for activity in hidden)
        yield variant["path"][one], variant["path"][other], between
    yield variant["path"][places[-1]], END, 0.0


def reached(edges: Sequence[Pair], root: int, *, back: bool = False) -> set[int]:
    """What can be reached from a node, or can reach it."""
    found = {root}
    while True:
        more = {(one if back else other) for one, other in edges if (other if back else one) in found} - found
        if not more:
            return found
        found |= more


def width(edges: dict[Pair, int], source: int, target: int) -> int:
    """The frequency of the rarest edge of the widest path between two nodes; 0 if there is none."""
    for limit in sorted(set(edges.values()), reverse=True):
        if target in reached([pair for pair, count in edges.items() if count >= limit], source):
            return limit
    return 0
