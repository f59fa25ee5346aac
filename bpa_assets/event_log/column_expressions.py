"""The DuckDB expressions that make typed columns of raw ones: times, numbers, amounts, and why a record is refused.

Raw columns have generated names (c0, c1, …), so no text of a user's stands in a query.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING

from bpa_assets.event_log.absent_texts import is_absent
from bpa_assets.event_log.attributes import AttributeType, fits
from bpa_assets.event_log.column_names import TIMES, Role
from bpa_assets.event_log.number_texts import NumberStyle, number
from bpa_assets.event_log.times import EARLIEST

if TYPE_CHECKING:
    import duckdb

LATEST = "9999-12-30"
_SHOWN_CHARACTERS = 100
NO_ACTIVITY, NO_TIME = "no activity", "no time"
"""Why a record is refused that imputation may save: what it lacks is absent, not unreadable."""
FIRST, LAST = (int(datetime.fromisoformat(f"{day}T00:00Z").timestamp()) * 1_000_000 for day in (EARLIEST, LATEST))
"""The same in µs since 1970."""


def as_type(
    column: str, attribute_type: AttributeType, *, is_text: bool, style: NumberStyle | None = None
) -> "duckdb.Expression":
    """The column in this type; null where a text does not fit it exactly. `style`: how its numbers are written."""
    from duckdb import ColumnExpression, SQLExpression

    if not is_text or attribute_type == "VARCHAR":
        return ColumnExpression(column).cast(attribute_type)
    column = number(column, style) if attribute_type in ("BIGINT", "DOUBLE") else column
    exact = fits(column, attribute_type)
    if attribute_type == "DOUBLE":
        exact += f" or {fits(column, 'BIGINT')}"  # another file of the log has the fractions
    return SQLExpression(f"case when {exact} then try_cast({column} as {attribute_type}) end")


def within_reach(time: "duckdb.Expression") -> "duckdb.Expression":
    """Times that Python cannot hold (years above 9999) count as unreadable."""
    from duckdb import CaseExpression, ConstantExpression

    first, last = (ConstantExpression(day).cast("TIMESTAMP") for day in (EARLIEST, LATEST))
    return CaseExpression((time >= first) & (time <= last), time)


def amount(numbers: Sequence[str]) -> "duckdb.Expression":
    """The sum of the known amounts, null if none is known. `numbers`: SQL, as `number_texts.number` gives it."""
    from duckdb import FunctionExpression

    return FunctionExpression("list_sum", FunctionExpression("list_value", *(_amount(number) for number in numbers)))


def is_no_amount(columns: Mapping[str, str]) -> "duckdb.Expression":
    """Whether any of these columns (each with its `number`) has a value that is no amount."""
    from duckdb import ColumnExpression

    return any_of([ColumnExpression(column).isnotnull() & _amount(sql).isnull() for column, sql in columns.items()])


def _amount(number: str) -> "duckdb.Expression":
    """The number as an amount; null where it is none (nan and inf are none: one would spoil every sum)."""
    from duckdb import SQLExpression

    return SQLExpression(f"case when isfinite(try_cast({number} as double)) then try_cast({number} as double) end")


def any_of(conditions: "Sequence[duckdb.Expression]") -> "duckdb.Expression":
    """Whether any of the conditions holds."""
    from duckdb import ConstantExpression

    return reduce(lambda one, other: one | other, conditions, ConstantExpression(False))


def why_refused(roles: Mapping[Role, int]) -> "duckdb.Expression":
    """Why a record cannot be used; null if it can. Reads the raw columns and the typed times."""
    from duckdb import SQLExpression

    whens = [f"when {_raw(roles, 'case_id')} is null then 'no case'"]
    for role in TIMES:
        text = _raw(roles, role)
        told = f"'unreadable {_SHOWN[role]} ' || left({text}, {_SHOWN_CHARACTERS})"
        whens.append(f"when {text} is not null and {role} is null and not {is_absent(text, 'times')} then {told}")
    whens.append(f"when {_raw(roles, 'activity')} is null then '{NO_ACTIVITY}'")
    return SQLExpression(f"case {' '.join(whens)} when start_time is null and end_time is null then '{NO_TIME}' end")


_SHOWN: dict[Role, str] = {"start_time": "start time", "end_time": "time", "enabled_time": "enabled time"}


def _raw(roles: Mapping[Role, int], role: Role) -> str:
    """SQL: the raw column of a role, as text."""
    return f"c{roles[role]}::varchar" if role in roles else "null::varchar"
