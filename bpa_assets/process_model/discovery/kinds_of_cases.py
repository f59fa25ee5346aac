"""Two kinds of cases, those with some activity and those without, mined apart and put together as one model.

Where what comes next depends on what was done before, a model that has every activity once allows what never happens.
After Ekanayake, Dumas, Garcia-Banuelos, La Rosa: Slice, mine and dice (2013), where kinds are clusters of variants.
"""

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from math import log2
from typing import TypeVar

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.discovery.choice import best_first, frequent_activities
from bpa_assets.process_model.discovery.evaluation import Measured, evaluated, sample_of
from bpa_assets.process_model.discovery.improvement import Budget, improved
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.model_edits import graph_of, side_by_side
from bpa_assets.process_model.discovery.portfolio import FEW_MINED_BY, KIND_MINED_BY, Candidate
from bpa_assets.process_model.drawing import END, START

Cases = TypeVar("Cases", int, float)
Kind = dict[tuple[str, ...], Cases]

_LEAST_SHARE = 0.1
"""Of the cases, for the rarer kind: of less, a model says little."""

_MOST_TRIED = 5
_FEW_VARIANTS = 1_000
_SECONDS = 10.0
_LONGEST_NAME = 60
_WORK_A_KIND, _WORK_TOGETHER = 4_000_000, 8_000_000


class NotTwoKindsError(ValueError):
    """No sound model of one of the two kinds was found."""


def of_two_kinds(variants: Variants) -> tuple[Candidate, ...]:
    """The candidates for a log: by the activities that tell most about what follows what, at most five."""
    sample, cases = sample_of(variants), sum(variants.values())
    surprise = _surprise(sample)
    told, seen = {}, set[frozenset[frozenset[tuple[str, ...]]]]()
    for activity in sorted(frequent_activities(variants)):
        with_it, without = _kinds(variants, activity)
        same = frozenset([frozenset(with_it), frozenset(without)])
        if same in seen:
            continue
        seen.add(same)
        if min(sum(with_it.values()), sum(without.values())) >= _LEAST_SHARE * cases:
            told[activity] = surprise - sum(map(_surprise, _kinds(sample, activity)))
    chosen = sorted(told, key=lambda one: (-told[one], one))[:_MOST_TRIED]
    return tuple(
        Candidate(
            f"two kinds of cases, with and without {_named(one, number)}",
            partial(_apart, activity=one),
            seconds=_SECONDS,
        )
        for number, one in enumerate(chosen, start=1)
    )


def _named(activity: str, number: int) -> str:
    """Long names are cut; by the number they stay apart."""
    return activity if len(activity) <= _LONGEST_NAME else f"{activity[:_LONGEST_NAME]}… ({number})"


def _kinds(variants: Mapping[tuple[str, ...], Cases], activity: str) -> tuple[Kind[Cases], Kind[Cases]]:
    with_it = {variant: cases for variant, cases in variants.items() if activity in variant}
    return with_it, {variant: cases for variant, cases in variants.items() if activity not in variant}


def _surprise(variants: Mapping[tuple[str, ...], float]) -> float:
    """Bits that it takes to say what follows each activity, in all cases."""
    following: dict[str, dict[str, float]] = {}
    for variant, cases in variants.items():
        for one, other in pairwise((START, *variant, END)):
            after = following.setdefault(one, {})
            after[other] = after.get(other, 0.0) + cases
    totals = ((found, sum(found.values())) for found in following.values())
    return sum(count * log2(total / count) for found, total in totals for count in found.values())


def _apart(variants: Variants, *, activity: str) -> BpmnModel:
    """The best model of each kind side by side, made one as far as that costs nothing, and improved."""
    models = [_best(kind) for kind in _kinds(variants, activity)]
    together = Candidate("", lambda _: side_by_side([graph_of(one) for one in models]).model())
    sample = sample_of(variants)
    found = evaluated(together, variants, sample)
    if not isinstance(found, Measured):
        raise NotTwoKindsError(found.why)
    return _drawn(improved(found, sample, frequent_activities(variants), Budget(_WORK_TOGETHER)))


def _best(variants: Variants) -> BpmnModel:
    sample, frequent = sample_of(variants), frequent_activities(variants)
    miners = (*KIND_MINED_BY, *(FEW_MINED_BY if len(variants) <= _FEW_VARIANTS else ()))
    measured = [one for each in miners if isinstance(one := evaluated(each, variants, sample), Measured)]
    if not measured:
        raise NotTwoKindsError("no sound model of one kind")
    return _drawn(improved(best_first(measured, frequent)[0], sample, frequent, Budget(_WORK_A_KIND)))


def _drawn(one: Measured) -> BpmnModel:
    if one.bpmn is None:
        raise NotTwoKindsError("a model that cannot be drawn")
    return one.bpmn
