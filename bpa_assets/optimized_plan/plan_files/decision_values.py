"""A plan's decisions as plain values and as one canonical text."""

import json
from typing import Any

from bpa_assets.optimized_plan.plan import Decisions


def decision_values(decisions: Decisions) -> dict[str, Any]:
    """What the plan sets, as JSON takes it, and nothing of what stays; hours are those of the week (0-167)."""
    values: dict[str, Any] = {
        "headcount": dict(sorted(decisions.headcount.items())),
        "shifts": {
            role: {"name": shifts.name, "hours": [hour for hour, worked in enumerate(shifts.hours) if worked]}
            for role, shifts in sorted(decisions.shifts.items())
        },
        "reassigned": [{"activity": activity, "role": role} for activity, role in sorted(decisions.reassigned)],
        "automated": sorted(decisions.automated),
        "skipped": sorted(decisions.skipped),
        "merged": [list(pair) for pair in sorted(decisions.merged)],
        "parallel": [list(pair) for pair in sorted(decisions.parallel)],
        "dispatch": decisions.dispatch,
    }
    return {name: value for name, value in values.items() if value}


def decision_text(decisions: Decisions) -> str:
    """The canonical JSON of the decisions: the same decisions, however they were put together, give the same text."""
    return json.dumps(decision_values(decisions), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
