"""The behaviour of a process as tables of the lake: cases, activities, transitions, variants, profile, due dates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from bpa_assets.process_model.behaviour import Behaviour
from bpa_assets.process_model.case_table import Cases, case_table
from bpa_assets.process_model.open_cases import open_rule
from bpa_assets.process_model.service_level import DUE_DATES, MOMENT
from bpa_assets.process_model.variants import SequenceCounts, count_sequences, variant_id

_QUANTILES = (0.5, 0.9)
_MOSTLY, _HARDLY = 0.95, 0.05


@dataclass(frozen=True)
class BehaviourTables:
    """The tables, by their names in the lake."""

    cases: pa.Table
    activities: pa.Table
    transitions: pa.Table
    variants: pa.Table
    due_dates: pa.Table
    process_profile: pa.Table


def behaviour_tables(behaviour: Behaviour) -> BehaviourTables:
    """Make the tables; the collected values of `behaviour` are used up."""
    sequences = behaviour.variants.codes()
    counts = count_sequences(sequences, behaviour.variants.cases)
    ids = [variant_id([behaviour.names[code] for code in sequence]) for sequence in sequences]
    rule = open_rule(behaviour, counts.last_activity)
    # Before the cases: the durations of 100M events are 1.6 GB.
    activities, transitions = _activities(behaviour, counts), _transitions(behaviour, counts)
    cases = case_table(behaviour, rule, counts, ids)
    events = sum(activities["frequency"].to_pylist())
    return BehaviourTables(
        cases=cases.table,
        activities=activities,
        transitions=transitions,
        variants=_variants(behaviour, sequences, ids, cases),
        due_dates=pa.concat_tables([DUE_DATES.empty_table(), *behaviour.due.parts]).combine_chunks(),
        process_profile=pa.table(
            {
                "cases": [cases.table.num_rows],
                "open_cases": [cases.open],
                "open_rule": [rule.name],
                "activities": [len(behaviour.names)],
                "variants": [len(ids)],
                # Not `behaviour.resources`: that holds also who only started what another completed.
                "resources": [len({resource for _, resource in behaviour.performed})],
                "first_event_at": pa.array([behaviour.first_start]).cast(MOMENT),
                "last_event_at": pa.array([behaviour.last_end]).cast(MOMENT),
                "time_basis": [time_basis(sum(behaviour.with_duration.values()), events)],
                "currency": pa.array([behaviour.config.cost.currency], pa.string()),
                "timezone": [behaviour.config.calendar.timezone or "UTC"],
            }
        ),
    )


def time_basis(timed: int, rows: int) -> str:
    """`wait` if at least 95 % of the rows have a duration, `gap` if at most 5 %, else `mixed`."""
    if timed >= _MOSTLY * rows:
        return "wait"
    return "gap" if timed <= _HARDLY * rows else "mixed"


def _activities(behaviour: Behaviour, counts: SequenceCounts) -> pa.Table:
    resources = np.bincount(
        [activity for activity, _ in behaviour.performed] or [0], minlength=max(behaviour.names) + 1
    )
    if not behaviour.performed:
        resources[:] = 0
    rows = []
    for code, name in sorted(behaviour.names.items(), key=lambda one: one[1]):
        processing = behaviour.processing.pop(code, _QUANTILES)
        waiting = behaviour.waiting.pop(code, _QUANTILES)
        rows.append(
            {
                "activity": name,
                "frequency": waiting.count,
                "cases": counts.activity_cases[code],
                "resources": int(resources[code]),
                "mean_processing_seconds": processing.mean,
                "median_processing_seconds": processing.quantiles[0],
                "p90_processing_seconds": processing.quantiles[1],
                "mean_waiting_seconds": waiting.mean,
                "median_waiting_seconds": waiting.quantiles[0],
                "p90_waiting_seconds": waiting.quantiles[1],
                "total_waiting_seconds": waiting.total,
                "rework_events": counts.activity_rework[code],
                "cost": behaviour.activity_cost.get(code),
                "time_basis": time_basis(behaviour.with_duration[code], waiting.count),
            }
        )
    return pa.Table.from_pylist(rows, schema=_ACTIVITIES)


_SECONDS = [
    f"{statistic}_{kind}_seconds" for kind in ("processing", "waiting") for statistic in ("mean", "median", "p90")
]
_ACTIVITIES = pa.schema(
    [
        ("activity", pa.string()),
        *((name, pa.int64()) for name in ("frequency", "cases", "resources")),
        *((name, pa.float64()) for name in (*_SECONDS, "total_waiting_seconds")),
        ("rework_events", pa.int64()),
        ("cost", pa.float64()),
        ("time_basis", pa.string()),
    ]
)
_TRANSITIONS = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "target")),
        *((name, pa.int64()) for name in ("frequency", "cases", "overlaps")),
        *((name, pa.float64()) for name in ("mean_seconds", "median_seconds", "p90_seconds", "max_seconds")),
    ]
)


def _transitions(behaviour: Behaviour, counts: SequenceCounts) -> pa.Table:
    rows = []
    for source, target in list(behaviour.transitions.parts):
        summary = behaviour.transitions.pop((source, target), _QUANTILES)
        rows.append(
            {
                "source": behaviour.names[source],
                "target": behaviour.names[target],
                "frequency": summary.count,
                "cases": counts.pair_cases[source, target],
                "overlaps": summary.negative,
                "mean_seconds": summary.mean,
                "median_seconds": summary.quantiles[0],
                "p90_seconds": summary.quantiles[1],
                "max_seconds": summary.greatest,
            }
        )
    return pa.Table.from_pylist(sorted(rows, key=lambda row: (row["source"], row["target"])), schema=_TRANSITIONS)


def _variants(behaviour: Behaviour, sequences: list[list[int]], ids: list[str], found: Cases) -> pa.Table:
    cycles = found.closed_cycles
    ended = {number: cycles.pop(number, (0.5,)) for number in list(cycles.parts)}
    cases = behaviour.variants.cases
    order = sorted(range(len(ids)), key=lambda number: (-cases[number], ids[number]))
    names = behaviour.names
    columns: dict[str, Any] = {
        "variant_id": [ids[number] for number in order],
        "activities": [[names[code] for code in sequences[number]] for number in order],
        "cases": [cases[number] for number in order],
        "share": [cases[number] / found.table.num_rows for number in order],
        "mean_cycle_seconds": pa.array(
            [ended[number].mean if number in ended else None for number in order], pa.float64()
        ),
        "median_cycle_seconds": pa.array(
            [ended[number].quantiles[0] if number in ended else None for number in order], pa.float64()
        ),
        "fits_model": pa.nulls(len(order), pa.bool_()),
        "fits_reference": pa.nulls(len(order), pa.bool_()),
    }
    return pa.table(columns)
