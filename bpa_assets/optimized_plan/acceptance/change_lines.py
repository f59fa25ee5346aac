"""A plan line by line: its changes, the plan without each, and the id of a plan.

A new kind of decision gets its lines here. What a line does to the process is found in `attribution`.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bpa_assets.optimized_plan.changed.dispatch import rule_in_words
from bpa_assets.optimized_plan.plan import Decisions

Value = TypeVar("Value")


@dataclass(frozen=True)
class Line:
    """One change: its kind, the role, activity or pair that it is of, and the plan without it."""

    kind: str
    names: tuple[str, ...]
    to_value: str
    without: Decisions

    @property
    def subject(self) -> str:
        """What is changed, for people."""
        return ", ".join(self.names)


def plan_id(decisions: Decisions) -> str:
    """Return "p-" and the first 12 hex digits of the SHA-256 of the canonical JSON of the decisions."""
    plain = {  # not by dataclasses.asdict, which copies 168 hours a shift: that was a seventh of a search
        **{name: sorted(value) if isinstance(value, tuple) else value for name, value in vars(decisions).items()},
        "shifts": {role: vars(shifts) for role, shifts in decisions.shifts.items()},
    }
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"p-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def lines_of(decisions: Decisions) -> Iterator[Line]:
    """Yield the changes of a plan, in the order of CHANGE_KINDS, then by subject."""
    plan = decisions
    for role, number in sorted(plan.headcount.items()):
        yield Line("headcount", (role,), str(number), replace(plan, headcount=_less(plan.headcount, role)))
    for role, shifts in sorted(plan.shifts.items()):
        yield Line("hours", (role,), shifts.name, replace(plan, shifts=_less(plan.shifts, role)))
    for pair in sorted(plan.reassigned):
        yield Line("reassign", pair[:1], pair[1], replace(plan, reassigned=_others(plan.reassigned, pair)))
    for one in sorted(plan.automated):
        yield Line("automate", (one,), "automated", replace(plan, automated=_others(plan.automated, one)))
    for one in sorted(plan.skipped):
        yield Line("skip", (one,), "skipped", replace(plan, skipped=_others(plan.skipped, one)))
    for pair in sorted(plan.merged):
        yield Line("merge", pair, "done together", replace(plan, merged=_others(plan.merged, pair)))
    for pair in sorted(plan.parallel):
        yield Line("parallelize", pair, "side by side", replace(plan, parallel=_others(plan.parallel, pair)))
    if plan.dispatch is not None:
        yield Line("dispatch", ("Waiting work",), rule_in_words(plan.dispatch), replace(plan, dispatch=None))


def _less(of: Mapping[str, Value], key: str) -> dict[str, Value]:
    return {name: value for name, value in of.items() if name != key}


def _others(of: tuple[Value, ...], one: Value) -> tuple[Value, ...]:
    return tuple(other for other in of if other != one)
