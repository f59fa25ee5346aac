"""Whether two Parquet tables hold the same rows, whatever their order."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchmarks.piece import Work

if TYPE_CHECKING:
    import duckdb


def same_rows(
    work: Work,
    *,
    one: Sequence[str],
    other: Sequence[str],
    columns: Sequence[str],
    named: Mapping[str, str],
) -> dict[str, Any]:
    """Compare the `columns` of two tables as multisets of rows; `named`: what a column is called in the other.

    Two sums of 64-bit hashes over all rows; when they differ, each column is looked at by itself.
    """
    import duckdb

    with work, duckdb.connect(config={"memory_limit": "4GB"}) as connection:
        connection.execute("set TimeZone = 'UTC'")
        left = _expressions(connection.read_parquet(list(one)), columns)
        right = _expressions(connection.read_parquet(list(other)), [named.get(name, name) for name in columns])
        equal = _digest(left, [f"c{index}" for index in range(len(columns))]) == _digest(
            right, [f"c{index}" for index in range(len(columns))]
        )
        differing = [
            name
            for index, name in enumerate(columns)
            if not equal and _digest(left, [f"c{index}"]) != _digest(right, [f"c{index}"])
        ]
    told = f"all rows equal in {', '.join(columns)}"
    if not equal:
        told = f"rows differ, in {', '.join(differing) or 'how the columns go together'}"
    return {"equal": equal, "differing": differing, "told": told}


def _expressions(relation: "duckdb.DuckDBPyRelation", columns: Sequence[str]) -> "duckdb.DuckDBPyRelation":
    """The columns as c0, c1, …: times as microseconds, numbers as double, all else as text."""
    from duckdb import ColumnExpression, FunctionExpression
    from duckdb.sqltypes import DOUBLE, TIMESTAMP, VARCHAR

    types = dict(zip(relation.columns, relation.types, strict=True))
    chosen = []
    for index, name in enumerate(columns):
        kind, column = str(types[name]), ColumnExpression(name)
        if kind.startswith("TIMESTAMP"):
            column = FunctionExpression("epoch_us", column.cast(TIMESTAMP))
        elif kind in ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "HUGEINT", "SMALLINT", "UBIGINT"):
            column = column.cast(DOUBLE)
        else:
            column = column.cast(VARCHAR)
        chosen.append(column.alias(f"c{index}"))
    return relation.select(*chosen)


def _digest(relation: "duckdb.DuckDBPyRelation", columns: Sequence[str]) -> tuple[Any, ...]:
    names = ", ".join(columns)
    row = relation.aggregate(f"count(*), sum(hash({names})::hugeint), sum(hash(hash({names}))::hugeint)").fetchall()[0]
    return tuple(row)
