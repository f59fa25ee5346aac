"""Cases, activities, variants and transitions of 10M events, from the stored event log: pm4py against us.

The peer is asked for what it has functions for, and for durations of cases and waits in the idiom of pandas. It has
nothing for handovers, open cases, resources, attributes, the cases of a transition, the cycle times of a variant:
those we compute besides.
"""

import json
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measure import run_piece
from benchmarks.outcome import Outcome, Requirement, agreement, compared
from benchmarks.piece import Work, import_ahead
from benchmarks.reading_csv import event_log_stage
from benchmarks.same_behaviour import same_behaviour

EVENTS = 10_000_000
_COLUMNS = {
    "case_id": "case:concept:name",
    "activity": "concept:name",
    "start_time": "start_timestamp",
    "end_time": "time:timestamp",
}
_CASE, _ACTIVITY, _START, _END = _COLUMNS.values()


def run(bench: Bench) -> list[Outcome]:
    """Measure and compare."""
    log = bench.demo_log(bench.size(EVENTS), ".parquet")
    stored = run_piece(event_log_stage, log=log, scratch=bench.scratch("tables-log"))
    files, rows = stored.found["files"], stored.found["rows"]
    ours_in = bench.scratch("tables-ours")
    ours = run_piece(our_tables, runs=bench.runs, files=files, constant=stored.found["constant"], out=ours_in)
    outcomes = []
    for name, piece, required in (
        ("pm4py", pm4py_tables, Requirement(25)),
        ("pm4py told that the log is sorted", pm4py_tables_of_sorted, Requirement()),
    ):
        peer_in = bench.scratch("tables-peer")
        peer = run_piece(piece, runs=bench.runs, files=files, out=peer_in)
        same = run_piece(same_behaviour, ours=ours_in, peer=peer_in)
        outcomes.append(
            compared(
                f"behaviour tables of {rows / 1e6:.2g}M events",
                name,
                peer,
                ours,
                required=required,
                agreed=agreement(same.found["equal"]),
                note=same.found["told"],
            )
        )
    return outcomes


def our_tables(work: Work, *, files: list[str], constant: list[str], out: str) -> dict[str, Any]:
    """Ours: observe the log, make the tables, store them."""
    from bpa_assets.process_model.behaviour import observe
    from bpa_assets.process_model.stored_tables import store_tables
    from bpa_assets.process_model.tables import behaviour_tables
    from bpa_assets.settings import ProcessConfig

    import_ahead("pandas", "pyarrow.compute")
    with work:
        seen = observe([Path(file) for file in files], config=ProcessConfig(), case_attributes=constant)
        tables = behaviour_tables(seen)
        store_tables(tables, Path(out))
    events = sum(tables.activities["frequency"].to_pylist())
    return {"cases": tables.cases.num_rows, "variants": tables.variants.num_rows, "events": events}


def pm4py_tables(work: Work, *, files: list[str], out: str) -> dict[str, Any]:
    """The peer by its public functions."""
    import pm4py

    with work:
        frame = _frame(files)
        frequency, _, _ = pm4py.discover_dfg(frame)
        performance, _, _ = pm4py.discover_performance_dfg(frame)
        found = _other_tables(frame)
    return _keep(out, dict(frequency), performance, *found)


def pm4py_tables_of_sorted(work: Work, *, files: list[str], out: str) -> dict[str, Any]:
    """The peer, with one graph for counts and seconds, and without the sort that a stored log does not need."""
    from pm4py.algo.discovery.dfg.adapters.pandas.df_statistics import get_dfg_graph

    with work:
        frame = _frame(files)
        frequency, performance = get_dfg_graph(
            frame, measure="both", perf_aggregation_key="all", sort_caseid_required=False
        )
        found = _other_tables(frame)
    return _keep(out, frequency, performance, *found)


def _frame(files: list[str]) -> Any:
    """The log as pm4py wants it. Where a `start_timestamp` is, its graphs measure from the end before to the start."""
    import pandas as pd

    frame = pd.concat([pd.read_parquet(file, columns=list(_COLUMNS)) for file in files], ignore_index=True)
    return frame.rename(columns=_COLUMNS)


def _other_tables(frame: Any) -> tuple[dict[tuple[str, ...], int], Any, Any]:
    """Variants, cases and activities."""
    import pandas as pd
    import pm4py

    variants = pm4py.get_variants(frame)
    cases = frame.groupby(_CASE, sort=False).agg(
        started=(_START, "min"), ended=(_END, "max"), events=(_ACTIVITY, "size")
    )
    cases["seconds"] = (cases["ended"] - cases["started"]).dt.total_seconds()
    greatest = frame.groupby(_CASE, sort=False)[_END].cummax().shift()
    wait = (frame[_START] - greatest).dt.total_seconds().clip(lower=0)
    wait[frame[_CASE] != frame[_CASE].shift()] = 0.0
    waits = wait.groupby(frame[_ACTIVITY])
    activities = pd.DataFrame(
        {
            "frequency": pm4py.get_event_attribute_values(frame, _ACTIVITY),
            "mean_processing": pm4py.get_service_time(frame, "mean", start_timestamp_key=_START),
            "median_processing": pm4py.get_service_time(frame, "median", start_timestamp_key=_START),
            "total_waiting": waits.sum(),
            "median_waiting": waits.median(),
            "p90_waiting": waits.quantile(0.9),
            "reworked_cases": pm4py.get_rework_cases_per_activity(frame),
        }
    )
    return variants, cases, activities


def _keep(
    out: str,
    frequency: dict[tuple[str, str], int],
    performance: dict[tuple[str, str], dict[str, float]],
    variants: dict[tuple[str, ...], int],
    cases: Any,
    activities: Any,
) -> dict[str, Any]:
    """Store what the peer found, for the comparison."""
    cases.reset_index().to_parquet(Path(out) / "cases.parquet")
    activities["reworked_cases"] = activities["reworked_cases"].fillna(0)
    rest = {
        "transitions": [[*pair, int(count), performance[pair]] for pair, count in frequency.items()],
        "variants": [[list(sequence), int(count)] for sequence, count in variants.items()],
        "activities": activities.reset_index(names="activity").to_dict("records"),
    }
    (Path(out) / "tables.json").write_text(json.dumps(rest))
    return {"cases": len(cases), "variants": len(variants)}
