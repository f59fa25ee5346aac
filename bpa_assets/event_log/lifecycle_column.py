"""The column of the lifecycle by what it holds, where none has the name of one: starts and completions of activities.

The words for transitions are in `lifecycles.py`.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from bpa_assets.event_log.column_content import MOST_COLUMNS
from bpa_assets.event_log.column_groups import in_groups
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.lifecycles import ALSO, STANDARD
from bpa_assets.event_log.sources import Source

if TYPE_CHECKING:
    import duckdb

_HEAD = 10_000
_NEEDED = ("start", "complete")
_PAIRED = 0.5
"""Share of the activities of cases that have both a start and a completion: a state of the case has one for each."""


def with_lifecycle(source: Source, columns: ColumnMapping, connection: "duckdb.DuckDBPyConnection") -> ColumnMapping:
    """The same with the one attribute as its lifecycle that holds transitions only, by which activities are paired."""
    if "lifecycle" in columns.roles or {"start_time", "end_time"} <= set(columns.roles):
        return columns
    texts = [index for index in columns.attributes if source.columns[index].type == "VARCHAR"][:MOST_COLUMNS]
    found = [one for one in _of_transitions(source, texts, connection) if _pairs(source, columns, one, connection)]
    if len(found) != 1:
        return columns
    told = f"{source.name}: columns by content: lifecycle = '{source.columns[found[0]].name}'"
    return replace(columns, roles={**columns.roles, "lifecycle": found[0]}, findings=(*columns.findings, told))


def _of_transitions(source: Source, texts: Collection[int], connection: "duckdb.DuckDBPyConnection") -> list[int]:
    """The columns that hold transitions and nothing else."""
    from duckdb import SQLExpression

    words, found = _listed((*STANDARD, *ALSO)), list[int]()
    for part, group in in_groups(lambda: source.scan(connection).limit(_HEAD), texts):
        asked = [SQLExpression(f"coalesce(bool_and(lower(c{index}) in ({words})), false)") for index in group]
        answers = part.aggregate(asked).fetchall()[0]
        found += [index for index, holds in zip(group, answers, strict=True) if holds]
    return found


def _pairs(source: Source, columns: ColumnMapping, index: int, connection: "duckdb.DuckDBPyConnection") -> bool:
    """Whether most activities of cases have a start and a completion in this column."""
    starts, ends = (_listed([what, *(name for name, read in ALSO.items() if read == what)]) for what in _NEEDED)
    case, activity = f"c{columns.roles['case_id']}", f"c{columns.roles['activity']}"
    head = source.scan(connection).limit(_HEAD)
    has = f"bool_or(lower(c{index}) in ({starts})) as has_start, bool_or(lower(c{index}) in ({ends})) as has_end"
    share = head.aggregate(has, f"{case}, {activity}").aggregate("avg((has_start and has_end)::int)").fetchall()[0][0]
    return share is not None and share >= _PAIRED


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)  # our own words
