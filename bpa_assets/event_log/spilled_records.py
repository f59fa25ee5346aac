"""The records of all files in buckets of whole cases, so that what comes next has a bucket in memory, not the log.

Add here what is decided about every record while it is read; what a record's columns become is in `records.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.attributes import AttributeType, carried, common_type
from bpa_assets.event_log.buckets import Buckets
from bpa_assets.event_log.profile import exact_types
from bpa_assets.event_log.records import Counts, absent_columns, repeating_texts, spill_records
from bpa_assets.event_log.rejected_records import REJECTED, RejectedRecords
from bpa_assets.event_log.repeats import rows_in_earlier_files
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import ProcessConfig
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import duckdb

ROWS_A_BUCKET = 500_000
"""About 200 MB at work; 10M events stay below 700 MB."""
_MOST_BUCKETS = 400


@dataclass(frozen=True)
class Spilled:
    """The records of all files in buckets of whole cases, and those that were refused.

    `pending`: copies of those whose activity or time is absent, for the case that it cannot be told.
    """

    types: dict[str, AttributeType]
    buckets: Buckets
    rejects: RejectedRecords
    pending: RejectedRecords
    counts: Counts


def spill(
    mapped: list[MappedSource], *, scratch: Path, config: ProcessConfig, connection: "duckdb.DuckDBPyConnection"
) -> Spilled:
    """All records in buckets. Read a second time only if the head of a file promised a type its rest does not keep."""
    count = _bucket_count(sum(one.source.records for one in mapped))
    for _ in ("by the heads", "by every value"):
        types = _attribute_types(mapped)
        buckets = Buckets(scratch / "buckets", count, absent_columns(mapped))
        spilled = Spilled(types, buckets, RejectedRecords(), RejectedRecords(), Counts())
        _spill_all(mapped, spilled, config, connection)
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


def _spill_all(
    mapped: Sequence[MappedSource],
    spilled: Spilled,
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
