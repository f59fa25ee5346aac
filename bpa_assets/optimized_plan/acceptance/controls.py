"""Simple plans that anybody could name, to be beaten by one that was searched: each kind of change alone.

Null plan; the same hours for everybody, or the plan's hours alone; headcount by how busy each role is, or the plan's
alone; all automation that is eligible, or the plan's; the best simple rule of giving out work. Of each kind the best
variant is the control.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bpa_assets.opening_hours import days_of
from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.verdict import score, shortfall
from bpa_assets.optimized_plan.changed.dispatch import DISPATCH_RULES
from bpa_assets.optimized_plan.changed.people import employed, members
from bpa_assets.optimized_plan.plan import Decisions, Shifts
from bpa_assets.optimized_plan.simulation.work_clock import HOUR
from bpa_assets.optimized_plan.week_hours import hours_in_words, usual_hours
from bpa_assets.plan_settings import Labour, Staff

BUSY = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of their time that people may be at work, tried for headcount only."""

LONGEST_SHIFT, LONGEST_WEEK = 9, 40
"""Hours, where `labour` does not say them; who works more a week today may go on doing so."""


@dataclass(frozen=True)
class Control:
    """A simple plan by its name."""

    name: str
    decisions: Decisions


def controls(
    judge: Judge, today: AsItIs, labour: Labour, choices: Sequence[Decisions], kept: Collection[str]
) -> Iterator[Control]:
    """Yield the best variant of each kind of control.

    `choices`: the plans found, whose parts are tried alone; `kept`: roles that no plan may change.
    """
    kinds = {
        "hours only": [*common_hours(today, labour, kept), *(Decisions(shifts=one.shifts) for one in choices)],
        "headcount only": [
            *busier_people(today, labour, kept),
            *(Decisions(headcount=one.headcount) for one in choices),
        ],
        "automation only": [everything_eligible(judge), *(_only_automation(one) for one in choices)],
        "dispatch only": [Decisions(dispatch=rule) for rule in DISPATCH_RULES],
    }
    for name, variants in kinds.items():
        different = {plan_id(one): one for one in variants if one != AS_IS}
        if different:
            best = min(different.values(), key=lambda one: _rank(judge, one))
            yield Control(f"dispatch only: {best.dispatch}" if best.dispatch else name, best)


def common_hours(today: AsItIs, labour: Labour, kept: Collection[str] = ()) -> Iterator[Decisions]:
    """Everybody at the same hours: shifts of the longest length that lie within today's hours, on today's days."""
    work = today.model.workforce
    there = employed(work) & ~work.hours.all(axis=1)
    roles = [work.roles[code] for code in np.unique(work.role[there]).tolist() if work.roles[code] not in kept]
    if not roles:
        return
    usual = usual_hours(work.hours[there]).reshape(7, 24)
    days = np.flatnonzero(usual.any(axis=1)) if labour.days is None else np.array(days_of(labour.days))
    at_work = np.flatnonzero(work.hours[there].any(axis=0).reshape(7, 24).any(axis=0))
    first, last = (
        (int(at_work[0]), int(at_work[-1]) + 1)
        if labour.hours is None
        else (-(-labour.hours[0] // 60), labour.hours[1] // 60)
    )
    week = max(LONGEST_WEEK, int(work.hours[there].sum(axis=1).max()))
    week = week if labour.longest_week is None else int(labour.longest_week // HOUR)
    longest = LONGEST_SHIFT if labour.longest_shift is None else int(labour.longest_shift // HOUR)
    length = min(longest, week // max(len(days), 1), last - first)
    for begins in range(first, last - length + 1) if length > 0 else ():
        hours = np.zeros((7, 24), np.bool_)
        hours[days, begins : begins + length] = True
        shifts = Shifts(hours_in_words(hours.ravel()), tuple(hours.ravel().tolist()))
        moved = [role for role in roles if (work.hours[members(work, role)] != hours.ravel()).any()]
        yield Decisions(shifts=dict.fromkeys(moved, shifts))


def busier_people(today: AsItIs, labour: Labour, kept: Collection[str] = ()) -> Iterator[Decisions]:
    """As many people in each role as keep them busy a share of their time."""
    work = today.model.workforce
    for share in BUSY:
        headcount = {}
        for role in work.roles:
            now, staff = len(members(work, role)), labour.staff.get(role, Staff())
            least, most = max(staff.least, 1), now if staff.most is None else staff.most
            wanted = int(np.clip(np.ceil(now * today.busy(role) / share), least, max(least, most)))
            if now and wanted != now and role not in kept:
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


def _rank(judge: Judge, decisions: Decisions) -> tuple[float, float, str]:
    """Those nearest to the goals first, then by score."""
    effect = judge.effect(decisions, most=judge.few)
    return shortfall(effect, judge.terms), score(effect), plan_id(decisions)
