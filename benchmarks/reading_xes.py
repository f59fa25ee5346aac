"""A XES log of 1M events: every reader that pm4py has against ours.

A peer that cannot read the file, or reads it wrongly, is shown as such. What is right is what pm4py's XML parser
(iterparse) reads and what we read, when the two agree; they are written independently.
"""

from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.measure import Measured, PieceFailedError, run_piece
from benchmarks.outcome import Outcome, Requirement, compared
from benchmarks.piece import Work, import_ahead
from benchmarks.same import same_rows
from benchmarks.xes_maker import write_xes_log

EVENTS = 1_000_000
_REQUIRED = Requirement(4)
_REFERENCE = "iterparse"
_READERS = (_REFERENCE, "line_by_line", "chunk_regex", "r4pm", "r4pm as Polars")


def run(bench: Bench) -> list[Outcome]:
    """Measure and compare; the requirement is held against the cheapest reader that reads the file as we do."""
    events = bench.size(EVENTS)
    log = bench.xes or bench.made(f"{events}.xes", lambda path: write_xes_log(path, events=events))
    run_piece(our_reader, log=log, scratch=bench.scratch("xes-ours"))  # compiles what is compiled once, at first use
    ours = run_piece(our_reader, runs=bench.runs, log=log, scratch=bench.scratch("xes-ours"))
    task = f"reading XES, {ours.found['events'] / 1e6:.2g}M events"
    found = [_one_reader(bench, log, reader, ours) for reader in _READERS]
    right = [(reader, used) for reader, used, same, _ in found if used is not None and same]
    best = min(right, key=lambda one: one[1].cpu_seconds)[0] if right else None
    reference_agrees = any(reader == _REFERENCE for reader, _ in right)
    outcomes = []
    for reader, used, same, told in found:
        name = f"pm4py {reader}"
        if used is None:
            outcomes.append(Outcome(task, name, "–", ours=ours, note=told))
            continue
        row = compared(
            task,
            name,
            used,
            ours,
            required=_REQUIRED if reader == best else Requirement(),
            # Where the XML parser agrees with us, a reader that does not is wrong; the note says in what.
            agreed="yes" if same else "peer is wrong" if reference_agrees else "NO",
            note=told,
        )
        outcomes.append(row)
    if not right:
        outcomes.append(Outcome(task, "no reader agrees with ours", str(_REQUIRED), ours=ours, agreed="NO"))
    return outcomes


def _one_reader(bench: Bench, log: Path, reader: str, ours: Measured) -> tuple[str, Measured | None, bool, str]:
    """A reader, what it used if it could read the file, whether it read what we did, and a word on it."""
    rows = bench.folder / "xes-peer.parquet"
    try:
        used = run_piece(pm4py_reader, runs=bench.runs, log=log, reader=reader, out=rows)
    except PieceFailedError as error:
        return reader, None, False, f"cannot read the file: {error}"
    same = run_piece(same_log, peer=rows, files=ours.found["files"], names=ours.found["names"]).found
    rows.unlink()
    return reader, used, bool(same["equal"]), str(same["told"])


def our_reader(work: Work, *, log: str, scratch: str) -> dict[str, Any]:
    """Ours: into Parquet on disk."""
    from bpa_assets.event_log.xes.reader import read_xes

    import_ahead("numba", "pandas", "pyarrow.compute", "pyarrow.parquet", "bpa_assets.event_log.xes.fast")
    with work:
        read = read_xes(Path(log), scratch=Path(scratch), name=Path(log).name)
    return {
        "events": read.events,
        "files": [str(path) for path in read.parquet],
        "names": [column.name for column in read.columns],
    }


def pm4py_reader(work: Work, *, log: str, reader: str, out: str) -> dict[str, Any]:
    """A peer; its rows go to `out` afterwards, for the comparison."""
    import pandas as pd
    import pm4py
    import pyarrow as pa
    import pyarrow.parquet as pq

    import_ahead("polars", "r4pm.df")
    with work:
        if reader == "r4pm as Polars":
            frame = pm4py.read_xes(log, variant="r4pm", return_pl_lazyframe=True).collect()
        else:
            frame = pm4py.read_xes(log, variant=reader)
    frame = frame if isinstance(frame, pd.DataFrame) else frame.to_pandas()
    columns = {name: _column(frame[name]) for name in frame.columns if not name.startswith("@@")}
    columns["position"] = pa.array(range(1, len(frame) + 1))
    pq.write_table(pa.table(columns), out)
    return {"events": len(frame)}


def _column(values: Any) -> Any:
    """A column of a frame as Arrow; what mixes types as text."""
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.Array.from_pandas(values.map(str, na_action="ignore"), type=pa.string())


def same_log(work: Work, *, peer: str, files: list[str], names: list[str]) -> dict[str, Any]:
    """Compare the rows of a peer with ours, in their order in the file."""
    import pyarrow.parquet as pq

    theirs = pq.read_schema(peer).names
    ours = {name: f"c{index}" for index, name in enumerate(names)} | {"position": "source_row"}
    common = [name for name in theirs if name in ours]
    same = same_rows(work, one=[peer], other=files, columns=common, named=ours)
    only_theirs = sorted(set(theirs) - set(ours))
    only_ours = sorted(set(ours) - set(theirs))
    told = str(same["told"])
    told += f"; only the peer has {', '.join(only_theirs)}" if only_theirs else ""
    told += f"; only we have {', '.join(only_ours)}" if only_ours else ""
    return {"equal": same["equal"] and not only_theirs and not only_ours, "told": told}
