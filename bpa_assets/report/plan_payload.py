"""The plans of the process as the page shows them: what to change, what that does, what else there is to choose from.

Every row is one of the stage's tables; a run of a version without plans has none of them, and its part is null.
"""

from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

_PLAN = (
    *("plan_id", "name", "standing", "accepted", "recommended", "reason", "cost_before", "cost_after", "cost_change"),
    *("cost_change_low", "cost_change_high", "cycle_time_before", "cycle_time_after", "cycle_time_change"),
    *("cycle_time_change_low", "cycle_time_change_high", "p90_change", "waiting_change", "gap", "solver_status"),
    *("simulated_cases", "simulator_error"),
)
_CHANGE = (
    *("kind", "subject", "from_value", "to_value", "expected_change", "change_low", "change_high", "cost_change"),
    "reason",
)
_EFFECT = ("scenario", "measure", "before", "after", "value", "low", "high", "limit_seconds", "needed", "kept")
_STANDINGS = ("choice", "control", "as_is")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def plan_payload(tables: RunTables) -> Row | None:
    """`search`, and `plans` with their `changes` (the best first) and `effects`; null without the tables.

    Choices come from dear to cheap, then controls, then the process as it is. `mark`: what a plan is called in the
    chart: a letter for a choice, a number for a control.
    """
    if not tables.has("plan_search"):
        return None
    search = tables.row("plan_search")
    changes, effects = _by_plan(tables.rows("plan_change")), _by_plan(tables.rows("plan_effect"))
    plans = sorted(tables.rows("plan"), key=_place)
    return {
        "search": {name: compact(value) if isinstance(value, float) else value for name, value in search.items()},
        "plans": [
            {
                **_picked(row, _PLAN),
                "mark": mark,
                "changes": [_picked(one, _CHANGE) for one in _best_first(changes.get(row["plan_id"], []), row)],
                "effects": [_picked(one, _EFFECT) for one in effects.get(row["plan_id"], [])],
            }
            for row, mark in zip(plans, _marks(plans), strict=True)
        ],
    }


def _place(row: Row) -> tuple[int, float, str]:
    cost = row["cost_change"]
    return _STANDINGS.index(row["standing"]), -(cost if cost is not None else 0.0), row["plan_id"]


def _best_first(changes: list[Row], plan: Row) -> list[Row]:
    """The lines of a plan by what each takes away of the cycle time and of the cost, as shares."""
    cost = plan["cost_before"] or 1.0
    return sorted(changes, key=lambda one: (one["expected_change"] + one["cost_change"] / cost, one["position"]))


def _marks(plans: list[Row]) -> list[str]:
    counted = dict.fromkeys(_STANDINGS, 0)
    found = []
    for plan in plans:
        number = counted[plan["standing"]]
        counted[plan["standing"]] += 1
        letter = _LETTERS[number] if number < len(_LETTERS) else f"A{number}"
        found.append({"choice": letter, "control": str(number + 1)}.get(plan["standing"], ""))
    return found


def _by_plan(rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by plan, in their order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["plan_id"], []).append(row)
    return found


def _picked(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: compact(row[name]) if isinstance(row[name], float) else row[name] for name in names}
