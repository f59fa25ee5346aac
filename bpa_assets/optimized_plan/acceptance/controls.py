"""Simple plans that anybody could name, to be beaten by one that was searched: each kind of change alone.

Null plan; the same hours for everybody, or the plan's hours alone; headcount by how busy each role is, or the plan's
alone; all automation that is eligible, or the plan's; the best simple rule of giving out work. Of each kind the best
variant is the control.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.verdict import score, shortfall
from bpa_assets.optimized_plan.changed.dispatch import DISPATCH_RULES, rule_in_words
from bpa_assets.optimized_plan.changed.people import members
from bpa_assets.optimized_plan.optimization.eligible_changes import breaks_separation
from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits
from bpa_assets.optimized_plan.optimization.shift_options import Shift
from bpa_assets.optimized_plan.plan import Decisions

BUSY = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of their time that people may be at work, tried for headcount only."""


@dataclass(frozen=True)
class Control:
    """A simple plan by its name."""

    name: str
    decisions: Decisions


def controls(
    judge: Judge,
    today: AsItIs,
    limits: Sequence[RoleLimits],
    choices: Sequence[Decisions],
    separate: Sequence[tuple[str, str]] = (),
) -> Iterator[Control]:
    """Yield the best variant of each kind of control of those that keep `separate` duties apart.

    `limits`: of the roles that may be changed; `choices`: the plans found, whose parts are tried alone.
    """
    kinds = {
        "hours only": [*common_hours(judge, limits), *(Decisions(shifts=one.shifts) for one in choices)],
        "headcount only": [*busier_people(today, limits), *(Decisions(headcount=one.headcount) for one in choices)],
        "automation only": [everything_eligible(judge), *(_only_automation(one) for one in choices)],
        "order of work only": [Decisions(dispatch=rule) for rule in DISPATCH_RULES],
    }
    for name, variants in kinds.items():
        different = {
            plan_id(one): one
            for one in variants
            if one != AS_IS and not breaks_separation(judge.model, one, judge.terms, separate)
        }
        if different:
            best = min(different.values(), key=lambda one: _rank(judge, one))
            yield Control(f"order of work only: {rule_in_words(best.dispatch)}" if best.dispatch else name, best)


def common_hours(judge: Judge, limits: Sequence[RoleLimits]) -> Iterator[Decisions]:
    """Everybody at work from the same hour on, for as long as each role's limits allow."""
    work = judge.model.workforce
    rest = [one for one in limits if one.longest_on(len(one.days))]
    for begins in range(min((one.begins for one in rest), default=0), max((one.ends for one in rest), default=0)):
        shifts = {}
        for one in rest:
            length = one.longest_on(len(one.days))
            first = max(one.begins, min(begins, one.ends - length))
            given = Shift(first, length, one.days).shifts()
            if (work.hours[members(work, one.role)] != np.array(given.hours)).any():
                shifts[one.role] = given
        yield Decisions(shifts=shifts)


def busier_people(today: AsItIs, limits: Sequence[RoleLimits]) -> Iterator[Decisions]:
    """As many people in each role as keep them busy a share of their time."""
    for share in BUSY:
        headcount = {}
        for one in limits:
            wanted = int(np.ceil(one.today * today.busy(one.role) / share))
            wanted = min(max(wanted, one.least), max(one.least, one.most))
            if wanted != one.today:
                headcount[one.role] = wanted
        yield Decisions(headcount=headcount)


def everything_eligible(judge: Judge) -> Decisions:
    """Everything automated or skipped that may be."""
    eligible = {name: how for name, how in judge.terms.eligibility.items() if name in judge.model.activities}
    skipped = tuple(name for name, how in eligible.items() if how.skip)
    automated = tuple(name for name, how in eligible.items() if how.automate is not None and not how.skip)
    return Decisions(automated=automated, skipped=skipped)


def _only_automation(decisions: Decisions) -> Decisions:
    return replace(decisions, headcount={}, shifts={}, reassigned=(), dispatch=None)


def _rank(judge: Judge, decisions: Decisions) -> tuple[float, float, str]:
    """Those nearest to the goals first, then by score."""
    effect = judge.effect(decisions, most=judge.few)
    return shortfall(effect, judge.terms), score(effect), plan_id(decisions)
