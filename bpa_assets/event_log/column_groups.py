"""Many columns, some at a time: what is asked of every column of a wide file is asked of a group of them.

DuckDB plans a question about 1,000 columns in many times the time and the memory of ten questions about 100. Add here
what else a wide file needs to stay cheap.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import duckdb

Rows = Callable[[], "duckdb.DuckDBPyRelation"]
"""A new scan of the rows to be looked at."""
_COLUMNS_A_GROUP = 50
_Column = TypeVar("_Column")


def batches(columns: Iterable[_Column]) -> Iterator[list[_Column]]:
    """The columns, 50 at a time."""
    left = iter(columns)
    while group := list(islice(left, _COLUMNS_A_GROUP)):
        yield group


def in_groups(rows: Rows, indexes: Collection[int]) -> "Iterator[tuple[duckdb.DuckDBPyRelation, list[int]]]":
    """A scan of the rows with 50 of the columns at a time, and which they are."""
    from duckdb import ColumnExpression

    for group in batches(indexes):
        yield rows().project(*(ColumnExpression(f"c{index}") for index in group)), group
