"""`write_demo_log`: the demo log as a file, its truth beside it; site by site, so in bounded memory.

Add a file format here. What the rows say is made in `site` and `dirt`.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.demo.arrivals import weeks_of
from bpa_assets.event_log.demo.dirt import RECORDS, DirtyRows, soil
from bpa_assets.event_log.demo.process import MOST_CASES_A_SITE
from bpa_assets.event_log.demo.site import Site, log_table, simulate_site, waits_table
from bpa_assets.event_log.demo.truth import Truth
from bpa_resources.errors import InputError
from bpa_resources.publication import replace_file

CASES = 800
SEED = 7
ROWS_A_CASE = 12.5
"""About this many rows a case, for those who ask for rows."""

_COMPILED_FROM = 20_000  # cases: compiling takes 3.7 s, and saves 0.2 s a 1,000 cases


def write_demo_log(
    path: Path,
    *,
    cases: int = CASES,
    seed: int = SEED,
    dirty: bool = True,
    with_truth: bool = True,
    columns: Sequence[str] | None = None,
) -> int:
    """Write an order-to-cash log to `path` (.csv or .parquet) and its truth beside it; returns its number of rows.

    Columns: case_id, activity, start_time, end_time (UTC, naive, seconds), resource, role, order_value, segment,
    region, channel, priority, payment_method; or those of them that are asked for. Not `dirty`: without faults, times
    typed in Parquet. The same arguments give the same bytes. Rows of a site (1,500 cases) are in the order of their
    start, then end.

    The truth (docs/demo_log.md): `<path>.truth.json`; `<path>.truth.waits.parquet`, a row a row of the log: why it
    waited; `<path>.truth.dirt.parquet`, a row a value that is not what it was. Errors: InputError.
    """
    _check(path, cases=cases, seed=seed)
    truth = Truth(cases, seed)
    with ExitStack() as files:
        log = files.enter_context(_File(path))
        waits, faults = (
            files.enter_context(_File(truth_file(path, f"{name}.parquet"), kept=with_truth))
            for name in ("waits", "dirt")
        )
        for site in _sites(cases, seed):
            rows = _written(site, log_table(site), truth, seed=seed, dirty=dirty)
            log.write(rows.table.select(list(columns)) if columns else rows.table)
            truth.add(site, len(rows.origin))
            if with_truth:
                faults.write(_recorded(rows, truth))
                waits.write(_numbered(waits_table(site), rows))
    if with_truth:
        replace_file(truth_file(path, "json"), _json(truth))
    else:  # what lies there is of an earlier log
        truth_file(path, "json").unlink(missing_ok=True)
    return truth.rows


def truth_file(log: Path, what: str) -> Path:
    """Where a part of a log's truth lies: `json`, `waits.parquet`, `dirt.parquet`."""
    return log.with_name(f"{log.name}.truth.{what}")


def _check(path: Path, *, cases: int, seed: int) -> None:
    """Errors: InputError, one sentence."""
    if path.suffix not in (".csv", ".parquet"):
        raise InputError(f"{path.name}: a demo log is a .csv or a .parquet file; end its name so")
    if cases < 1:
        raise InputError(f"a demo log has at least 1 case, not {cases}")
    if seed < 0:
        raise InputError(f"a seed is 0 or greater, not {seed}")


def _sites(cases: int, seed: int) -> Iterator[Site]:
    """The cases spread evenly over as few sites as can hold them."""
    number = -(-cases // MOST_CASES_A_SITE)
    bounds = [cases * site // number for site in range(number + 1)]
    weeks = weeks_of(-(-cases // number))
    for site, (first, last) in enumerate(pairwise(bounds)):
        yield simulate_site(site, first, last - first, weeks, seed=seed, compiled=cases >= _COMPILED_FROM)


def _written(site: Site, clean: pa.Table, truth: Truth, *, seed: int, dirty: bool) -> DirtyRows:
    """The rows of a site as they are written."""
    if dirty:
        return soil(site, clean, rows_before=truth.rows, seed=seed)
    return DirtyRows(clean, np.arange(clean.num_rows), truth.rows + 1)


def _recorded(rows: DirtyRows, truth: Truth) -> pa.Table:
    """What was made dirty at a site, by row; counted in the truth."""
    records = pa.concat_tables([RECORDS.empty_table(), *rows.records])
    truth.add_faults(records)
    return records.sort_by([("row", "ascending"), ("column", "ascending")])


def _numbered(waits: pa.Table, rows: DirtyRows) -> pa.Table:
    """The waits of the rows as they are written, with the number of each."""
    number = pa.array(rows.first_row + np.arange(len(rows.origin)))
    return waits.take(pa.array(rows.origin)).add_column(0, "row", number)


def _json(truth: Truth) -> bytes:
    return (json.dumps(truth.as_dict(), indent=1, ensure_ascii=False) + "\n").encode()


class _File:
    """A table written part by part under another name, and renamed when it is whole; nothing if it is not kept."""

    _ROWS_A_PART = 200_000

    def __init__(self, path: Path, *, kept: bool = True) -> None:
        self._path, self._kept = path, kept
        self._part = path.with_name(f".{path.name}.part")
        self._writer: Any = None
        self._held: list[pa.Table] = []

    def __enter__(self) -> "_File":
        return self

    def write(self, table: pa.Table) -> None:
        """Take more rows; they go to the disk together, so that a row group is not as small as a site."""
        self._held.append(table)
        if sum(part.num_rows for part in self._held) >= self._ROWS_A_PART:
            self._flush()

    def _flush(self) -> None:
        table = pa.concat_tables(self._held).combine_chunks()
        self._held = []
        if self._writer is None:
            self._writer = _writer(self._part, table.schema, csv=self._path.suffix == ".csv")
        self._writer.write_table(table)

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None and self._held:
            self._flush()
        if self._writer is not None:
            self._writer.close()
        if failed is None and self._kept and self._writer is not None:
            self._part.replace(self._path)
        else:
            self._part.unlink(missing_ok=True)
        if failed is None and not self._kept:  # what lies there is of an earlier log
            self._path.unlink(missing_ok=True)


def _writer(path: Path, schema: pa.Schema, *, csv: bool) -> Any:
    import pyarrow.csv
    import pyarrow.parquet

    if csv:
        return pyarrow.csv.CSVWriter(str(path), schema, write_options=pyarrow.csv.WriteOptions(quoting_style="needed"))
    return pyarrow.parquet.ParquetWriter(str(path), schema, compression="zstd")
