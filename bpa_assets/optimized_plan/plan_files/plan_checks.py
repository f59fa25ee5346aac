"""What a stored plan has to keep, as sentences on what it does not: the plain part of the checks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

_SLACK = 1e-9


def broken_promises(search: Row, plans: Sequence[Row], effects: Sequence[Row]) -> list[str]:
    """What an accepted plan does not keep: a goal at the bound of its interval, or an SLA, in any scenario."""
    accepted = {row["plan_id"] for row in plans if row["accepted"]}
    return [
        sentence
        for row in effects
        if row["plan_id"] in accepted
        for sentence in _broken(row, search["cost_goal"], search["cycle_time_goal"])
    ]


def _broken(row: Row, cost_goal: float, cycle_time_goal: float) -> Iterator[str]:
    least = {"cost": cost_goal, "cycle_time": cycle_time_goal}.get(row["measure"])
    what = f"{row['plan_id']} in {row['scenario']}: {row['measure']}"
    if least is not None and row["high"] > -least + _SLACK:
        yield f"{what} {row['high']:+.1%} at the bound, {-least:+.1%} is asked"
    if row["kept"] is False:
        yield f"{what} {row['low']:.1%} at the bound, {row['needed']:.1%} is asked"


def moved_null_plans(plans: Sequence[Row]) -> list[str]:
    """Where the process as it is, simulated beside itself, seems to change: its interval does not hold 0."""
    return [
        f"{column} of {row['plan_id']} is {row[f'{column}_low']:+.2%} to {row[f'{column}_high']:+.2%}"
        for row in plans
        if row["standing"] == "as_is"
        for column in ("cost_change", "cycle_time_change")
        if row[column] is not None and not row[f"{column}_low"] - _SLACK <= 0 <= row[f"{column}_high"] + _SLACK
    ]
