"""The parameters of Prosimos (version 2) made from a simulation model: people, hours, durations, delays, arrivals.

What the format cannot say is left out: days off, who prefers which work, batches, and clocks that run on at night.
Durations are gamma distributions with the mean and variance of the samples, cut at their least and greatest value.
Source: O. López-Pintado, M. Dumas, *Business process simulation with differentiated resources: does it make a
difference?*, BPM 2022; and the reader of prosimos 2.1.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bpa_assets.optimized_plan.changed.people import employed
from bpa_assets.optimized_plan.plan_files.prosimos.branch_shares import Follows, branch_shares, repeat_share
from bpa_assets.optimized_plan.plan_files.prosimos.drawn_process import DrawnProcess
from bpa_assets.optimized_plan.plan_files.prosimos.observed_times import (
    arrival_hours,
    delays_of,
    durations_of,
    seconds_between_arrivals,
)
from bpa_assets.optimized_plan.plan_files.prosimos.simulated_bpmn import again, timer
from bpa_assets.optimized_plan.process_simulation_model import HOURS_OF_WEEK, Flags, Floats, SimulationModel
from bpa_assets.process_model.diagram.xml_text import as_text

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_END_OF_DAY = "23:59:59.999999"
_ANYBODY, _ALWAYS = "nobody is needed", "all hours"
_AT_ONCE = 100
"""Steps that need nobody and run at the same time; Prosimos has no task without a resource."""
_LEAST_DELAY = 1.0
"""Seconds on average from which a delay is worth a timer."""


@dataclass(frozen=True)
class Played:
    """What the process and its plans have in common: the drawn model, the ways that cases take, where timers stand.

    `points`, `follows`: see `branch_shares`. `delayed`: activities as the file names them.
    """

    drawn: DrawnProcess
    points: Sequence[Mapping[str, Any]]
    follows: Follows
    delayed: frozenset[str]


def prosimos_parameters(model: SimulationModel, played: Played, hourly: Floats) -> bytes:
    """The JSON file; `hourly`: the cost of an hour of each resource. The same arguments give the same bytes."""
    drawn = played.drawn
    tasks = {drawn.nodes[node.id]: node.label for node in drawn.model.nodes if node.kind == "task"}
    people = _people(model)
    document = {
        "resource_profiles": [*_profiles(model, hourly), _nobody()],
        "arrival_time_distribution": _distribution(np.array([seconds_between_arrivals(model)]), name="expon"),
        "arrival_time_calendar": _periods(arrival_hours(model)),
        "gateway_branching_probabilities": _gateways(played),
        "task_resource_distribution": [
            {"task_id": task, "resources": _performers(model, label, people)} for task, label in tasks.items()
        ],
        "resource_calendars": [
            *({"id": name, "name": name, "time_periods": _periods(model.workforce.hours[who])}
              for who, name in people.items()),
            {"id": _ALWAYS, "name": _ALWAYS, "time_periods": _periods(np.ones(HOURS_OF_WEEK, np.bool_))},
        ],
        "event_distribution": [
            {"event_id": timer(task), **_distribution(delays_of(model, label))}
            for task, label in tasks.items()
            if label in played.delayed
        ],
        "model_type": "CRISP",
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def delayed_activities(model: SimulationModel) -> frozenset[str]:
    """The activities (as the file names them) that wait for what is no person before they can be done."""
    names = {as_text(name) for name in model.activities}
    return frozenset(name for name in names if delays_of(model, name).mean() >= _LEAST_DELAY)


def _people(model: SimulationModel) -> dict[int, str]:
    """Who may be given work: the id by number."""
    return {int(who): as_text(model.workforce.resources[who]) for who in np.flatnonzero(employed(model.workforce))}


def _profiles(model: SimulationModel, hourly: Floats) -> list[dict[str, Any]]:
    work = model.workforce
    people = _people(model)
    pools = []
    for code, role in enumerate(work.roles):
        members = [who for who in people if work.role[who] == code]
        listed = [
            {"id": people[who], "name": people[who], "cost_per_hour": float(hourly[who]),
             "amount": int(work.capacity[who]), "calendar": people[who], "assigned_tasks": []}
            for who in members
        ]  # fmt: skip
        if members:
            pools.append({"id": as_text(f"role {code}"), "name": as_text(role), "resource_list": listed})
    return pools


def _nobody() -> dict[str, Any]:
    listed = {"id": _ANYBODY, "name": _ANYBODY, "cost_per_hour": 0.0, "amount": _AT_ONCE, "calendar": _ALWAYS,
              "assigned_tasks": []}  # fmt: skip
    return {"id": _ANYBODY, "name": _ANYBODY, "resource_list": [listed]}


def _performers(model: SimulationModel, label: str, people: Mapping[int, str]) -> list[dict[str, Any]]:
    found = durations_of(model, label)
    if not found.performers:
        return [{"resource_id": _ANYBODY, **_distribution(found.of_anybody)}]
    return [{"resource_id": people[who], **_distribution(values)} for who, values in found.performers.items()]


def _distribution(values: Floats, name: str = "gamma") -> dict[str, Any]:
    """Mean, variance (not of `expon`), least and greatest; `fix` where there is nothing to vary."""
    mean, variance = (float(values.mean()), float(values.var())) if len(values) else (0.0, 0.0)
    if name == "gamma" and (mean <= 0 or variance <= 1e-9 * mean**2):
        name, figures = "fix", [mean]
    elif name == "expon":
        figures = [mean, 0.0, 100 * mean]
    else:
        figures = [mean, variance, float(values.min()), float(values.max())]
    return {"distribution_name": name, "distribution_params": [{"value": figure} for figure in figures]}


def _periods(hours: Flags) -> list[dict[str, str]]:
    """Runs of hours of each day."""
    found = []
    for day, name in enumerate(_DAYS):
        worked = np.flatnonzero(hours[24 * day : 24 * day + 24])
        for run in np.split(worked, np.flatnonzero(np.diff(worked) > 1) + 1):
            if len(run):
                end = f"{run[-1] + 1:02}:00:00" if run[-1] < 23 else _END_OF_DAY
                found.append({"from": name, "to": name, "beginTime": f"{run[0]:02}:00:00", "endTime": end})
    return found


def _gateways(played: Played) -> list[dict[str, Any]]:
    drawn = played.drawn
    found = [
        {"gateway_id": drawn.nodes[node],
         "probabilities": [{"path_id": drawn.flows[way], "value": share} for way, share in shares.items()]}
        for node, shares in branch_shares(drawn, played.points, played.follows).items()
    ]  # fmt: skip
    for node in drawn.model.nodes:
        if node.repeats:
            split, back, on = again(drawn.nodes[node.id])
            share = repeat_share(node.label, played.follows)
            ways = [{"path_id": back, "value": share}, {"path_id": on, "value": 1 - share}]
            found.append({"gateway_id": split, "probabilities": ways})
    return found
