"""What was inferred or assumed about a log, in sentences for the person whose log it is."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from bpa_assets.event_log.absent_texts import told_absent
from bpa_assets.event_log.attributes import AttributeType
from bpa_assets.event_log.column_names import TIMES
from bpa_assets.event_log.lifecycles import lifecycle_findings
from bpa_assets.event_log.limits import shown_names
from bpa_assets.event_log.records import Counts
from bpa_assets.event_log.times import ISO
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import ProcessConfig


def findings(mapped: Sequence[MappedSource], config: ProcessConfig, counts: Counts) -> Iterator[str]:
    """What a reader should know before believing the tables."""
    for one in mapped:
        yield from one.source.findings
        yield from one.columns.findings
        yield from _same_names(one)
        yield from _ways(one)
        yield from _numbers(one)
        yield from told_absent(one.source.name, [column.name for column in one.source.columns], one.profile.absent)
    yield from lifecycle_findings(counts.lifecycle, _models(mapped))
    if config.source.timezone is None and any(_has_local_times(one) for one in mapped):
        yield "times without an offset are taken as UTC; set source.timezone if they are local"
    if unreadable := counts.unreadable_costs:
        columns = ", ".join(f"'{name}'" for name in config.source.cost)
        rows = "1 row has a cost that is" if unreadable == 1 else f"{unreadable:,} rows have a cost that is"
        yield f"{rows} no amount ({columns}): it counts as unknown"
    if lost := counts.lost_times:
        rows = "1 row has an attribute that is a time" if lost == 1 else f"{lost:,} rows have attributes that are times"
        yield f"{rows} outside of the years 1000 to 9999, which cannot be held: left out"


def other_times(
    mapped: Sequence[MappedSource], types: Mapping[str, AttributeType], constant: Collection[str]
) -> Iterator[str]:
    """Attributes that are times of events, where nobody has said when work began and when it ended.

    `constant`: attributes that are the same in all rows of a case.
    """
    for one in mapped:
        if {"start_time", "end_time"} <= set(one.columns.roles) or "lifecycle" in one.columns.roles:
            continue
        found = [
            one.source.columns[index].name
            for name, index in one.attributes.items()
            if types.get(name) == "TIMESTAMP" and name not in constant
        ]
        if found:
            yield (
                f"{one.source.name}: other times of events are in {shown_names(found)}; where work began or ended "
                "then, say so with source.start_time or source.end_time"
            )


def _models(mapped: Sequence[MappedSource]) -> dict[str, str]:
    """The lifecycle models that the files declare."""
    declared = {one.source.name: one.source.log_attributes.get("lifecycle:model", "") for one in mapped}
    return {file: model for file, model in declared.items() if model}


def _same_names(one: MappedSource) -> Iterator[str]:
    """Attributes that the file calls alike, or not at all."""
    names: dict[str, list[str]] = {}
    for name, index in one.attributes.items():
        names.setdefault(one.source.columns[index].name, []).append(name)
    for source_name, known_as in names.items():
        called = f"are named '{source_name}'" if source_name else "have no name"
        if len(known_as) > 1:
            yield f"{one.source.name}: {len(known_as)} columns {called}; they are {shown_names(known_as)} here"


def _ways(one: MappedSource) -> Iterator[str]:
    for role in TIMES:
        index = one.columns.roles.get(role)
        way = one.profile.ways.get(index) if index is not None else None
        if way is not None and way != ISO and index is not None:
            yield f"{one.source.name}: '{one.source.columns[index].name}' is written as {way.name}"


def _numbers(one: MappedSource) -> Iterator[str]:
    for index, style in one.profile.numbers.styles.items():
        yield f"{one.source.name}: the numbers in '{one.source.columns[index].name}' have {style}"
    for index in one.profile.numbers.doubtful:
        yield (
            f"{one.source.name}: the numbers in '{one.source.columns[index].name}' have commas or points before three "
            "digits, so thousands or fractions: kept as text; say which sign is before fractions with source.decimal"
        )


def _has_local_times(one: MappedSource) -> bool:
    """Whether a text among its times carries no offset, or a column of times is in no zone."""
    columns = {index: one.source.columns[index] for role, index in one.columns.roles.items() if role in TIMES}
    return any(
        one.profile.local_rows.get(f"c{index}") != 0 if column.type == "VARCHAR" else not column.zoned
        for index, column in columns.items()
    )
