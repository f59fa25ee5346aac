"""The model of a log: candidates in turn until one is good or time is up, and the best of them, measured whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from bpa_assets.process_model.discovery.alignments import Alignment, align
from bpa_assets.process_model.discovery.choice import best_first, demands, frequent_activities
from bpa_assets.process_model.discovery.evaluation import Measured, Refused, sample_of
from bpa_assets.process_model.discovery.flower import flower
from bpa_assets.process_model.discovery.improvement import MOST_WORK, Budget, improved
from bpa_assets.process_model.discovery.kinds_of_cases import of_two_kinds
from bpa_assets.process_model.discovery.miners import Variants, of_activities
from bpa_assets.process_model.discovery.portfolio import COSTLY, PORTFOLIO, Candidate
from bpa_assets.process_model.discovery.quality import quality
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_assets.process_model.discovery.workers import WALL_SECONDS, evaluations

SEARCH_SECONDS = 20.0
"""Of processor time: what is tried does not depend on what else the machine does."""

KINDS_SECONDS = 10.0
IMPROVING_SECONDS, FINAL_SECONDS = 60.0, 20.0
_GOOD_F1 = 0.985
_MANY_VARIANTS, _GOOD_OF_MANY = 1_000, 0.92
"""Two kinds of cases are then mined for 6 s, of fewer variants for 1 to 4: no real log with so good a model gained."""

_NOT_FAR_OFF = 0.15
_IMPROVED, _FINALISTS = 8, 3
MOST_ACTIVITIES = 400
_MANY_ACTIVITIES = 60


@dataclass(frozen=True)
class Discovered:
    """The model that was chosen, its figures on all variants, their alignments (in their order), and the others."""

    model: Measured
    variants: tuple[tuple[str, ...], ...]
    alignments: tuple[Alignment | None, ...]
    tried: tuple[Measured | Refused, ...]


def discover(variants: Variants, *, search_seconds: float = SEARCH_SECONDS) -> Discovered:
    """Discover the model of a log from its variants (sequence of activities → cases; at least one, none empty).

    Of more than `MOST_ACTIVITIES` frequent activities, or where no miner gives a sound model in time, it is the flower.
    """
    by_cases = tuple(sorted(variants, key=lambda one: (-variants[one], one)))
    frequent = frequent_activities(variants)
    if len(frequent) > MOST_ACTIVITIES or (not frequent and _has_many_activities(variants)):
        return Discovered(flower(variants), by_cases, (None,) * len(by_cases), ())
    tried = _search(variants, frequent, seconds=search_seconds)
    tried += _improved(tried, variants, frequent)
    tried += _of_two_kinds(tried, variants, frequent)
    measured = [one for one in tried if isinstance(one, Measured)]
    finalists = best_first(measured, frequent)[:_FINALISTS] or [flower(variants)]
    until = monotonic() + FINAL_SECONDS
    whole = {one.candidate: _whole(one, variants, by_cases, until=until) for one in finalists}
    best = best_first([one for one, _ in whole.values()], frequent)[0]
    return Discovered(best, by_cases, whole[best.candidate][1], tuple(tried))


def _search(variants: Variants, frequent: frozenset[str], *, seconds: float) -> list[Measured | Refused]:
    """Candidates until one is very good or time is over; costly ones where a block-structured one is not far off."""
    tried = _tried(PORTFOLIO, variants, frequent, seconds=seconds)
    best, block_structured = (_best_f1(tried, frequent, miner) for miner in ("", "inductive"))
    if best >= _GOOD_F1 or block_structured < best - _NOT_FAR_OFF:
        return tried
    left = seconds - sum(one.seconds for one in tried)
    return tried + (_tried(COSTLY, variants, frequent, seconds=left) if left > 0 else [])


def _of_two_kinds(
    tried: Sequence[Measured | Refused], variants: Variants, frequent: frozenset[str]
) -> list[Measured | Refused]:
    """Models that keep two kinds of cases apart, where they may gain more than the .01 below which models are alike."""
    good = _GOOD_F1 if len(variants) <= _MANY_VARIANTS else _GOOD_OF_MANY
    if _best_f1(tried, frequent) >= good or _has_many_activities(variants):
        return []
    return _tried(of_two_kinds(variants), variants, frequent, seconds=KINDS_SECONDS)


def _tried(
    candidates: Sequence[Candidate], variants: Variants, frequent: frozenset[str], *, seconds: float
) -> list[Measured | Refused]:
    mined = of_activities(variants, frequent) if _has_many_activities(variants) else variants
    tried: list[Measured | Refused] = []
    for one in evaluations(candidates, mined, sample_of(variants), seconds=WALL_SECONDS * seconds):
        tried.append(one)
        if _best_f1([one], frequent) >= _GOOD_F1 or sum(each.seconds for each in tried) > seconds:
            break
    return tried


def _has_many_activities(variants: Variants) -> bool:
    """So many that a model of them all would take minutes and could not be read."""
    return len({activity for variant in variants for activity in variant}) > _MANY_ACTIVITIES


def _best_f1(tried: Sequence[Measured | Refused], frequent: frozenset[str], miner: str = "") -> float:
    """Of those that a person can rely on."""
    measured = [one for one in tried if isinstance(one, Measured) and one.candidate.startswith(miner)]
    return max((one.f1 for one in measured if not any(demands(one, frequent))), default=0.0)


def _improved(tried: Sequence[Measured | Refused], variants: Variants, frequent: frozenset[str]) -> list[Measured]:
    """What the best candidates can be made; those that a few changes make no better are left out."""
    sample = sample_of(variants)
    ordered = best_first([one for one in tried if isinstance(one, Measured)], frequent)
    unlike = {one.net: one for one in reversed(ordered)}  # of several that are the same net, the first
    many = _has_many_activities(variants)
    best = [one for one in ordered if unlike[one.net] is one][: 1 if many else _IMPROVED]
    budget = Budget(2 * MOST_WORK if many else MOST_WORK, monotonic() + IMPROVING_SECONDS)
    found = [improved(one, sample, frequent, budget) for one in best]
    return [better for one, better in zip(best, found, strict=True) if better is not one]


def _whole(
    one: Measured, variants: Variants, by_cases: Sequence[tuple[str, ...]], *, until: float
) -> tuple[Measured, tuple[Alignment | None, ...]]:
    """The same with its figures on all variants, the most frequent first while time lasts."""
    begun = monotonic()
    space = state_space(one.net)
    alignments = tuple(align(space, by_cases, until=until))
    found = quality(one.net, space, {variant: float(variants[variant]) for variant in by_cases}, alignments)
    return replace(one, quality=found, seconds=one.seconds + monotonic() - begun), alignments
