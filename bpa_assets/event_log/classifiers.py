"""The activity as a log's own classifier says: where events have no `concept:name`, or process.yaml names one.

What a classifier's keys are is read in `xes.declared`; which column has which role, otherwise, is in `columns.py`.
"""

from typing import TYPE_CHECKING

from bpa_assets.event_log.column_names import role_of
from bpa_assets.event_log.lifecycles import transitions
from bpa_assets.event_log.pairing import has_pairs
from bpa_assets.event_log.sources import Classifier, Source
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import duckdb

_SIGN = "+"
_MOST_TRANSITIONS = 1_000


def with_classifier(
    source: Source, said: str | None, connection: "duckdb.DuckDBPyConnection"
) -> tuple[Source, int | None, str]:
    """The source with a column of the classifier's values, if one makes the activity: its index, and what to tell.

    `said`: what process.yaml calls the activity. Values are joined by `+`; null where the first is null. Where rows
    are paired by their transition, it is no part of the activity. Errors: InputError.
    """
    classifier = _chosen(source, said)
    if classifier is None:
        return source, None, ""
    columns = _without_transition(source, classifier.columns, connection)
    names = f" {_SIGN} ".join(f"'{source.columns[index].name}'" for index in columns)
    less = "" if columns == classifier.columns else ", less the transition, which is the lifecycle of the activity"
    told = f"{source.name}: the activity is {names}, as its classifier '{classifier.name}' says{less}"
    if len(columns) == 1:
        return source, columns[0], told
    return source.with_joined([columns], sign=_SIGN), len(source.columns), told


def _chosen(source: Source, said: str | None) -> Classifier | None:
    names = {column.name for column in source.columns}
    if said is None:
        usable = (one for one in source.classifiers if not one.missing)
        return None if "concept:name" in names else next(usable, None)
    if said in names or not source.classifiers:
        return None
    named = [one for one in source.classifiers if one.name == said]
    if not named:
        classifiers = ", ".join(f"'{one.name}'" for one in source.classifiers)
        raise InputError(
            f"{source.name} has no column and no classifier '{said}' (source.activity); its classifiers are "
            f"{classifiers}, its columns {source.names()}"
        )
    missing = named[0].missing
    if missing:
        raise InputError(
            f"{source.name}: its classifier '{said}' (source.activity) needs '{missing[0]}', which no event has; "
            f"name another activity (columns: {source.names()})"
        )
    return named[0]


def _without_transition(
    source: Source, columns: tuple[int, ...], connection: "duckdb.DuckDBPyConnection"
) -> tuple[int, ...]:
    """The columns less the lifecycle, where it says which records are one activity, or the same of all."""
    places = [index for index in columns if role_of(source.columns[index].name) == "lifecycle"]
    if len(places) != 1 or len(columns) == 1:
        return columns
    from duckdb import ColumnExpression

    name = ColumnExpression(f"c{places[0]}").cast("VARCHAR")
    found = source.scan(connection).project(name).distinct().limit(_MOST_TRANSITIONS).fetchall()
    known = transitions([text for (text,) in found if text is not None])
    if len(known) > 1 and not has_pairs(known):
        return columns
    return tuple(index for index in columns if index != places[0])
