"""Records as files: CSV, XES and Parquet, under the column names that tools use.

Add a convention or a way to write a time here; which records are worth writing is `random_logs`. Columns that no
record fills are left out, as a source would. A path that ends in `.gz` is compressed.
"""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Literal, cast
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq

from tests.oracle import Record

Convention = Literal["xes", "simod", "disco", "plain"]
TimeText = Literal["iso", "iso-utc", "blank", "slashes", "offsets"]


@dataclass(frozen=True)
class _Names:
    """Column names of one convention; `one_time` names the time of records that have only one."""

    case: str
    activity: str
    start: str
    end: str
    one_time: str
    resource: str
    role: str
    # No tool agrees on these: every convention has those of the contract.
    lifecycle: str = "lifecycle:transition"
    instance: str = "concept:instance"
    enabled: str = "enabled_time"


CONVENTIONS: dict[Convention, _Names] = {
    "xes": _Names(
        case="case:concept:name",
        activity="concept:name",
        start="start_timestamp",
        end="time:timestamp",
        one_time="time:timestamp",
        resource="org:resource",
        role="org:role",
    ),
    "simod": _Names(
        case="case_id",
        activity="activity",
        start="start_time",
        end="end_time",
        one_time="end_time",
        resource="resource",
        role="role",
    ),
    "disco": _Names(
        case="Case ID",
        activity="Activity",
        start="Start Timestamp",
        end="Complete Timestamp",
        one_time="Complete Timestamp",
        resource="Resource",
        role="Role",
    ),
    "plain": _Names(
        case="Case", activity="Activity", start="Start", end="End", one_time="Timestamp", resource="User", role="Role"
    ),
}

Columns = dict[str, list[str | datetime | None]]


def write_csv(
    records: Sequence[Record],
    path: Path,
    *,
    two_times: bool,
    convention: Convention = "simod",
    times: TimeText = "iso",
    delimiter: str = ",",
    encoding: str = "utf-8",
    attributes: dict[str, Sequence[str | None]] | None = None,
) -> None:
    """Write the records as CSV, one line a record in their order; None is an empty field.

    `attributes` are further columns, a value a record.
    """
    columns = _columns(records, CONVENTIONS[convention], two_times=two_times)
    columns.update({name: list(values) for name, values in (attributes or {}).items()})
    with _opened(path) as binary:
        rows = enumerate(zip(*columns.values(), strict=True))
        lines = [[_field(value, times, number) for value in row] for number, row in rows]
        binary.write(_csv_text([list(columns), *lines], delimiter=delimiter).encode(encoding))


def write_parquet(
    records: Sequence[Record], path: Path, *, two_times: bool, convention: Convention = "simod", zoned: bool = False
) -> None:
    """Write the records as Parquet: text and microsecond timestamps, naive or in UTC."""
    names = CONVENTIONS[convention]
    columns = _columns(records, names, two_times=two_times)
    time_type = pa.timestamp("us", tz="UTC" if zoned else None)
    time_names = {names.start, names.end, names.one_time, names.enabled}
    arrays = {
        name: pa.array(values, type=time_type if name in time_names else pa.string())
        for name, values in columns.items()
    }
    pq.write_table(pa.table(arrays), path)


def write_xes(
    records: Sequence[Record], path: Path, *, split_traces: bool = False, namespace: bool = True, offsets: bool = False
) -> list[Record]:
    """Write the records as XES and return them in the order of the file, numbered anew.

    A trace a case; with `split_traces` a case that is interleaved with others has several traces of its name, so that
    the order stays. With `offsets` times are written in various zones instead of UTC.
    """
    log = ElementTree.Element("log", {"xes.version": "1.0", "xes.features": "nested-attributes"})
    if namespace:
        log.set("xmlns", "http://www.xes-standard.org/")
    written: list[Record] = []
    for case, of_trace in _traces(records, split=split_traces):
        trace = ElementTree.SubElement(log, "trace")
        if case is not None:
            ElementTree.SubElement(trace, "string", {"key": "concept:name", "value": case})
        for record in of_trace:
            written.append(replace(record, row=len(written) + 1))
            _add_event(trace, record, times="offsets" if offsets else "iso-utc")
    ElementTree.indent(log, "\t")
    with _opened(path) as binary:
        ElementTree.ElementTree(log).write(binary, encoding="utf-8", xml_declaration=True)
    return written


def _add_event(trace: ElementTree.Element, record: Record, *, times: TimeText) -> None:
    names = CONVENTIONS["xes"]
    event = ElementTree.SubElement(trace, "event")
    values: dict[str, str | datetime | None] = {
        names.activity: record.activity,
        names.lifecycle: record.lifecycle,
        names.instance: record.instance,
        names.resource: record.resource,
        names.role: record.role,
        names.start: record.start,
        names.end: record.end,
        names.enabled: record.enabled,
    }
    for key, value in values.items():
        if value is not None:
            tag = "date" if isinstance(value, datetime) else "string"
            ElementTree.SubElement(event, tag, {"key": key, "value": _field(value, times, record.row)})


def _traces(records: Sequence[Record], *, split: bool) -> Iterable[tuple[str | None, list[Record]]]:
    traces: list[tuple[str | None, list[Record]]] = []
    for record in records:
        candidates = traces[-1:] if split else traces
        for case, of_trace in candidates:
            if case == record.case:
                of_trace.append(record)
                break
        else:
            traces.append((record.case, [record]))
    return traces


def _columns(records: Sequence[Record], names: _Names, *, two_times: bool) -> Columns:
    columns: Columns = {
        names.case: [record.case for record in records],
        names.activity: [record.activity for record in records],
    }
    if two_times:
        columns[names.start] = [record.start for record in records]
        columns[names.end] = [record.end for record in records]
    else:
        columns[names.one_time] = [record.end for record in records]
    optional: Columns = {
        names.resource: [record.resource for record in records],
        names.role: [record.role for record in records],
        names.lifecycle: [record.lifecycle for record in records],
        names.instance: [record.instance for record in records],
        names.enabled: [record.enabled for record in records],
    }
    columns.update({name: values for name, values in optional.items() if any(value is not None for value in values)})
    return columns


def _field(value: str | datetime | None, times: TimeText, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    match times:
        case "iso":
            return value.isoformat(timespec="microseconds")
        case "iso-utc":
            return value.isoformat(timespec="microseconds") + "Z"
        case "blank":
            return value.isoformat(sep=" ", timespec="microseconds")
        case "slashes":
            return value.strftime("%Y/%m/%d %H:%M:%S.%f")
        case "offsets":
            zone = timezone(timedelta(minutes=(0, 60, -330, 825)[row % 4]))
            return value.replace(tzinfo=UTC).astimezone(zone).isoformat(timespec="microseconds")


def _csv_text(lines: Iterable[Sequence[str]], *, delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue()


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "wb")) if path.suffix == ".gz" else path.open("wb")
