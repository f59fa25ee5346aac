"""How often each way out of a gateway is taken: as the replay of the log through the model counted it.

Where that says nothing of a gateway (see `decision_point.element`), the ways are weighed by how often what can come
before was followed by what can come after.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bpa_assets.optimized_plan.plan_files.prosimos.drawn_process import DrawnProcess
from bpa_assets.process_model.diagram.bpmn_model import Edge, neighbours
from bpa_assets.process_model.drawing import edge_frequencies
from bpa_assets.rule_set.moments.choices import END, listed

Row = Mapping[str, Any]
Follows = Mapping[tuple[str, str], int]
_SKIP = "skip "
_ENDS = {"end": END}


def branch_shares(drawn: DrawnProcess, points: Sequence[Row], follows: Follows) -> dict[int, dict[Edge, float]]:
    """By node of an exclusive or inclusive split the share of each flow out of it; they sum to 1.

    `points`: rows of `decision_point`; `follows`: how often one activity directly followed another.
    """
    counted = edge_frequencies(drawn.model, follows)
    replayed = {row["element"]: row for row in points if row["element"]}
    _, outgoing = neighbours(drawn.model)
    found = {}
    for node in drawn.model.nodes:
        ways = [(node.id, target) for target in outgoing[node.id]]
        if node.kind in ("exclusive", "inclusive") and len(ways) > 1:
            point = replayed.get(drawn.nodes[node.id])
            known = _replayed(drawn, ways, point) if point else None
            found[node.id] = known or _normal({way: float(counted[way]) for way in ways})
    return found


def repeat_share(activity: str, follows: Follows) -> float:
    """How often an activity is directly followed by itself."""
    after = {target: count for (source, target), count in follows.items() if source == activity}
    return after.get(activity, 0) / sum(after.values()) if after else 0.0


def _replayed(drawn: DrawnProcess, ways: Sequence[Edge], point: Row) -> dict[Edge, float] | None:
    """The shares of a decision point's options, None where an option is not told from the flows."""
    shares = dict(zip(point["options"], point["option_shares"], strict=True))
    named = {way: listed(_next(drawn, way[1])) for way in ways}
    skips = [option for option in shares if option.startswith(_SKIP)]
    if skips and len(ways) == 2:
        skipped = skips[0].removeprefix(_SKIP)
        named = {way: name if name == skipped else skips[0] for way, name in named.items()}
    if len(set(named.values())) < len(named) or set(named.values()) != set(shares):
        return None
    return _normal({way: shares[name] for way, name in named.items()})


def _next(drawn: DrawnProcess, node: int) -> set[str]:
    """The activities that are reached first from a node, itself included; `end` where an end event is."""
    _, outgoing = neighbours(drawn.model)
    names = {one.id: one.label if one.kind == "task" else _ENDS.get(one.kind) for one in drawn.model.nodes}
    seen, waiting, met = {node}, [node], set[str]()
    while waiting:
        now = waiting.pop()
        name = names[now]
        if name is not None:
            met.add(name)
            continue
        fresh = [other for other in outgoing[now] if other not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    return met


def _normal(weights: Mapping[Edge, float]) -> dict[Edge, float]:
    total = sum(weights.values())
    return {way: weight / total if total else 1 / len(weights) for way, weight in weights.items()}
