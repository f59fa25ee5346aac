"""Who takes up what: whoever is free, or by habit; and how often a case stays with whom it was.

A step with a choice of people goes, with probability f, to one drawn by habit (free or not), else to one of those who
are free when it is ready. Whoever takes it while not free, though others were, was chosen by habit for sure, so that f
and the habits can be told apart: a mixture of two Luce choices, its likelihood climbed by expectation and minorization
(D. Hunter, *MM algorithms for generalized Bradley–Terry models*, 2004).
"""

from dataclasses import dataclass

import numpy as np

from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints

LEAST = 30
"""Choices that must be seen before a preference is told from chance."""

SURE = 3.0
"""Standard errors above chance."""

PROMPT = 0.9
"""Share of an activity's rows that are ready when enabled, above which it is known well when they were: if such tell
enough, the others, of which the moment is mostly guessed, are not asked."""

MOST_ROWS = 1_000
"""Rows of an activity whose choices are looked at; evenly spread."""

MOST_CHOICES = 50_000
"""Rows × people of an activity that are looked at."""

_STEPS = 100


@dataclass(frozen=True)
class Choices:
    """How people are chosen: `habit` (shares, beside activity × resource pairs in ascending order), `frequency_share`.

    `same_share`: of choices, those that fall on who enabled the step because it was them.
    `told`: choices that could tell f (some were free, and some not); too few tell nothing.
    """

    pair: Ints
    habit: Floats
    frequency_share: float
    same_share: float
    told: int

    @property
    def identified(self) -> bool:
        """Whether enough was seen."""
        return self.told >= LEAST


def observed_choices(reading: Reading, ready: Floats, capacity: Ints) -> Choices:
    """Tell habits and the share of choices that follow them; `ready`: by row, when it could be taken up."""
    steps, resources = reading.steps, max(len(reading.steps.resources), 1)
    rows = reading.worked
    pair, times = np.unique(steps.activity[rows] * resources + steps.resource[rows], return_counts=True)
    habit = times.astype(np.float64)
    seen: list[tuple[float, int, bool]] = []
    enabler, same, chance = _enabling_resource(reading), [], []
    for code in np.unique(pair // resources).tolist():
        places = np.flatnonzero(pair // resources == code)
        habit[places] /= habit[places].sum()
        mine = rows[steps.activity[rows] == code]
        if len(places) < 2 or len(mine) < LEAST:
            continue
        most = min(MOST_ROWS, max(MOST_CHOICES // len(places), LEAST))
        mine = mine[np.unique(np.linspace(0, len(mine) - 1, most).astype(np.int64))]
        free = _free(reading, mine, pair[places] % resources, ready[mine], capacity)
        some = free.any(axis=1)
        chosen = np.searchsorted(pair[places] % resources, steps.resource[mine])
        share, habits = _mixture(free[some], chosen[some], habit[places])
        telling = int((some & ~free.all(axis=1)).sum())
        habit[places] = habits
        prompt = (ready[mine] <= steps.enabled[mine] + 1.0).mean() >= PROMPT
        seen.append((share, telling, prompt))
        before = enabler[mine[some]]
        is_before = before[:, None] == pair[places] % resources
        same.append(chosen[some] == np.where(is_before.any(axis=1), is_before.argmax(axis=1), -1))
        chance.append((is_before * _chances(free[some], share, habits)).sum(axis=1))
    shares, told, prompts = np.array(seen).reshape(-1, 3).T
    if told[prompts > 0].sum() >= LEAST:
        told = np.where(prompts > 0, told, 0.0)
    whole = float((shares * told).sum() / max(told.sum(), 1.0))
    share_of_same = _beyond_chance(np.concatenate(same), np.concatenate(chance)) if same else 0.0
    return Choices(pair, habit, whole, share_of_same, int(told.sum()))


def _chances(free: Flags, by_habit: float, habit: Floats) -> Floats:
    """The chance of each (columns) to be chosen, by row; some are free in each."""
    among_free = free * habit
    return np.asarray(by_habit * habit + (1 - by_habit) * among_free / among_free.sum(axis=1, keepdims=True))


def _free(reading: Reading, rows: Ints, who: Ints, ready: Floats, capacity: Ints) -> Flags:
    """Whether each of `who` (columns) is at work with a hand free for each row when it is ready."""
    steps = reading.steps
    whose, at = np.tile(who, len(ready)), np.repeat(ready, len(who))
    itself = (steps.resource[rows] == who[:, None]) & (steps.start[rows] <= ready) & (steps.end[rows] > ready)
    idle = reading.load.in_hand(whose, at) - itself.T.ravel() < capacity[whose]
    return np.asarray((idle & reading.presence.at_work(whose, at)).reshape(len(ready), len(who)))


def _mixture(free: Flags, chosen: Ints, start: Floats) -> tuple[float, Floats]:
    """The share of choices by habit, and the habits, of rows (with some free) × people."""
    count = len(start)
    if not len(free):
        return 0.0, start
    by_habit, habit = 0.5, (start + 1 / (10 * count)) / (1 + 0.1)
    rows, tells = np.arange(len(free)), ~free.all(axis=1)
    if not tells.any():
        return 0.0, start
    wins = np.bincount(chosen, minlength=count) + 1e-3
    for _ in range(_STEPS):
        among_free = free @ habit
        free_chance = free[rows, chosen] * habit[chosen] / among_free
        habit_chance = habit[chosen]
        certain = by_habit * habit_chance / (by_habit * habit_chance + (1 - by_habit) * free_chance)
        by_habit = float(np.clip(certain[tells].mean(), 1e-6, 1 - 1e-6))  # where all are free nothing tells
        exposure = certain.sum() + ((1 - certain) / among_free) @ free
        habit = wins / np.maximum(exposure, 1e-9)
        habit /= habit.sum()
    return by_habit, habit


def _enabling_resource(reading: Reading) -> Ints:
    """By row the resource of a step that enabled it (of several the last), −1 where nobody was needed."""
    steps = reading.steps
    is_worked = np.zeros(len(steps.case), np.bool_)
    is_worked[reading.worked] = True
    told = is_worked[steps.before]
    found = np.full(len(steps.case), -1)
    found[steps.after[told]] = steps.resource[steps.before[told]]
    return found


def _beyond_chance(same: Flags, chance: Floats) -> float:
    """Of choices in which somebody is taken with a chance: the share taken for another reason, 0 if chance explains it.

    Of s taken and c expected: (s − c) / (1 − c).
    """
    choice = (chance > 0) & (chance < 1)
    if choice.sum() < LEAST:
        return 0.0
    more = float(same[choice].sum() - chance[choice].sum())
    error = float(np.sqrt((chance[choice] * (1 - chance[choice])).sum()))
    return more / float((1 - chance[choice]).sum()) if more > SURE * error else 0.0
