"""What makes the log dirty: absent, misspelt, swapped and unreadable values, rows twice and rows missing.

Add a fault here with its share, and its record of the clean value. A row gets at most one of the faults that are drawn
by row, so that each can be told from the others. How faults are found is not known here (`quality`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.demo.process import BOTS, CODE, POOLS, WHOLE_DAY
from bpa_assets.event_log.demo.site import Site

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SHARES = {
    "absent_resource": 0.02,
    "absent_order_value": 0.015,
    "absent_region": 0.015,
    "absent_activity": 0.003,
    "absent_start_time": 0.003,
    "absent_end_time": 0.003,
    "swapped_times": 0.004,
    "unreadable_end_time": 0.002,
    "duplicate_row": 0.005,
}
"""Share of all rows that get each fault (less what cannot: the bots' resource and the banks' times stay)."""

LABEL_SHARE, MISSING_SHARE, ABSENT_SEGMENT_SHARE = 0.10, 0.03, 0.02
"""Of the rows of the misspelt activities; of the rows of the missing event; of the cases, in all their rows."""

LABELS = {"Check stock": ("check stock",), "Ship goods": ("SHIP GOODS", "Ship  goods ")}
"""How another system writes these activities."""

MISSING = "Send invoice"
"""Some cases lack the row of this activity, though all have it between the same two others."""

UNREADABLE = ("2025-02-30 09:15:00", "########", "24.13.2025 10:00")
_KINDS = tuple(SHARES)
_KIND = {name: code for code, name in enumerate((*_KINDS, "label_variant", "missing_event"))}
_NONE = -1

RECORDS = pa.schema(
    [
        ("row", pa.int64()),
        ("case_id", pa.string()),
        ("kind", pa.string()),
        ("column", pa.string()),
        ("clean", pa.string()),
        ("dirty", pa.string()),
    ]
)
"""One row a value that is not what it was: see `truth`."""


@dataclass
class DirtyRows:
    """The rows of one site as they are written. `origin`: the clean row of each; `records`: what was done (RECORDS)."""

    table: pa.Table
    origin: Integers
    first_row: int
    records: list[pa.Table] = field(default_factory=list)


def soil(site: Site, clean: pa.Table, *, rows_before: int, seed: int) -> DirtyRows:
    """The clean rows of a site, made dirty; times become texts. `rows_before`: rows of the log before this site."""
    random = np.random.default_rng([seed, site.number, 1])
    kind = _drawn(site, random)
    times = (kind != _KIND["missing_event"]) + (kind == _KIND["duplicate_row"]).astype(np.int64)
    origin = np.repeat(np.arange(len(kind)), times)
    copy = np.concatenate([[False], origin[1:] == origin[:-1]])
    rows = DirtyRows(_as_texts(clean).take(pa.array(origin)), origin, rows_before + 1)
    for name in _KINDS:
        at = np.flatnonzero((kind[origin] == _KIND[name]) & (copy if name == "duplicate_row" else ~copy))
        _FAULTS[name](rows, at, name)
    _misspell(rows, np.flatnonzero(kind[origin] == _KIND["label_variant"]), random)
    _whole_days(rows, np.flatnonzero(site.activity[origin] == CODE[WHOLE_DAY]))
    without = random.random(len(site.orders.value)) < ABSENT_SEGMENT_SHARE
    _absent(rows, np.flatnonzero(without[site.case[origin]]), "absent_segment")
    rows.records.append(_missing_events(_as_texts(clean).take(pa.array(np.flatnonzero(times == 0)))))
    return rows


def _drawn(site: Site, random: np.random.Generator) -> Integers:
    """The fault of every clean row, or none."""
    rows = len(site.rows)
    drawn = np.searchsorted(np.cumsum(list(SHARES.values())), random.random(rows), side="right")
    kind = np.where(drawn < len(_KINDS), drawn, _NONE)
    activity = site.activity
    times = [_KIND[name] for name in _KINDS if name.endswith(("_time", "_times"))]
    kind[np.isin(kind, times) & (activity == CODE[WHOLE_DAY])] = _NONE
    kind[(kind == _KIND["absent_resource"]) & _by_a_bot(site)] = _NONE
    chance = random.random(rows)
    labelled = np.isin(activity, [CODE[name] for name in LABELS]) & (chance < LABEL_SHARE)
    kind[labelled & (kind == _NONE)] = _KIND["label_variant"]
    kind[(activity == CODE[MISSING]) & (chance < MISSING_SHARE) & (kind == _NONE)] = _KIND["missing_event"]
    return np.asarray(kind)


def _by_a_bot(site: Site) -> Flags:
    everybody = [person for pool in POOLS for person in pool.people]
    return np.isin(everybody, BOTS)[site.times.person[site.rows]]


def _absent(rows: DirtyRows, at: Integers, kind: str) -> None:
    """Take a value away; the column is in the name of the fault."""
    _replace(rows, at, kind, kind.removeprefix("absent_"), pa.nulls(len(at), pa.string()))


def _unreadable(rows: DirtyRows, at: Integers, kind: str) -> None:
    texts = np.array(UNREADABLE)[np.arange(len(at)) % len(UNREADABLE)]
    _replace(rows, at, kind, "end_time", pa.array(texts.tolist(), pa.string()))


def _swapped(rows: DirtyRows, at: Integers, kind: str) -> None:
    start, end = (rows.table[name].combine_chunks().take(pa.array(at)) for name in ("start_time", "end_time"))
    _replace(rows, at, kind, "start_time", end)
    _replace(rows, at, kind, "end_time", start)


def _duplicated(rows: DirtyRows, at: Integers, kind: str) -> None:
    """Only recorded: the copy stands there already; clean is the number of the row that it repeats."""
    _record(rows, at, kind, None, pa.array(rows.first_row + at - 1).cast(pa.string()), pa.nulls(len(at), pa.string()))


def _misspell(rows: DirtyRows, at: Integers, random: np.random.Generator) -> None:
    names = rows.table["activity"].combine_chunks().take(pa.array(at)).to_pylist()
    which = random.integers(0, 1 << 16, len(at))
    texts = [LABELS[name][number % len(LABELS[name])] for name, number in zip(names, which.tolist(), strict=True)]
    _replace(rows, at, "label_variant", "activity", pa.array(texts, pa.string()))


def _whole_days(rows: DirtyRows, at: Integers) -> None:
    import pyarrow.compute as pc

    for column in ("start_time", "end_time"):
        times = rows.table[column].combine_chunks().take(pa.array(at))
        days = pc.binary_join_element_wise(pc.utf8_slice_codeunits(times, 0, 10), "00:00:00", " ")
        _replace(rows, at, "whole_day_time", column, days)


_FAULTS: dict[str, Callable[[DirtyRows, Integers, str], None]] = {
    name: _absent if name.startswith("absent_") else _swapped for name in _KINDS
} | {"unreadable_end_time": _unreadable, "duplicate_row": _duplicated}


def _replace(rows: DirtyRows, at: Integers, kind: str, column: str, dirty: pa.Array) -> None:
    """Write other values into a column at these rows, and keep what was there."""
    import pyarrow.compute as pc

    if not len(at):
        return
    values = rows.table[column].combine_chunks()
    _record(rows, at, kind, column, values.take(pa.array(at)), dirty)
    there = np.zeros(len(values), dtype=bool)
    there[at] = True
    replaced = pc.replace_with_mask(values, pa.array(there), dirty.cast(values.type))
    rows.table = rows.table.set_column(rows.table.schema.get_field_index(column), column, replaced)


def _record(rows: DirtyRows, at: Integers, kind: str, column: str | None, clean: pa.Array, dirty: pa.Array) -> None:
    columns = [
        pa.array(rows.first_row + at),
        rows.table["case_id"].combine_chunks().take(pa.array(at)),
        pa.repeat(kind, len(at)),
        pa.repeat(pa.scalar(column, pa.string()), len(at)),
        clean.cast(pa.string()),
        dirty.cast(pa.string()),
    ]
    rows.records.append(pa.table(columns, schema=RECORDS))


def _missing_events(removed: pa.Table) -> pa.Table:
    """The rows that were taken out, as JSON: they have no number."""
    import pyarrow.compute as pc

    shown = ("activity", "start_time", "end_time", "resource")
    fields = [pc.binary_join_element_wise(f'"{name}": "', removed[name].combine_chunks(), '"', "") for name in shown]
    record = pc.binary_join_element_wise("{", pc.binary_join_element_wise(*fields, ", "), "}", "")
    nothing = pa.nulls(len(removed), pa.string())
    kind = pa.repeat("missing_event", len(removed))
    columns = [nothing.cast(pa.int64()), removed["case_id"].combine_chunks(), kind, nothing, record, nothing]
    return pa.table(columns, schema=RECORDS)


def _as_texts(clean: pa.Table) -> pa.Table:
    """Times as texts: a time that cannot be read is none."""
    for column in ("start_time", "end_time"):
        place = clean.schema.get_field_index(column)
        clean = clean.set_column(place, column, clean[column].cast(pa.string()))
    return clean
