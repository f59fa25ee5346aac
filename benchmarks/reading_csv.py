"""A CSV of 10M events, read and ordered: pandas with pm4py against the whole `event_log` stage.

The stage does more than the peer (it profiles, rejects, accounts, computes waits and writes Parquet); it is measured
whole, so one measurement answers for "reading and ordering" and for "the whole asset".
"""

from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measure import run_piece
from benchmarks.outcome import Outcome, Requirement, agreement, compared
from benchmarks.piece import Work, import_ahead
from benchmarks.same import same_rows

EVENTS = 10_000_000
_MEMORY = 1 << 30
_COMPARED = ("case_id", "activity", "start_time", "end_time", "resource", "role", "order_value", "region")


def run(bench: Bench) -> list[Outcome]:
    """Measure and compare."""
    events = bench.size(EVENTS)
    log = bench.demo_log(events, ".csv")
    peer_rows = bench.folder / "csv-peer.parquet"
    scratch = bench.scratch("csv-ours")
    peer = run_piece(pandas_and_pm4py, runs=bench.runs, log=log, out=peer_rows)
    ours = run_piece(event_log_stage, runs=bench.runs, log=log, scratch=scratch)
    same = run_piece(
        same_rows,
        one=[str(peer_rows)],
        other=ours.found["files"],
        columns=["position", *_COMPARED],
        named={"position": "event_index"},
    )
    peer_rows.unlink()
    what = f"reading a CSV of {peer.found['rows'] / 1e6:.2g}M events"
    name = "pandas + pm4py.format_dataframe"
    note = f"{peer.found['rows']:,} rows each; {same.found['told']}"
    agreed = agreement(same.found["equal"])
    in_order = compared(f"{what}, in order", name, peer, ours, required=Requirement(2.5, 6), agreed=agreed, note=note)
    whole = compared(f"{what}, the whole event_log", name, peer, ours, required=Requirement(1), agreed=agreed)
    return [in_order, whole]


def pandas_and_pm4py(work: Work, *, log: str, out: str) -> dict[str, Any]:
    """The peer; its rows go to `out` afterwards, for the comparison."""
    import pandas as pd
    import pm4py
    import pyarrow as pa
    import pyarrow.parquet as pq

    with work:
        frame = pd.read_csv(log)
        # By the start, as we order rows: what runs in parallel ends in another order.
        frame = pm4py.format_dataframe(frame, case_id="case_id", activity_key="activity", timestamp_key="start_time")
    first = frame.groupby("@@case_index", sort=False)["@@index"].transform("min")
    columns = {
        "position": frame["@@index"] - first,
        "case_id": frame["case:concept:name"],
        "activity": frame["concept:name"],
        "start_time": frame["time:timestamp"],
        "end_time": pd.to_datetime(frame["end_time"], utc=True, format="ISO8601"),
        **{name: frame[name] for name in ("resource", "role", "order_value", "region")},
    }
    pq.write_table(pa.table({name: pa.Array.from_pandas(column) for name, column in columns.items()}), out)
    return {"rows": len(frame)}


def event_log_stage(work: Work, *, log: str, scratch: str, memory: int = _MEMORY) -> dict[str, Any]:
    """Ours: the whole stage."""
    from bpa_assets.event_log.reading import read_log
    from bpa_assets.settings import ProcessConfig

    import_ahead("duckdb", "numba", "pandas", "polars", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet")
    with work:
        done = read_log(
            [Path(log)], scratch=Path(scratch), config=ProcessConfig(), process="bench", memory_bytes=memory
        )
    constant = [row["column_name"] for row in done.event_attribute.to_pylist() if row["level"] == "case"]
    return {
        "rows": done.event_log.rows,
        "rows_read": done.accounting["rows_read"],
        "files": [str(path) for path in done.event_log.files],
        "constant": constant,
    }
