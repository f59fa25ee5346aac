"""Plans one step away from a plan: one person, one hour, one mode, one rule of dispatch."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bpa_assets.optimized_plan.acceptance.change_lines import lines_of
from bpa_assets.optimized_plan.changed.dispatch import DISPATCH_RULES
from bpa_assets.optimized_plan.optimization.eligible_changes import Mode, together, without_mode_of
from bpa_assets.optimized_plan.optimization.role_options import RoleChoices, shift_of
from bpa_assets.optimized_plan.optimization.shift_options import Shift
from bpa_assets.optimized_plan.plan import Decisions


def neighbours(plan: Decisions, choices: Sequence[RoleChoices], modes: Sequence[Mode]) -> Iterator[Decisions]:
    """Yield the neighbours of a plan within the limits of the roles, each once or more, in a fixed order."""
    for one in choices:
        yield from _other_headcounts(plan, one)
        yield from _other_shifts(plan, one)
    for mode in modes:
        without = without_mode_of(plan, mode.activity, modes)
        yield without
        yield together([without, mode.decisions])
    for rule in (None, *DISPATCH_RULES):
        yield replace(plan, dispatch=rule)


def swaps(
    plan: Decisions, choices: Sequence[RoleChoices], modes: Sequence[Mode], most_changes: int
) -> Iterator[Decisions]:
    """Yield the neighbours of a plan less one of its lines, where it can have no more lines."""
    lines = list(lines_of(plan))
    for line in lines if len(lines) >= most_changes else ():
        yield from neighbours(line.without, choices, modes)


def _other_headcounts(plan: Decisions, choices: RoleChoices) -> Iterator[Decisions]:
    """The next smaller, the next larger, and today's."""
    role, today = choices.limits.role, choices.limits.today
    place = choices.headcounts.index(plan.headcount.get(role, today))
    others = {name: number for name, number in plan.headcount.items() if name != role}
    near = [choices.headcounts[at] for at in (place - 1, place + 1) if 0 <= at < len(choices.headcounts)]
    for number in (*near, today):
        yield replace(plan, headcount=others if number == today else {**others, role: number})


def _other_shifts(plan: Decisions, choices: RoleChoices) -> Iterator[Decisions]:
    """Begin or end an hour earlier or later, both, other days; or today's. From today's: any of full length."""
    role, now = choices.limits.role, shift_of(choices, plan)
    others = {name: shifts for name, shifts in plan.shifts.items() if name != role}
    longest = max((shift.length for shift in choices.shifts if shift), default=0)
    for shift in choices.shifts:
        if shift is None:
            yield replace(plan, shifts=others)
        elif (now is None and shift.length >= longest - 1) or (now is not None and _near(now, shift)):
            yield replace(plan, shifts={**others, role: shift.shifts()})


def _near(one: Shift, other: Shift) -> bool:
    moved = abs(one.begins - other.begins), abs(one.begins + one.length - other.begins - other.length)
    return max(moved) <= 1 if one.days == other.days else max(moved) == 0
