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
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, FEW, Judge
from bpa_assets.optimized_plan.acceptance.verdict import first_missed, score
from bpa_assets.optimized_plan.changed.dispatch import DISPATCH_RULES
from bpa_assets.optimized_plan.changed.people import employed, members
from bpa_assets.optimized_plan.plan import Decisions, Shifts
from bpa_assets.optimized_plan.week_hours import hours_in_words, usual_hours
from bpa_assets.plan_settings import Labour

BUSY = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of their time that people may be at work, tried for headcount only."""

SHIFT_HOURS = 9
"""Length of the common shift where `labour.longest_shift` does not say it."""


@dataclass(frozen=True)
class Control:
    """A simple plan by its name."""

    name: str
    decisions: Decisions


def controls(judge: Judge, today: AsItIs, labour: Labour, choices: Sequence[Decisions]) -> Iterator[Control]:
    """Yield the best variant of each kind of control; `choices`: the plans found, whose parts are tried alone."""
    kinds = {
        "hours only": [*common_hours(today, labour), *(Decisions(shifts=one.shifts) for one in choices)],
        "headcount only": [*busier_people(today, labour), *(Decisions(headcount=one.headcount) for one in choices)],
        "automation only": [everything_eligible(judge), *(_only_automation(one) for one in choices)],
        "dispatch only": [Decisions(dispatch=rule) for rule in DISPATCH_RULES],
    }
    for name, variants in kinds.items():
        different = {plan_id(one): one for one in variants if one != AS_IS}
        if different:
            best = min(different.values(), key=lambda one: _rank(judge, one))
            yield Control(f"dispatch only: {best.dispatch}" if best.dispatch else name, best)


def common_hours(today: AsItIs, labour: Labour) -> Iterator[Decisions]:
    """Everybody at the same hours, on the days on which most do: shifts of the longest length within today's hours."""
    work = today.model.workforce
    there = employed(work) & ~work.hours.all(axis=1)
    if not there.any():
        return
    days = usual_hours(work.hours[there]).reshape(7, 24)
    open_hours = np.flatnonzero(work.hours[there].any(axis=0).reshape(7, 24).any(axis=0))
    first, last = (int(open_hours[0]), int(open_hours[-1]) + 1) if labour.hours is None else labour.hours
    length = min(SHIFT_HOURS if labour.longest_shift is None else int(labour.longest_shift // 3600), last - first)
    roles = [work.roles[code] for code in np.unique(work.role[there]).tolist()]
    for begins in range(first, last - length + 1):
        hours = np.zeros((7, 24), np.bool_)
        hours[days.any(axis=1), begins : begins + length] = True
        shifts = Shifts(hours_in_words(hours.ravel()), tuple(hours.ravel().tolist()))
        if hours.any():
            yield Decisions(shifts=dict.fromkeys(roles, shifts))


def busier_people(today: AsItIs, labour: Labour) -> Iterator[Decisions]:
    """As many people in each role as keep them busy a share of their time."""
    work = today.model.workforce
    for share in BUSY:
        headcount = {}
        for role in work.roles:
            now = len(members(work, role))
            staff = labour.staff.get(role)
            least, most = (1, now) if staff is None else (max(staff.least, 1), now if staff.most is None else staff.most)
            wanted = int(np.clip(np.ceil(now * today.busy(role) / share), least, max(least, most)))
            if now and wanted != now:
                headcount[role] = wanted
        yield Decisions(headcount=headcount)


def everything_eligible(judge: Judge) -> Decisions:
    """Everything automated or skipped that may be."""
    eligible = {name: how for name, how in judge.terms.eligibility.items() if name in judge.model.activities}
    skipped = tuple(name for name, how in eligible.items() if how.skip)
    automated = tuple(name for name, how in eligible.items() if how.automate is not None and not how.skip)
    return Decisions(automated=automated, skipped=skipped)


def _only_automation(decisions: Decisions) -> Decisions:
    return replace(decisions, headcount={}, shifts={}, reassigned=(), dispatch=None)


def _rank(judge: Judge, decisions: Decisions) -> tuple[bool, float, str]:
    """Those that reach everything first, then by score."""
    effect = judge.effect(decisions, most=FEW)
    return first_missed([effect], judge.terms) is not None, score(effect), plan_id(decisions)
