"""A Parquet file as a source: its typed columns as the few types that the reader knows.

Add here what a type of another program means. What a broken file comes to is said in `reading_failures`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from bpa_assets.event_log.column_groups import in_groups
from bpa_assets.event_log.limits import LONGEST_VALUE, check_column_count, check_ratio, shown_names, too_long_value
from bpa_assets.event_log.sources import Source, columns_of
from bpa_resources.errors import InputError
from bpa_resources.exact_paths import exact_path

if TYPE_CHECKING:
    import duckdb

_PLAIN = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "BIGINT"), "BIGINT"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "DOUBLE"),
    **dict.fromkeys(("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"), "TIMESTAMP"),
    "BOOLEAN": "BOOLEAN",
}
_DIGITS_OF_BIGINT = 18
_ROWS_A_BYTE = 10
_ZONED = "TIMESTAMP WITH TIME ZONE"


def parquet_source(path: Path, *, name: str) -> Source:
    """Open a plain Parquet file that messages call `name`; errors: InputError."""
    import duckdb
    import pyarrow.parquet
    from duckdb import ColumnExpression, SQLExpression

    try:
        names = pyarrow.parquet.read_schema(path).names  # DuckDB renames what differs only by case, or is empty
        check_column_count(len(names), name=name)
        raw = duckdb.connect().read_parquet([exact_path(path)])
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise InputError(f"{name} is not a whole Parquet file; copy it again") from error
    known, types = raw.columns, [str(one) for one in raw.types]
    numbered = "file_row_number" not in known

    def scan(connection: "duckdb.DuckDBPyConnection") -> "duckdb.DuckDBPyRelation":
        rows = connection.read_parquet([exact_path(path)], file_row_number=numbered)
        renamed = [
            _plain(column, kind).alias(f"c{at}") for at, (column, kind) in enumerate(zip(known, types, strict=True))
        ]
        number = SQLExpression("file_row_number + 1" if numbered else "row_number() over ()").alias("source_row")
        return rows.project(*renamed, number)

    columns = columns_of(scan, names, zoned=False)
    ((rows,),) = raw.aggregate("count(*)").fetchall()
    if not rows:
        raise InputError(f"{name} has columns but no rows")
    size = path.stat().st_size
    check_ratio(rows // _ROWS_A_BYTE, size, name=name)
    texts = [at for at, kind in enumerate(types) if kind == "VARCHAR"]
    renamed = raw.project(*(ColumnExpression(column).alias(f"c{at}") for at, column in enumerate(known)))
    _check_texts(renamed, {at: names[at] for at in texts}, size=size, name=name)
    return Source(name, columns, scan, rows, findings=tuple(_told(names, types, name=name)))


def _plain(name: str, type_name: str) -> "duckdb.Expression":
    """The column as one of five types: BIGINT, DOUBLE, BOOLEAN, TIMESTAMP and text (times with a zone as text)."""
    from duckdb import CaseExpression, ColumnExpression, ConstantExpression, FunctionExpression

    column = ColumnExpression(name)
    if type_name == _ZONED:  # ISO text with Z: the one way in for times that carry a zone
        return FunctionExpression("strftime", column, ConstantExpression("%Y-%m-%dT%H:%M:%S.%fZ"))
    target = _PLAIN.get(type_name) or _of_decimal(type_name)
    plain = column.cast(target)
    if target == "VARCHAR":  # an empty text is no value, as it is none in CSV
        return FunctionExpression("nullif", plain, ConstantExpression(""))
    if target == "TIMESTAMP":  # one below minus infinity cannot even be shown
        least = ConstantExpression("-infinity").cast("TIMESTAMP")
        return CaseExpression(plain < least, least).otherwise(plain)
    if target == "DOUBLE":  # NaN is how other programs write that there is no value
        return FunctionExpression("nullif", plain, ConstantExpression("nan").cast("DOUBLE"))
    return plain


def _of_decimal(type_name: str) -> str:
    """Whole decimals are numbers as long as they fit, then texts, as all other types: of an id every digit counts."""
    if not type_name.startswith("DECIMAL"):
        return "VARCHAR"
    digits, scale = (int(part) for part in type_name.removeprefix("DECIMAL(").removesuffix(")").split(","))
    if scale:
        return "DOUBLE"
    return "BIGINT" if digits <= _DIGITS_OF_BIGINT else "VARCHAR"


def _check_texts(rows: "duckdb.DuckDBPyRelation", texts: dict[int, str], *, size: int, name: str) -> None:
    """Errors: InputError for a text that is too long, or for texts that would be far more than the file.

    A dictionary of one long text and a million references to it fit into a small file. 10M rows: 0.1 CPU-seconds.
    """
    from duckdb import SQLExpression

    plain = 0
    for part, group in in_groups(lambda: rows, texts):
        asked = [f"coalesce({how}(strlen(c{at})), 0)" for how in ("max", "sum") for at in group]
        found = part.aggregate([SQLExpression(one) for one in asked]).fetchall()[0]
        longest = dict(zip(group, found, strict=False))
        worst = max(group, key=lambda at: longest[at])
        if longest[worst] > LONGEST_VALUE:
            raise too_long_value(longest[worst], column=texts[worst], name=name)
        plain += sum(found[len(group) :])
    check_ratio(int(plain), size, name=name)


def _told(names: Sequence[str], types: Sequence[str], *, name: str) -> list[str]:
    """What is read as the text that it is shown as."""
    odd = [
        column
        for column, kind in zip(names, types, strict=True)
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "BLOB", "BIT", "VARIANT"))
    ]
    return [f"{name}: lists, structures and bytes are read as texts: {shown_names(odd)}"] if odd else []
