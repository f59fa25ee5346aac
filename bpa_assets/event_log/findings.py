"""What was inferred or assumed about a log, in sentences for the person whose log it is."""

from collections.abc import Iterator, Sequence

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
    indexes = [one.columns.roles[role] for role in TIMES if role in one.columns.roles]
    return any(
        not one.source.columns[index].zoned and one.profile.local_rows.get(f"c{index}") != 0 for index in indexes
    )
