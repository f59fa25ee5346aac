"""The passages of a log's cases through the decision points of its model, variant by variant.

What a decision point is comes from `choices.py`, the way of a variant from `replay.py`; here they become columns that
are expanded to cases without a loop over events.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bpa_assets.process_model.conformance.bpmn_process import Process
from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.stored_models import stored_net
from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space
from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.moments.choices import END, START, Choice, choices
from bpa_assets.rule_set.moments.replay import BEFORE_FIRST, NoReplayError, Replayer

MOST_WORK = 2_000_000_000
"""States of the model × places of a variant, over all variants: some 10 s. What is beyond, the rarest, is left out and
counted. Not bound by a clock: a slow machine would find other rules.
"""


@dataclass(frozen=True)
class Passages:
    """Passages of variants, one variant after the other: `starts[v]` to `starts[v + 1]` are those of variant v.

    `row`: of the case, after which the choice was made; `choice`: its place in `choices`; `option`: of `options`, the
    names of all options. `told`: whether a row shows it (`replay.py`). `aligned`: of each variant whether it was
    replayed. `elements`: of each choice the id of its gateway in the diagram, or None. `why_none`: why there are no
    choices at all.
    """

    choices: tuple[Choice, ...]
    elements: tuple[str | None, ...]
    options: tuple[str, ...]
    starts: Integers
    row: Integers
    choice: Integers
    option: Integers
    told: npt.NDArray[np.bool_]
    aligned: npt.NDArray[np.bool_]
    why_none: str | None = None

    def of_cases(self, variant: Integers) -> tuple[Integers, Integers]:
        """The passages of cases of these variants: the number of the case in `variant`, and of the passage here."""
        counts = self.starts[variant + 1] - self.starts[variant]
        case = np.repeat(np.arange(len(variant)), counts)
        begin = np.cumsum(counts) - counts
        return case, np.arange(len(case)) - np.repeat(begin - self.starts[variant], counts)


def passages(variants: Mapping[tuple[str, ...], int], pnml: Path | None, bpmn: Path | None) -> Passages:
    """The passages of variants (their cases by sequence, in this order) through the discovered model."""
    if pnml is None or not pnml.exists():
        return _none(len(variants), "there is no model")
    net = stored_net(pnml, {activity for variant in variants for activity in variant})
    found = choices(net)
    replayer = Replayer(net, frozenset(one.place for one in found))
    sequences = list(variants)
    try:
        space = state_space(net)
        alignable = most_frequent_within(MOST_WORK, space.size, variants)
        aligned = dict(zip(alignable, align(space, alignable), strict=True))
        found_ways = [aligned.get(sequence) for sequence in sequences]
        taken = [None if alignment is None else replayer.passages(alignment) for alignment in found_ways]
    except (UnsoundError, NoReplayError) as error:
        return _none(len(variants), f"the model has no replay: {error}")
    number = {one.place: place for place, one in enumerate(found)}
    options = tuple(sorted({name for one in found for name in one.options.values()}))
    code = {name: place for place, name in enumerate(options)}
    rows = [
        (one.row, number[one.place], code[found[number[one.place]].options[one.transition]], one.told)
        for passed in taken
        for one in (passed or ())
        if one.row > BEFORE_FIRST
    ]
    columns = np.array(rows, np.int64).reshape(-1, 4).T
    counts = [sum(one.row > BEFORE_FIRST for one in passed or ()) for passed in taken]
    return Passages(
        tuple(found),
        tuple(gateways(found, bpmn)),
        options,
        np.cumsum([0, *counts]),
        columns[0],
        columns[1],
        columns[2],
        columns[3].astype(np.bool_),
        np.array([passed is not None for passed in taken], np.bool_),
        None if found else "the model has no choices",
    )


def standing_passages(variants: Mapping[tuple[str, ...], int], pnml: Path | None) -> Passages:
    """Of each variant the choices that come right after its last activity: where a case that is not done stands.

    Nothing is replayed. `option` means nothing here, as none was taken yet.
    """
    if pnml is None or not pnml.exists():
        return _none(len(variants), "there is no model")
    found = choices(stored_net(pnml, {activity for variant in variants for activity in variant}))
    ahead = [[number for number, one in enumerate(found) if variant[-1] in one.before] for variant in variants]
    counts = [len(one) for one in ahead]
    choice = np.array([number for one in ahead for number in one], np.int64)
    row = np.repeat(np.array([len(variant) - 1 for variant in variants], np.int64), counts)
    return Passages(
        tuple(found),
        (None,) * len(found),
        tuple(sorted({name for one in found for name in one.options.values()})),
        np.cumsum([0, *counts]),
        row,
        choice,
        np.full(len(choice), -1),
        np.ones(len(choice), np.bool_),
        np.ones(len(variants), np.bool_),
    )


def most_frequent_within(work: int, states: int, variants: Mapping[tuple[str, ...], int]) -> list[tuple[str, ...]]:
    """The most frequent variants, as many as can be aligned with so much work: states × (activities + 1)."""
    by_cases = sorted(variants, key=lambda one: (-variants[one], one))
    done = np.cumsum([states * (len(one) + 1) for one in by_cases])
    return by_cases[: int(np.searchsorted(done, work, side="right"))]


def _none(variants: int, why: str) -> Passages:
    empty = np.empty(0, np.int64)
    aligned = np.zeros(variants, np.bool_)
    return Passages(
        (), (), (), np.zeros(variants + 1, np.int64), empty, empty, empty, empty.astype(np.bool_), aligned, why
    )


def gateways(found: Sequence[Choice], bpmn: Path | None) -> list[str | None]:
    """The id of the exclusive gateway of each choice, None where it is not told: by the activities around it.

    An activity can have several tasks: two choices with the same activities around them are told of neither.
    """
    if bpmn is None or not bpmn.exists():
        return [None] * len(found)
    (process,) = read_bpmn(bpmn, name=bpmn.name)
    by_look: dict[tuple[frozenset[str], frozenset[frozenset[str]]], list[str]] = {}
    for identity, look in _gateway_looks(process):
        by_look.setdefault(look, []).append(identity)
    looks = [(one.before, frozenset(one.next.values())) for one in found]
    return [by_look[look][0] if look in by_look and looks.count(look) == 1 else None for look in looks]


def _gateway_looks(process: Process) -> list[tuple[str, tuple[frozenset[str], frozenset[frozenset[str]]]]]:
    names = {
        node.id: node.label if node.kind == "activity" else {"start": START, "end": END}.get(node.kind)
        for node in process.nodes.values()
    }
    onward: dict[str, list[str]] = {node: [] for node in process.nodes}
    backward: dict[str, list[str]] = {node: [] for node in process.nodes}
    for flow in process.flows:
        onward[flow.source].append(flow.target)
        backward[flow.target].append(flow.source)
    found = []
    for node in process.nodes.values():
        if node.kind == "exclusive" and len(onward[node.id]) > 1:
            ways = frozenset(_nearest([other], onward, names) for other in onward[node.id])
            found.append((node.id, (_nearest(backward[node.id], backward, names), ways)))
    return found


def _nearest(nodes: list[str], toward: Mapping[str, list[str]], names: Mapping[str, str | None]) -> frozenset[str]:
    seen, waiting, met = set(nodes), list(nodes), set[str]()
    while waiting:
        now = waiting.pop()
        name = names[now]
        if name is not None:
            met.add(name)
            continue
        for other in toward[now]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return frozenset(met)
