"""`bpa sql`: a question to the published KPI database."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_resources.errors import InputError
from bpa_resources.home import this_home
from bpa_resources.kpi_database import is_elsewhere, relocate

if TYPE_CHECKING:
    import duckdb

_SHOWN_ROWS = 200


def query(text: str, *, csv: bool = False) -> int:
    """Print the answer to a query. Errors: InputError with what DuckDB says."""
    import duckdb

    home = this_home()
    if not home.kpis.exists():
        raise InputError(f"nothing is published yet in {home.folder}; start with: bpa run LOG")
    if is_elsewhere(home):
        relocate(home)
    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        try:
            answer = connection.sql(text)
            if answer is None:
                return 0
            if csv:
                _print_csv(answer)
            else:
                answer.show(max_rows=_SHOWN_ROWS)
        except duckdb.Error as error:
            raise InputError(str(error).strip()) from error
    return 0


def _print_csv(answer: "duckdb.DuckDBPyRelation") -> None:
    """By way of a file: DuckDB writes CSV as it reads it, lists and maps too."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answer.csv"
        answer.write_csv(str(file))
        with file.open(encoding="utf-8", newline="") as text:
            shutil.copyfileobj(text, sys.stdout)
