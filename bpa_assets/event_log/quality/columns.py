"""Values that are absent where they are expected, and columns that tell nothing.

Absent activities, cases and times are another matter: such records are refused or imputed when they are read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bpa_assets.event_log.column_groups import batches
from bpa_assets.event_log.quality.catalog import CONSTANT_COLUMNS, MISSING_VALUES
from bpa_assets.event_log.quality.patterns import Example, Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, PLACE, Row, StoredLog

if TYPE_CHECKING:
    import duckdb

_FEWEST_ROWS = 4
"""Rows of an activity below which 'mostly' means nothing."""
_FEWEST_CONSTANT = 20
_ALWAYS_THE_SAME = frozenset({"lifecycle_transition"})
"""Constant in every log that was exported with completions only."""


def missing_values(log: StoredLog) -> Iterator[Issue]:
    """Absent values of rows whose activity has the value in at least half of its rows (absent in most: not expected).

    Of a log with durations, a lacking start or end counts the same way. What was imputed counts as absent.
    """
    of_records = [row for row in log.imputation if row["kind"] in _OF_RECORDS]
    filled_in = {row["column_name"]: row for row in log.imputation if row["kind"] not in (*_OF_RECORDS, "event")}
    whole = [log.attributes.get(column) == "case" for column in log.columns]
    facts = _of_each(log, range(len(whole)), lambda place: _expected(f"filled_{place}", by_activity=not whole[place]))
    for place, column in enumerate(log.columns):
        yield from _missing(log, column, _mostly_there(facts[place]), filled_in.pop(column, None))
    for column, having in (("start_time", "durations + opens"), ("end_time", "n - opens")):
        found = _NOTHING
        if 2 * log.total["durations"] >= log.total["rows"]:
            found = _mostly_there(log.activities.aggregate(_expected(having)).fetchall()[0][0])
        yield from _missing(log, column, found, filled_in.pop(column, None))
    for row in of_records:  # the activity, the only time: nothing that is absent is in the log
        yield from _missing(log, row["kind"], _NOTHING | {"rows": log.total["rows"]}, row)


# What may be absent in a record → the columns that hold it.
_OF_RECORDS = {"activity": ["activity"], "time": ["start_time", "end_time"]}
_RECORD = ("source_file", "source_row", "case_id", "activity")
_NOTHING: Row = {"absent": 0, "rows": 0, "activities": []}


def _expected(having: str, *, by_activity: bool = True) -> str:
    """SQL: of the activities that mostly have a value, their rows, how many of them lack it, which lack any.

    An attribute of the case does not depend on the activity: it is expected everywhere or nowhere.
    """
    expected = f"2 * ({having}) >= n and n >= {_FEWEST_ROWS}" if by_activity else "true"
    return (
        "{"
        f"'rows': coalesce(sum(n) filter ({expected}), 0)::bigint, "
        f"'absent': coalesce(sum(n - ({having})) filter ({expected}), 0)::bigint, "
        f"'activities': coalesce(list(activity_code) filter ({expected} and n > ({having})), [])"
        "}"
    )


def _mostly_there(found: Row) -> Row:
    return found if 2 * found["absent"] <= found["rows"] else _NOTHING


def _of_each(log: StoredLog, places: Sequence[int], asked: Callable[[int], str]) -> dict[int, Any]:
    """What is asked (SQL over the table of activities) of each column of the log; of a wide log a group at a time."""
    answers: dict[int, Any] = {}
    for group in batches(places):
        columns = ", ".join(["activity_code", "n", *(f"filled_{place}" for place in group)])
        found = log.activities.project(columns).aggregate(", ".join(map(asked, group))).fetchall()[0]
        answers |= dict(zip(group, found, strict=True))
    return answers


def _missing(log: StoredLog, column: str, found: Row, imputed: Row | None) -> Iterator[Issue]:
    reversed_rows = log.accounts.get("reversed_rows", 0) if column == "start_time" else 0
    absent = max(found["absent"] - reversed_rows, 0)
    filled = imputed["filled"] or 0 if imputed else 0
    # Rows whose value was imputed have one now; those that the imputation left are still absent.
    rows = max(absent + filled, (imputed or {}).get("rows_absent") or 0)
    if not rows:
        return
    of_records = imputed is not None and imputed["kind"] in _OF_RECORDS
    where = "records" if of_records else "rows of activities that mostly have it"
    told = f"{column} is absent in {rows:,} {where}"
    if filled and imputed:
        told += f"; {filled:,} were filled in: {imputed['context'] or 'as the log tells'}"
    elif imputed and imputed["abstained_because"]:
        told += f"; not filled in: {imputed['abstained_because']}"
    yield Issue(
        MISSING_VALUES,
        column,
        rows,
        max(found["rows"], rows),
        told,
        _filled_in(log, column) if of_records else _examples(log, column, found["activities"], filled=bool(filled)),
        action="imputed" if filled else "kept",
        imputation_accuracy=imputed["accuracy"] if imputed and filled else None,
    )


def _examples(log: StoredLog, column: str, activities: list[int], *, filled: bool) -> list[Example]:
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression, SQLExpression

    known = {"start_time": "not has_duration and not is_open and imputed is null", "end_time": "is_open"}
    absent = SQLExpression(known[column]) if column in known else ColumnExpression(column).isnull()
    wanted = absent & ColumnExpression("activity_code").isin(*map(ConstantExpression, activities or [-1]))
    if filled:
        wanted |= FunctionExpression("list_contains", ColumnExpression("imputed"), ConstantExpression(column))
    return _shown(log, wanted)


def _filled_in(log: StoredLog, column: str) -> list[Example]:
    """Rows in which what was absent in the record was filled in; those of the others are not in the log."""
    from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

    names = ConstantExpression(_OF_RECORDS[column])
    return _shown(log, FunctionExpression("list_has_any", ColumnExpression("imputed"), names))


def _shown(log: StoredLog, wanted: "duckdb.Expression") -> list[Example]:
    from duckdb import ColumnExpression, ConstantExpression

    shown = [*(ColumnExpression(name) for name in _RECORD), ConstantExpression(None)]
    first = log.stored.filter(wanted).sort(*map(ColumnExpression, PLACE)).limit(EXAMPLES)
    return [Example(*row) for row in first.select(*shown).fetchall()]


def constant_columns(log: StoredLog) -> Iterator[Issue]:
    """Columns of a log of at least 20 rows that hold one value everywhere, or none at all."""
    rows = log.total["rows"]
    if rows < _FEWEST_CONSTANT:
        return
    counts = _of_each(log, range(len(log.columns)), lambda place: f"sum(filled_{place})::bigint")
    filled = {column: counts[place] for place, column in enumerate(log.columns)}
    empty = {column for column in log.attributes if filled[column] == 0}
    full = [column for column in log.columns if filled[column] == rows and column not in _ALWAYS_THE_SAME]
    same = _constant(log, full)
    told = [column for column in log.columns if column in empty or column in same]
    for column, example in _first(log, told).items():
        what = f"{column} has no value in any row" if column in empty else f"{column} has the same value in every row"
        yield Issue(CONSTANT_COLUMNS, column, 1, len(log.columns), what, [example])


def _constant(log: StoredLog, filled: Sequence[str]) -> set[str]:
    """Which of columns that are filled everywhere have one value; the first rows tell for nearly all that have not."""
    from duckdb import ColumnExpression, FunctionExpression

    left = list(filled)
    for rows in (1000, None):
        same: list[str] = []
        for group in batches(left):
            values = log.stored.select(*map(ColumnExpression, group))
            values = values if rows is None else values.limit(rows)
            ends = [
                (FunctionExpression("min", one), FunctionExpression("max", one)) for one in map(ColumnExpression, group)
            ]
            is_same = values.aggregate([low == high for low, high in ends]).fetchall()[0]
            same += [column for column, holds in zip(group, is_same, strict=True) if holds]
        left = same
    return set(left)


def _first(log: StoredLog, columns: Sequence[str]) -> dict[str, Example]:
    """The first row, with its value in each of the columns."""
    from duckdb import ColumnExpression

    known = [ColumnExpression(name) for name in _RECORD]
    first = log.stored.sort(*map(ColumnExpression, PLACE)).limit(1)
    found: dict[str, Example] = {}
    for group in batches(columns):
        values = [ColumnExpression(column).cast("VARCHAR") for column in group]
        file, row, case, activity, *texts = first.select(*known, *values).fetchall()[0]
        found |= {column: Example(file, row, case, activity, text) for column, text in zip(group, texts, strict=True)}
    return found
