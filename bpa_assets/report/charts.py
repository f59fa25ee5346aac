"""The charts of the report as Plotly figures, built and validated here, drawn by the basic bundle in the page.

That bundle draws bars and lines only and silently turns any other trace into one of these: histograms are counted in
Python. No colour is fixed here: `meta.color` of a trace names a variable of style.css, so that a chart follows the
theme, and the page counts the values again where a filter applies.
"""

from typing import Any

from bpa_assets.report.plan_chart import plan_chart
from bpa_assets.report.run_tables import Row

CAUSES = ("contention", "prioritization", "unavailability", "batching", "extraneous", "unknown")
MOST_CAUSED = 12
_LONGEST_LABEL = 32
_EACH = {"day": "day", "week": "week from Monday", "month": "month"}


def charts_payload(payload: Row) -> dict[str, Any]:
    """Figures by name: arrivals, wip, cycle_by_period, cycle_histogram, causes; plans, if there are any."""
    import plotly.graph_objects as go

    time = payload["time"]
    each = _EACH[time["unit"]]
    figures = {
        "arrivals": go.Figure(
            [
                _line(go, time["starts"], time["arrivals"], name="arrivals", color="--bpa-series-1"),
                _line(go, time["starts"], time["completions"], name="completions", color="--bpa-series-2", dash="dot"),
            ],
            _layout(f"cases a {each}"),
        ),
        "wip": go.Figure(
            [_line(go, time["starts"], time["wip"], name="cases in progress", color="--bpa-series-1", fill="tozeroy")],
            _layout("cases in progress", showlegend=False),
        ),
        "cycle_by_period": go.Figure(
            [
                _line(go, time["starts"], time["median_cycle_seconds"], name="median", color="--bpa-series-1"),
                _line(go, time["starts"], time["p90_cycle_seconds"], name="90th percentile", color="--bpa-series-2",
                      dash="dot"),
            ],
            _layout("cycle time", duration_axis="y"),
        ),
        "cycle_histogram": _histogram(go, payload["cycle_time"]),
        "causes": _causes(go, payload),
    }  # fmt: skip
    plan = payload.get("plan")
    plans = {"plans": plan_chart(plan["plans"], plan["search"])} if plan and plan["plans"] else {}
    return {name: _plain(figure) for name, figure in figures.items()} | plans


def _plain(figure: Any) -> dict[str, Any]:
    """The figure without Plotly's own theme, which is most of its text; ours is put in by the page."""
    found: dict[str, Any] = figure.to_plotly_json()
    del found["layout"]["template"]
    return found


def _line(
    go: Any, x: list[str], y: list[Any], *, name: str, color: str, dash: str = "solid", fill: str = "none"
) -> Any:
    return go.Scatter(
        x=x, y=y, name=name, mode="lines", line={"width": 2, "dash": dash}, fill=fill, meta={"color": color}
    )


def _histogram(go: Any, cycle_time: Row) -> Any:
    width, cases = cycle_time["width"], cycle_time["cases"]
    bars = go.Bar(
        x=[width * (number + 0.5) for number in range(len(cases))],
        y=cases,
        width=width * 0.96,
        name="closed cases",
        meta={"color": "--bpa-series-1"},
    )
    return go.Figure([bars], _layout("closed cases", showlegend=False, duration_axis="x"))


def _causes(go: Any, payload: Row) -> Any:
    """The activities that are waited for longest, each a bar split by cause."""
    causes, names = payload["waiting"]["causes"], payload["activities"]
    totals: dict[int, float] = {}
    for one in causes:
        totals[one["activity"]] = totals.get(one["activity"], 0) + one["seconds"]
    shown = sorted(totals, key=lambda activity: (-totals[activity], activity))[:MOST_CAUSED]
    seconds = {(one["activity"], one["cause"]): one["seconds"] for one in causes}
    places = list(range(len(shown)))
    bars = [
        go.Bar(
            y=places,  # not the names: two may be the same when they are cut
            x=[seconds.get((activity, cause), 0) for activity in shown],
            name=cause,
            text=[cause] * len(shown),
            textposition="inside",
            insidetextanchor="middle",
            orientation="h",
            meta={"color": f"--bpa-series-{number + 1}"},
        )
        for number, cause in enumerate(CAUSES)
        if any((activity, cause) in seconds for activity in shown)
    ]
    labels = [_label(names[activity]["name"]) for activity in shown]
    axis = {"tickmode": "array", "tickvals": places, "ticktext": labels, "autorange": "reversed", "automargin": True}
    layout = {
        **_layout("", duration_axis="x"),
        "barmode": "stack",
        "bargap": 0.3,
        "yaxis": axis,
        "uniformtext": {"mode": "hide", "minsize": 11},
        "height": 90 + 30 * len(shown),
    }
    layout["legend"] = {**layout["legend"], "traceorder": "normal", "y": 1.02, "yanchor": "bottom"}
    return go.Figure(bars, layout)


def _label(name: str) -> str:
    """A name on an axis: cut, and without what Plotly would read as markup."""
    short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
    return short.replace("&", "&amp;").replace("<", "&lt;")


def _layout(y_title: str, *, showlegend: bool = True, duration_axis: str = "") -> dict[str, Any]:
    """What all charts share; `meta.duration_axis`: the page writes the ticks of that axis as durations."""
    return {
        "yaxis": {"title": {"text": y_title}, "rangemode": "tozero", "automargin": True},
        "xaxis": {"automargin": True},
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "showlegend": showlegend,
        "dragmode": False,
        "hovermode": "closest",
        "meta": {"duration_axis": duration_axis},
    }
