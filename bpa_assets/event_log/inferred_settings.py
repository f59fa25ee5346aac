"""What was inferred of a log as the section `source` of process.yaml: written down, it is inferred no more.

Read with these settings a log is the same as without (tested over every convention). Add a key when process.yaml can
say something more about how a log is read.
"""

from collections.abc import Iterable, Sequence
from typing import get_args

from bpa_assets.event_log.column_names import Role
from bpa_assets.event_log.number_texts import DECIMAL_SIGN
from bpa_assets.event_log.times import TimeWay, date_format, own_ways
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import Source as SourceSettings

Setting = str | list[str]


def inferred_settings(mapped: Sequence[MappedSource], settings: SourceSettings) -> dict[str, Setting]:
    """The keys of `source` and their values, in the order of the contract: what is set stays, the rest as inferred.

    A key stays out where no one value says it: a time made of two columns, or files that differ.
    """
    inferred: dict[str, Setting | None] = {role: _column(mapped, role) for role in get_args(Role)}
    inferred["timestamp_format"] = _timestamp_format(mapped)
    inferred["delimiter"] = _same(one.source.delimiter for one in mapped)
    inferred["decimal"] = _decimal(mapped)
    said = {key: list(value) if isinstance(value, tuple) else value for key, value in settings if value}
    both = {key: said.get(key, inferred.get(key)) for key in SourceSettings.model_fields}
    return {key: value for key, value in both.items() if value}


def _column(mapped: Sequence[MappedSource], role: Role) -> str | None:
    columns = [(one.source, one.columns.roles.get(role)) for one in mapped]
    found = [None if index is None else source.columns[index] for source, index in columns]
    if any(column is None or column.made for column in found):
        return None
    name = _same(column.name for column in found if column)
    names = [[column.name for column in source.columns] for source, _ in columns]
    return name if name and all(known.count(name) == 1 for known in names) else None


def _timestamp_format(mapped: Sequence[MappedSource]) -> str | None:
    """One format for all times, as the setting is obeyed by all of them."""
    ways = [way for one in mapped for way in one.profile.ways.values()]
    typed = [one for one in mapped if not one.profile.ways]
    return None if typed else _same(_that_reads(way) for way in ways)


def _that_reads(way: TimeWay) -> str | None:
    """The format under which times are read in this way and no other; None if there is none, as for ISO 8601."""
    name = date_format(way)
    return name if name and way in own_ways(name) else None


def _decimal(mapped: Sequence[MappedSource]) -> str | None:
    if any(one.profile.numbers.doubtful for one in mapped):
        return None
    return _same(DECIMAL_SIGN[style] for one in mapped for style in one.profile.numbers.styles.values())


def _same(values: Iterable[str | None]) -> str | None:
    """The one value that all have; None if they differ, or have none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
