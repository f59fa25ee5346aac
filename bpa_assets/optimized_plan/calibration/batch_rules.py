"""By which rule steps are held back for a batch: so many, so long, or until a moment of the week.

The rules are those of the literature on batching (N. Martin et al., *Batch processing in business processes*, EJOR
2021; size, time-out and time of the week as in K. Lashkevich et al., *Batch processing optimization* (2025)). A rule is
found on what was enabled first and must hold on what was enabled last; what follows no rule stays a delay.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.calibration.held_steps import TOLERANCE, HeldSteps
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import FULL, Floats, Ints, Parameter
from bpa_assets.optimized_plan.seconds import DAY, WEEK

LEAST = 20
"""Companies of steps that must tell of a rule, and a third of them again on those held out."""

HELD_OUT = 0.3
"""Share of the steps, the last ones, on which a rule is tested."""

HELD = 0.25
"""Share of an activity's steps that must be held beside others."""

FOLLOWED, FOLLOWED_LATER = 0.75, 0.6
"""Shares of steps beyond chance that must be released when the rule says, at the low end of the interval."""

BETTER = 0.05
"""By how much more a rule of two limits must be followed than one of a single limit."""

SAME_MOMENT, OFTEN = 600.0, 5
"""Batches begun within so many seconds at a time of the day are released by the clock there, if they are so many."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SEED, _DRAWS = 20_240_104, 400


@dataclass(frozen=True)
class BatchRule:
    """When the steps of an activity are released, as in `Policy`: `size`, `seconds` since the first, `clock`."""

    size: int = FULL
    seconds: float = np.inf
    clock: tuple[float, ...] = ()

    def released(self, steps: HeldSteps) -> Floats:
        """When each step should have been released (NaN: not by this rule).

        After a company that was begun by somebody who had been free, a new batch begins for sure; where all were busy,
        the rule tells them apart.
        """
        if self.clock:
            return next_moment(np.array(self.clock), steps.enabled)
        released, first = np.full(len(steps.rows), np.nan), 0
        for end in [*(steps.begins + steps.sizes)[steps.prompt].tolist(), len(steps.rows)]:
            while first < end:
                over = steps.enabled[first] + self.seconds
                in_time = int(np.searchsorted(steps.enabled, over, side="right")) if np.isfinite(over) else end
                after = min(first + self.size, in_time, end)
                if after - first == self.size:
                    released[first:after] = steps.enabled[after - 1]
                elif np.isfinite(over):
                    released[first:after] = over
                first = after
        return released


@dataclass(frozen=True)
class FoundBatches:
    """A rule of an activity: its `rows` of the log, how long each was delayed before it was held, and released when."""

    activity: int
    rule: BatchRule
    rows: Ints
    delay: Floats
    released: Floats
    parameters: tuple[Parameter, ...]


def found_batches(reading: Reading, capacity: Ints) -> tuple[FoundBatches, ...]:
    """The activities that follow a rule of batching, each with the rule that it follows best."""
    found = []
    for steps in HeldSteps.of(reading, capacity):
        if steps.held().mean() < HELD:
            continue
        rule = _rule(steps)
        if rule:
            found.append(_found(reading, steps, rule))
    return tuple(found)


def next_moment(clock: Floats, time: Floats) -> Floats:
    """The first of the moments of the week from each time on, if it is no more than a minute past."""
    moments = np.append(clock, clock[0] + WEEK)
    asked = time - TOLERANCE
    week = asked // WEEK * WEEK
    return np.asarray(week + moments[np.searchsorted(clock, asked - week)])


def _rule(steps: HeldSteps) -> BatchRule | None:
    """The rule that is followed most on the first steps, if it is followed on the last ones, too."""
    parted = float(np.quantile(steps.enabled, 1 - HELD_OUT))
    first, last = steps.before(parted), steps.since(parted)
    best, most = None, 0.0
    for rule in _candidates(first):
        share, low, telling = first.followed(rule.released(first))
        both = np.isfinite(rule.seconds) and rule.size < FULL
        if low >= FOLLOWED and telling >= LEAST and share - BETTER * both > most:
            best, most = rule, share - BETTER * both
    if best is None:
        return None
    _, low, telling = last.followed(best.released(last))
    return best if low >= FOLLOWED_LATER and telling >= LEAST / 3 else None


def _candidates(steps: HeldSteps) -> Iterator[BatchRule]:
    together = steps.sizes[steps.sizes > 1]
    if not len(together):
        return
    size = int(np.bincount(together).argmax())
    lasted = steps.begun - steps.enabled[steps.begins]
    yield BatchRule(size=size)
    for limit in (FULL, size):
        held = lasted[steps.prompt & (steps.sizes < limit) & (lasted > TOLERANCE)]
        if len(held):
            yield BatchRule(size=limit, seconds=_most_common(held))
    clock = _clock(steps)
    if clock:
        yield BatchRule(clock=clock)


def _most_common(values: Floats) -> float:
    """The median of the greatest heap of values: those within a minute and a hundredth of each other."""
    ordered = np.sort(values)
    last = np.searchsorted(ordered, 1.01 * ordered + TOLERANCE, side="right")
    first = int((last - np.arange(len(ordered))).argmax())
    return float(np.median(ordered[first : last[first]]))


def _clock(steps: HeldSteps) -> tuple[float, ...]:
    """The moments of the week at which batches are begun again and again by people who had been free before."""
    begun = np.sort(steps.begun[steps.prompt])
    at = np.argsort(begun % DAY, kind="stable")
    times, weekday = (begun % DAY)[at], (begun // DAY % 7).astype(np.int64)[at]
    found: list[float] = []
    for few in np.split(np.arange(len(times)), np.flatnonzero(np.diff(times) > SAME_MOMENT) + 1):
        if len(few) < OFTEN or times[few[-1]] - times[few[0]] > 2 * SAME_MOMENT:
            continue
        days = np.bincount(weekday[few], minlength=7)
        usual = np.flatnonzero((days >= 2) & (days >= days.max() / 4))
        found += [float(day * DAY + np.median(times[few])) for day in usual.tolist()]
    return tuple(sorted(found))


def _found(reading: Reading, steps: HeldSteps, rule: BatchRule) -> FoundBatches:
    """What is not released when the rule says missed a moment of the clock (so it was delayed), or was held less."""
    released = np.where(np.isnan(told := rule.released(steps)), steps.free, told)
    delay = np.zeros(len(steps.rows))
    if rule.clock:
        missed = steps.free > released + TOLERANCE
        before = next_moment(np.array(rule.clock), steps.free[missed] - WEEK)  # at most a week before
        for _ in range(len(rule.clock)):
            after = next_moment(np.array(rule.clock), before + 2 * TOLERANCE)
            before = np.where(after <= steps.free[missed] + TOLERANCE, after, before)
        delay[missed] = np.maximum(before - steps.enabled[missed] - TOLERANCE, 0.0)
    released = np.clip(released, steps.free, steps.start)
    return FoundBatches(steps.activity, rule, steps.rows, delay, released, _parameters(reading, steps, rule))


def _parameters(reading: Reading, steps: HeldSteps, rule: BatchRule) -> tuple[Parameter, ...]:
    """The mean size of its batches and what releases them, with 95 % bootstrap intervals over batches."""
    name = reading.steps.activities[steps.activity]
    rng, count = np.random.default_rng(_SEED), len(steps.sizes)
    drawn = rng.integers(0, count, (_DRAWS, count))
    found = [_parameter(f"mean batch size of {name}", float(steps.sizes.mean()), steps.sizes[drawn].mean(axis=1))]
    if rule.size < FULL:
        modes = np.array([np.bincount(sizes[sizes > 1]).argmax() for sizes in steps.sizes[drawn] if (sizes > 1).any()])
        found.append(_parameter(f"full batch size of {name}", float(rule.size), modes))
    if np.isfinite(rule.seconds):
        lasted = (steps.begun - steps.enabled[steps.begins])[steps.prompt & (steps.sizes < rule.size)]
        drawn_seconds = np.array([_most_common(rng.choice(lasted, len(lasted))) for _ in range(_DRAWS)])
        found.append(_parameter(f"longest hold seconds of a batch of {name}", rule.seconds, drawn_seconds))
    for moment in rule.clock:
        near = steps.begun % WEEK - moment
        near = near[steps.prompt & (np.abs(near) <= SAME_MOMENT)]
        of = near[rng.integers(0, len(near), (_DRAWS, len(near)))]
        day = DAYS[int(moment // DAY)]
        found.append(
            _parameter(f"batch release second of {day} of {name}", moment % DAY, moment % DAY + np.median(of, axis=1))
        )
    return tuple(found)


def _parameter(name: str, value: float, drawn: Floats | Ints) -> Parameter:
    low, high = np.quantile(drawn, [0.025, 0.975]).tolist()
    return Parameter(name, value, min(low, value), max(high, value))
