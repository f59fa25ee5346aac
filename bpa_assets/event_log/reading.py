"""Files to one clean, typed, ordered event log: the stage in one call.

Sources are opened and mapped, profiled once, spilled once into buckets of whole cases, and written bucket by bucket:
memory is bounded by the bucket, not by the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.attributes import AttributeType, carried, common_type, names_in_files
from bpa_assets.event_log.buckets import Buckets
from bpa_assets.event_log.column_choice import choose_columns
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.event_table import PAUSE_COLUMNS, EventTable, Rates
from bpa_assets.event_log.findings import findings
from bpa_assets.event_log.lifecycles import transitions
from bpa_assets.event_log.log_attributes import described_by
from bpa_assets.event_log.milestones import rows_of_file
from bpa_assets.event_log.pairing import has_pairs
from bpa_assets.event_log.profile import exact_types, profile_source
from bpa_assets.event_log.reading_failures import explained
from bpa_assets.event_log.records import Counts, absent_columns, repeating_texts, spill_records
from bpa_assets.event_log.rejected_records import REJECTED, RejectedRecords
from bpa_assets.event_log.repeats import rows_in_earlier_files
from bpa_assets.event_log.sources import Source, open_source
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import Impute, ProcessConfig
from bpa_assets.settings import Source as SourceSettings
from bpa_resources.errors import InputError, one_line
from bpa_resources.lake import StoredTable

if TYPE_CHECKING:
    import duckdb

    from bpa_assets.event_log.imputation.repairs import Repairs

ROWS_A_BUCKET = 500_000
"""About 200 MB at work; 10M events stay below 700 MB."""
_MOST_BUCKETS = 400


@dataclass(frozen=True)
class EventLog:
    """What was read: the tables of the stage, as declared in lake_tables."""

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
            opened = [_mapped(path, scratch=scratch, config=config, connection=connection) for path in files]
            return _read(opened, scratch=scratch, config=config, process=process, connection=connection)
    finally:
        connection.close()


def look_at(paths: Sequence[Path], *, scratch: Path, config: ProcessConfig, memory_bytes: int) -> list[MappedSource]:
    """What the columns of the files of a log are and hold, in name order. Errors: InputError, one sentence."""
    connection = connect(scratch, memory_bytes)
    try:
        files = sorted(paths, key=lambda path: path.name)
        with explained(files, scratch=scratch):
            opened = [_mapped(path, scratch=scratch, config=config, connection=connection) for path in files]
            return _profiled(opened, config.source, connection=connection)
    finally:
        connection.close()


def connect(scratch: Path, memory_bytes: int) -> "duckdb.DuckDBPyConnection":
    """A private DuckDB that computes in UTC, within memory and in file order."""
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": f"{max(memory_bytes // 4, 300 << 20) >> 20}MiB",
            "temp_directory": str(scratch / "duckdb"),
            "autoinstall_known_extensions": False,
        }
    )
    connection.execute("set global TimeZone = 'UTC'")  # also of its cursors
    return connection


def _mapped(
    path: Path, *, scratch: Path, config: ProcessConfig, connection: "duckdb.DuckDBPyConnection"
) -> tuple[Source, ColumnMapping]:
    source = open_source(path, scratch=scratch, delimiter=config.source.delimiter)
    return choose_columns(source, config.source, connection=connection)


def _read(
    opened: list[tuple[Source, ColumnMapping]],
    *,
    scratch: Path,
    config: ProcessConfig,
    process: str,
    connection: "duckdb.DuckDBPyConnection",
) -> EventLog:
    mapped = _profiled(opened, config.source, connection=connection)
    spilled = _spilled(mapped, scratch=scratch, config=config, connection=connection)
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


def _learned(spilled: "_Spilled", table: EventTable, impute: Impute) -> "Repairs | None":
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


def _add(records: pa.Table, table: EventTable, repairs: "Repairs | None", spilled: "_Spilled") -> None:
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


def _profiled(
    opened: list[tuple[Source, ColumnMapping]], settings: SourceSettings, *, connection: "duckdb.DuckDBPyConnection"
) -> list[MappedSource]:
    names = names_in_files([[source.columns[index].name for index in columns.attributes] for source, columns in opened])
    return [
        MappedSource(
            source,
            columns,
            profile_source(source, columns, settings, connection=connection),
            dict(zip(of_file, columns.attributes, strict=True)),
        )
        for (source, columns), of_file in zip(opened, names, strict=True)
    ]


@dataclass(frozen=True)
class _Spilled:
    """The records of all files in buckets of whole cases, and those that were refused.

    `pending`: copies of those whose activity or time is absent, for the case that it cannot be told.
    """

    types: dict[str, AttributeType]
    buckets: Buckets
    rejects: RejectedRecords
    pending: RejectedRecords
    counts: Counts


def _spilled(
    mapped: list[MappedSource], *, scratch: Path, config: ProcessConfig, connection: "duckdb.DuckDBPyConnection"
) -> _Spilled:
    """All records in buckets. Read a second time only if the head of a file promised a type its rest does not keep."""
    count = _bucket_count(sum(one.source.records for one in mapped))
    for _ in ("by the heads", "by every value"):
        types = _attribute_types(mapped)
        buckets = Buckets(scratch / "buckets", count, absent_columns(mapped))
        spilled = _Spilled(types, buckets, RejectedRecords(), RejectedRecords(), Counts())
        _spill(mapped, spilled, config, connection)
        if not spilled.counts.misfits:
            return spilled
        buckets.discard()
        mapped[:] = [_retyped(one, connection) for one in mapped]
    raise RuntimeError("values that fit their type when they were counted did not when they were read")


def _retyped(one: MappedSource, connection: "duckdb.DuckDBPyConnection") -> MappedSource:
    types = exact_types(one.source, one.columns, one.profile.numbers, connection=connection)
    return replace(one, profile=replace(one.profile, types=types))


def _attribute_types(mapped: Sequence[MappedSource]) -> dict[str, AttributeType]:
    """Every attribute of any file, in order of appearance, with the type that holds all its values.

    Files share an attribute when their names for it become the same column name.
    """
    types: dict[str, list[str]] = {}
    for one in mapped:
        for name, index in one.attributes.items():
            types.setdefault(name, []).append(one.profile.types[index])
    return {name: common_type(found) for name, found in types.items()}


def _bucket_count(rows: int) -> int:
    return min(_MOST_BUCKETS, rows // ROWS_A_BUCKET + 1)


def _spill(
    mapped: Sequence[MappedSource],
    spilled: _Spilled,
    config: ProcessConfig,
    connection: "duckdb.DuckDBPyConnection",
) -> None:
    """Every record of every source to its bucket or to the rejected ones."""
    types, rejects, total = spilled.types, spilled.rejects, spilled.counts
    repeats = rows_in_earlier_files([one.source for one in mapped], connection=connection)
    dictionaries = _dictionaries(mapped, types, connection)
    for index, one in enumerate(mapped):
        refused = _keep_unreadable(one.source, rejects)
        repeated = repeats.get(index, REJECTED.empty_table())
        rejects.keep(repeated)
        counts = spill_records(
            one,
            file_index=index,
            attribute_types=types,
            texts_as_dictionary=dictionaries,
            timezone=config.source.timezone,
            repeated=repeated["source_row"].to_numpy(),
            buckets=spilled.buckets,
            rejects=rejects,
            pending=spilled.pending if config.impute.values else None,
            connection=connection,
        )
        if counts.last_is_rejected and not one.source.ends_whole:
            raise InputError(f"{one.source.name} ends in the middle of its last row: it seems cut off; copy it again")
        total.add(counts)
        total.read += refused


def _keep_unreadable(source: Source, rejects: RejectedRecords) -> int:
    """The records that could not even be read as records; returns how many."""
    import pyarrow.parquet

    if source.refused is None:
        return 0
    rows = pyarrow.parquet.read_table(source.refused)
    file = pa.array([source.name] * rows.num_rows, pa.string())
    numbers = pc.add(pc.multiply(pc.subtract(rows["source_row"], 1), source.records_a_row), 1)
    rejects.keep(pa.table([rows["reason"], file, numbers, rows["record"]], schema=REJECTED))
    return int(rows.num_rows)


def _dictionaries(
    mapped: Sequence[MappedSource], types: dict[str, AttributeType], connection: "duckdb.DuckDBPyConnection"
) -> frozenset[str]:
    """The text columns that repeat at the head of every file: they travel as dictionaries."""
    always: set[str] = {"activity", "lifecycle", "resource", "role"}
    texts = [name for name, attribute_type in types.items() if attribute_type == "VARCHAR"]
    many = {name for one in mapped for name in set(texts) & set(one.attributes) - _repeating(one, texts, connection)}
    return frozenset(always | {carried(name) for name in set(texts) - many})


def _repeating(one: MappedSource, texts: Sequence[str], connection: "duckdb.DuckDBPyConnection") -> frozenset[str]:
    head = one.source.scan(connection).limit(20_000)
    return repeating_texts(head, {name: one.attributes[name] for name in texts if name in one.attributes})


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
    mapped: Sequence[MappedSource], config: ProcessConfig, process: str, spilled: _Spilled, table: EventTable
) -> dict[str, object]:
    """The one row of `log_accounting`: what became of every record, and what was assumed."""
    counts = spilled.counts
    described = described_by([one.source for one in mapped])
    name = config.name or described.name
    told = [*findings(mapped, config, counts)]
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
