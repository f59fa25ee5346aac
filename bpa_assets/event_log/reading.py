"""Files to one clean, typed, ordered event log: the stage in one call.

Sources are opened and mapped, profiled once (`opened_sources`), spilled once into buckets of whole cases
(`spilled_records`), and written bucket by bucket: memory is bounded by the bucket, not by the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bpa_assets.event_log.attributes import AttributeType
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.event_table import PAUSE_COLUMNS, EventTable, Rates
from bpa_assets.event_log.findings import findings, other_times
from bpa_assets.event_log.lifecycles import transitions
from bpa_assets.event_log.log_attributes import described_by
from bpa_assets.event_log.milestones import rows_of_file
from bpa_assets.event_log.opened_sources import connect, mapped_source, profiled
from bpa_assets.event_log.pairing import has_pairs
from bpa_assets.event_log.reading_failures import explained
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.spilled_records import Spilled, spill
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import Impute, ProcessConfig
from bpa_resources.errors import InputError, one_line
from bpa_resources.lake import StoredTable

if TYPE_CHECKING:
    import duckdb

    from bpa_assets.event_log.imputation.repairs import Repairs


@dataclass(frozen=True)
class EventLog:
    """What was read: the tables of the stage, as declared in bpa_resources.tables."""

    event_log: StoredTable
    rejected_events: pa.Table
    event_attribute: pa.Table
    accounting: dict[str, object]
    imputation: pa.Table


def read_log(
    paths: Sequence[Path], *, scratch: Path, config: ProcessConfig, process: str, memory_bytes: int
) -> EventLog:
    """Read files as one log, in name order. Errors: InputError, one sentence.

    `scratch` is a private folder; the event log's Parquet lies there afterwards.
    """
    files = sorted(paths, key=lambda path: path.name)
    connection = connect(scratch, memory_bytes)
    try:
        with explained(files, scratch=scratch):
            opened = [mapped_source(path, scratch=scratch, config=config, connection=connection) for path in files]
            return _read(opened, scratch=scratch, config=config, process=process, connection=connection)
    finally:
        connection.close()


def _read(
    opened: list[tuple[Source, ColumnMapping]],
    *,
    scratch: Path,
    config: ProcessConfig,
    process: str,
    connection: "duckdb.DuckDBPyConnection",
) -> EventLog:
    mapped = profiled(opened, config.source, connection=connection)
    spilled = spill(mapped, scratch=scratch, config=config, connection=connection)
    types, buckets, rejects, counts = spilled.types, spilled.buckets, spilled.rejects, spilled.counts
    records_a_row = mapped[0].source.records_a_row  # the settings are those of all files
    two_times = any({"start_time", "end_time"} <= set(one.columns.roles) for one in mapped)
    lifecycle = transitions(counts.lifecycle)
    paired = has_pairs(lifecycle) and not two_times
    table = EventTable(
        folder=scratch,
        files=[one.source.name for one in mapped],
        attributes=list(types),
        paired=paired,
        ends_known=two_times,
        rates=Rates(config.cost.per_hour, config.cost.default_per_hour),
        with_pauses=paired and bool({"suspend", "resume"} & lifecycle),
        records_a_row=records_a_row,
    )
    repairs = _learned(spilled, table, config.impute)
    for records in buckets.read():
        _add(records, table, repairs, spilled)
    table.close()
    rejected = _by_row(rejects.table(), records_a_row)
    _check_something_is_left(mapped, table, rejected)
    return EventLog(
        StoredTable(tuple(table.paths), table.rows),
        rejected,
        _event_attribute(mapped, types, table),
        _accounting(mapped, config, process, spilled, table),
        imputation_table(repairs),
    )


def _learned(spilled: Spilled, table: EventTable, impute: Impute) -> "Repairs | None":
    """What is to be filled in, learned from the first bucket; None if nothing is absent."""
    values = impute.values and spilled.counts.lacks_values
    if not (spilled.pending.rows or values or impute.events) or not spilled.buckets.writers:
        return None
    from bpa_assets.event_log.imputation.repairs import Repairs

    repairs, first = Repairs(), spilled.buckets.first()
    if spilled.pending.rows:
        first = repairs.learn_from_records(first)
    if (values or impute.events) and first.num_rows:
        repairs.learn_from_instances(*table.values_of(first), values=values, events=impute.events)
    table.values, table.events = repairs.values, repairs.events
    return repairs


def _add(records: pa.Table, table: EventTable, repairs: "Repairs | None", spilled: Spilled) -> None:
    """A bucket to the event log: what is absent filled in, what cannot do without it refused."""
    repaired = repairs.repair(records) if repairs is not None else None
    if repaired is None:
        table.add(records)
        return
    if repaired.lost.num_rows:
        files = pa.array(table.files).take(repaired.lost["file_index"].combine_chunks())
        spilled.rejects.keep(spilled.pending.named(files, repaired.lost["source_row"].combine_chunks()))
    if repaired.records.num_rows:
        table.add(repaired.records, {"activity": repaired.activity, "time": repaired.time})


def imputation_table(repairs: "Repairs | None") -> pa.Table:
    """One row a column with absent values; empty if there was nothing to fill in."""
    from bpa_assets.event_log.imputation.repairs import IMPUTATION

    return repairs.table() if repairs is not None else IMPUTATION.empty_table()


def _by_row(rejected: pa.Table, records_a_row: int) -> pa.Table:
    """The same with the numbers of rows in place of those of records."""
    place = rejected.schema.get_field_index("source_row")
    numbers = rows_of_file(rejected["source_row"], records_a_row)
    return rejected.set_column(place, rejected.schema.field(place), numbers)


def _check_something_is_left(mapped: Sequence[MappedSource], table: EventTable, rejected: pa.Table) -> None:
    if table.rows:
        return
    first = rejected.slice(0, 1).to_pylist()[0]
    names = ", ".join(one.source.name for one in mapped)
    raise InputError(
        f"{names}: none of the {rejected.num_rows:,} records can be used; "
        f"the first: {first['reason']} (row {first['source_row']})"
    )


def _event_attribute(mapped: Sequence[MappedSource], types: dict[str, AttributeType], table: EventTable) -> pa.Table:
    """One row an attribute: its name in the (first) source, its column, type and level."""
    source_names: dict[str, str] = {}
    for one in mapped:
        for name, index in one.attributes.items():
            source_names.setdefault(name, one.source.columns[index].name)
    rows: list[tuple[str, str, str, str]] = [
        (source_names[name], name, attribute_type, "case" if name in table.constant else "event")
        for name, attribute_type in types.items()
    ]
    if table.with_pauses:
        rows += [(name.split("_")[0], name, "TIMESTAMP[]", "event") for name in PAUSE_COLUMNS]
    names = ("source_name", "column_name", "type", "level")
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})


def _accounting(
    mapped: Sequence[MappedSource], config: ProcessConfig, process: str, spilled: Spilled, table: EventTable
) -> dict[str, object]:
    """The one row of `log_accounting`: what became of every record, and what was assumed."""
    counts = spilled.counts
    described = described_by([one.source for one in mapped])
    name = config.name or described.name
    told = [*findings(mapped, config, counts), *other_times(mapped, spilled.types, table.constant)]
    if name and not config.name:
        told.append(f"the process is named '{name}', as the log says; name it otherwise with name in process.yaml")
    return {
        "name": name or process,
        "source_files": [one.source.name for one in mapped],
        "rows_read": counts.read,
        "events": table.rows,
        "rejected_events": spilled.rejects.rows,
        "rows_paired": table.merged,
        "inserted_events": table.inserted,
        "imputed_values": table.imputed + table.inserted,
        "duplicate_rows": table.duplicates,
        "reversed_rows": table.reversed,
        "ambiguous_times": counts.ambiguous_times,
        "nonexistent_times": counts.nonexistent_times,
        "findings": [one_line(finding) for finding in told],  # the names in them are the log's
        "log_attributes": described.attributes,
    }
