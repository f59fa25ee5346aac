"""The column of the lifecycle by what it holds: where none has the name of one, one of starts and completions only.

The words for transitions are in `lifecycles.py`.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from bpa_assets.event_log.column_content import MOST_COLUMNS
from bpa_assets.event_log.column_groups import Rows, in_groups
from bpa_assets.event_log.column_names import role_of
from bpa_assets.event_log.lifecycles import ALSO, STANDARD
from bpa_assets.event_log.sources import Source
from bpa_assets.settings import Source as SourceSettings

if TYPE_CHECKING:
    import duckdb

_HEAD = 10_000


def lifecycle_by_values(
    source: Source, settings: SourceSettings, connection: "duckdb.DuckDBPyConnection"
) -> int | None:
    """The one column that holds transitions and nothing else, a start and a completion among them; else None."""
    named = settings.lifecycle is not None or any(role_of(column.name) == "lifecycle" for column in source.columns)
    if named or settings.start_time is not None:
        return None
    texts = [index for index, column in enumerate(source.columns) if column.type == "VARCHAR"]
    found = _transition_columns(lambda: source.scan(connection).limit(_HEAD), texts[:MOST_COLUMNS])
    return found[0] if len(found) == 1 else None


def told_by_values(source: Source, index: int) -> str:
    """What a reader is told of it."""
    return f"{source.name}: columns by content: lifecycle = '{source.columns[index].name}'"


def _transition_columns(rows: Rows, texts: Collection[int]) -> list[int]:
    found: list[int] = []
    for part, group in in_groups(rows, texts):
        answers = part.aggregate([_holds_transitions(index) for index in group]).fetchall()[0]
        found += [index for index, holds in zip(group, answers, strict=True) if holds]
    return found


def _holds_transitions(index: int) -> "duckdb.Expression":
    from duckdb import SQLExpression

    starts, ends = ([what, *(name for name, read in ALSO.items() if read == what)] for what in ("start", "complete"))
    value = f"lower(trim(c{index}))"
    every, start, end = (_listed(names) for names in ((*STANDARD, *ALSO), starts, ends))
    held = f"bool_and({value} in ({every})) and bool_or({value} in ({start})) and bool_or({value} in ({end}))"
    return SQLExpression(f"coalesce({held}, false)")


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)  # our own words
