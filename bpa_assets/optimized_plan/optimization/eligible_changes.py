"""How each eligible activity may be done instead: one mode a line, with the decisions that carry it out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.changed.changed_process import changed
from bpa_assets.optimized_plan.changed.named import activity_codes
from bpa_assets.optimized_plan.changed.people import ability, members
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import Ints, SimulationModel
from bpa_assets.plan_settings import Eligible


@dataclass(frozen=True)
class Mode:
    """Another way to do an activity. `load` left to those who do it; `gives_to`: the role that does it instead.

    `falls_away`: the step needs no people any more, or none of their time apart.
    """

    activity: str
    decisions: Decisions
    load: float = 1.0
    gives_to: str | None = None
    falls_away: bool = False


def modes_of(model: SimulationModel, eligibility: Mapping[str, Eligible], closed: Iterable[str]) -> list[Mode]:
    """Return all modes that would change anything and give no work to, or take none from, a role of `closed`."""
    shut = set(closed)
    return [
        mode
        for activity, how in sorted(eligibility.items())
        if activity in model.activities and not shut & doers(model, activity)
        for mode in _modes(model, activity, how)
        if mode.gives_to not in shut
    ]


def doers(model: SimulationModel, activity: str) -> set[str]:
    """Return the roles of those who may do an activity."""
    able = ability(model.workforce)[activity_codes(model, activity)].any(axis=0)
    return {model.workforce.roles[code] for code in model.workforce.role[able].tolist()}


def together(parts: Iterable[Decisions]) -> Decisions:
    """Return one plan of several that set different things."""
    found = Decisions()
    for part in parts:
        found = Decisions(
            headcount={**found.headcount, **part.headcount},
            shifts={**found.shifts, **part.shifts},
            reassigned=tuple(sorted({*found.reassigned, *part.reassigned})),
            automated=tuple(sorted({*found.automated, *part.automated})),
            skipped=tuple(sorted({*found.skipped, *part.skipped})),
            merged=tuple(sorted({*found.merged, *part.merged})),
            parallel=tuple(sorted({*found.parallel, *part.parallel})),
            dispatch=part.dispatch or found.dispatch,
        )
    return found


def without_mode_of(plan: Decisions, activity: str, modes: Iterable[Mode]) -> Decisions:
    """Return the plan in which an activity is done as it is."""
    for of in (mode.decisions for mode in modes if mode.activity == activity):
        plan = replace(
            plan,
            reassigned=tuple(one for one in plan.reassigned if one not in of.reassigned),
            automated=tuple(one for one in plan.automated if one not in of.automated),
            skipped=tuple(one for one in plan.skipped if one not in of.skipped),
            merged=tuple(one for one in plan.merged if one not in of.merged),
            parallel=tuple(one for one in plan.parallel if one not in of.parallel),
        )
    return plan


def breaks_separation(
    model: SimulationModel, plan: Decisions, terms: Terms, separate: Sequence[tuple[str, str]]
) -> bool:
    """Whether a plan lets anybody hold two duties that must be apart and whom nobody let hold both before."""
    pairs = [pair for pair in separate if set(pair) <= set(model.activities)]
    if not pairs:
        return False
    after = changed(model, plan, terms.eligibility, terms.costs)
    newcomers = np.zeros(len(after.workforce.resources) - len(model.workforce.resources), np.bool_)
    return any(
        bool((_holds_both(after, pair, plan.merged) & ~np.append(_holds_both(model, pair), newcomers)).any())
        for pair in pairs
    )


def _holds_both(model: SimulationModel, pair: tuple[str, str], merged: Sequence[tuple[str, str]] = ()) -> np.ndarray:
    able = ability(model.workforce) > 0
    one, other = (able[_duty_codes(model, name, merged)].any(axis=0) for name in pair)
    return np.asarray(one & other)


def _duty_codes(model: SimulationModel, activity: str, merged: Sequence[tuple[str, str]]) -> Ints:
    """All codes of an activity, and those of merged pairs that end with it, which go by the name of the first."""
    along = [activity_codes(model, first)[1:] for first, second in merged if second == activity]
    return np.concatenate([activity_codes(model, activity), *along])


def _modes(model: SimulationModel, activity: str, how: Eligible) -> Iterable[Mode]:
    by = doers(model, activity)
    if how.automate is not None and (by or how.automate.effort == 0):
        away = how.automate.effort == 0
        yield Mode(activity, Decisions(automated=(activity,)), load=how.automate.effort, falls_away=away)
    if how.skip:
        yield Mode(activity, Decisions(skipped=(activity,)), load=0.0, falls_away=True)
    if how.merge_with in model.activities:
        yield Mode(activity, Decisions(merged=((str(how.merge_with), activity),)), falls_away=True)
    if how.parallel_to in model.activities:
        yield Mode(activity, Decisions(parallel=((str(how.parallel_to), activity),)))
    for role in how.by:
        if role in model.workforce.roles and by and by != {role} and len(members(model.workforce, role)):
            yield Mode(activity, Decisions(reassigned=((activity, role),)), gives_to=role)
