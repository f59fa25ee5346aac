"""The chart to choose a plan from: change of the cost against change of the mean cycle time, with intervals.

Left and down is better. Colours as in `charts.py`; the goal is a box that a plan's whole interval has to lie in.
"""

from collections.abc import Sequence
from typing import Any

from bpa_assets.report.run_tables import Row

_KINDS = (
    ("accepted", "--bpa-series-3", "circle"),
    ("not accepted", "--bpa-series-2", "circle-open"),
    ("simple control", "--bpa-series-6", "diamond-open"),
    ("as it is", "--bpa-text", "cross"),
)
_MARGIN, _LEAST_SPAN, _HEIGHT = 0.12, 0.1, 420


def plan_chart(plans: Sequence[Row], search: Row) -> dict[str, Any]:
    """The figure as JSON takes it; `plans` and `search` as in the payload."""
    traces = [_trace([one for one in plans if _kind(one) == name], name, colour, symbol)
              for name, colour, symbol in _KINDS]  # fmt: skip
    cost = _span([plan[f"cost_change{end}"] for plan in plans for end in ("_low", "_high")], -search["cost_goal"])
    cycle = _span(
        [plan[f"cycle_time_change{end}"] for plan in plans for end in ("_low", "_high")], -search["cycle_time_goal"]
    )
    goal = {
        "type": "rect", "layer": "below", "x0": cost[0], "x1": -search["cost_goal"], "y0": cycle[0],
        "y1": -search["cycle_time_goal"], "fillcolor": "--bpa-series-3",
        "line": {"color": "--bpa-series-3", "width": 1, "dash": "dot"},
    }  # fmt: skip
    return {
        "data": [trace for trace in traces if trace["x"]],
        "layout": {
            "xaxis": _axis("cost a week", cost),
            "yaxis": _axis("mean cycle time", cycle),
            "shapes": [goal],
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "showlegend": True,
            "dragmode": False,
            "hovermode": "closest",
            "height": _HEIGHT,
            "meta": {},
        },
    }


def _kind(plan: Row) -> str:
    if plan["standing"] == "choice":
        return "accepted" if plan["accepted"] else "not accepted"
    return "as it is" if plan["standing"] == "as_is" else "simple control"


def _trace(plans: Sequence[Row], name: str, colour: str, symbol: str) -> dict[str, Any]:
    known = [plan for plan in plans if plan["cost_change"] is not None and plan["cycle_time_change"] is not None]
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [plan["cost_change"] for plan in known],
        "y": [plan["cycle_time_change"] for plan in known],
        "error_x": _error(known, "cost_change"),
        "error_y": _error(known, "cycle_time_change"),
        "text": [plan["mark"] for plan in known],
        "textposition": "top right",
        "hovertext": [_told(plan) for plan in known],
        "hoverinfo": "text",
        "marker": {"symbol": symbol, "size": [16 if plan["recommended"] else 10 for plan in known]},
        "meta": {"color": colour},
    }


def _error(plans: Sequence[Row], name: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [plan[f"{name}_high"] - plan[name] for plan in plans],
        "arrayminus": [plan[name] - plan[f"{name}_low"] for plan in plans],
        "thickness": 1.5,
        "width": 4,
    }


def _told(plan: Row) -> str:
    """What stands beside a point; Plotly reads markup in it, so a name's own is taken out."""
    name = plan["name"].replace("&", "&amp;").replace("<", "&lt;")
    return (
        f"{plan['mark']} {name}: cost {plan['cost_change']:+.0%}, cycle time {plan['cycle_time_change']:+.0%}".strip()
    )


def _span(values: Sequence[float | None], goal: float) -> list[float]:
    """The range of an axis: every interval, nothing changed, and the goal with room behind it."""
    known = [value for value in values if value is not None]
    low, high = min([goal - _LEAST_SPAN, *known]), max([0.0, *known])
    room = (high - low) * _MARGIN
    return [low - room, high + room]


def _axis(title: str, span: list[float]) -> dict[str, Any]:
    return {"title": {"text": title}, "range": span, "tickformat": "+.0%", "automargin": True, "nticks": 7}
