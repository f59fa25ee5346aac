"""The files of a log, opened: what their columns are, what those hold, and the DuckDB that they are read with."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_assets.event_log.attributes import names_in_files
from bpa_assets.event_log.column_choice import choose_columns
from bpa_assets.event_log.columns import ColumnMapping
from bpa_assets.event_log.profile import profile_source
from bpa_assets.event_log.reading_failures import explained
from bpa_assets.event_log.sources import Source, open_source
from bpa_assets.event_log.typed_columns import MappedSource
from bpa_assets.settings import ProcessConfig
from bpa_assets.settings import Source as SourceSettings

if TYPE_CHECKING:
    import duckdb


def look_at(paths: Sequence[Path], *, scratch: Path, config: ProcessConfig, memory_bytes: int) -> list[MappedSource]:
    """What the columns of the files of a log are and hold, in name order. Errors: InputError, one sentence."""
    connection = connect(scratch, memory_bytes)
    try:
        files = sorted(paths, key=lambda path: path.name)
        with explained(files, scratch=scratch):
            opened = [mapped_source(path, scratch=scratch, config=config, connection=connection) for path in files]
            return profiled(opened, config.source, connection=connection)
    finally:
        connection.close()


def connect(scratch: Path, memory_bytes: int) -> "duckdb.DuckDBPyConnection":
    """A private DuckDB that computes in UTC, within memory and in file order."""
    import duckdb

    connection = duckdb.connect(
        config={
            "memory_limit": f"{max(memory_bytes // 4, 300 << 20) >> 20}MiB",
            "temp_directory": str(scratch / "duckdb"),
            "autoinstall_known_extensions": False,
        }
    )
    connection.execute("set global TimeZone = 'UTC'")  # also of its cursors
    return connection


def mapped_source(
    path: Path, *, scratch: Path, config: ProcessConfig, connection: "duckdb.DuckDBPyConnection"
) -> tuple[Source, ColumnMapping]:
    """A file, and which of its columns is what. Errors: InputError."""
    source = open_source(path, scratch=scratch, delimiter=config.source.delimiter)
    return choose_columns(source, config.source, connection=connection)


def profiled(
    opened: list[tuple[Source, ColumnMapping]], settings: SourceSettings, *, connection: "duckdb.DuckDBPyConnection"
) -> list[MappedSource]:
    """What the columns of each source hold; attributes are named the same in all files. Errors: InputError."""
    names = names_in_files([[source.columns[index].name for index in columns.attributes] for source, columns in opened])
    return [
        MappedSource(
            source,
            columns,
            profile_source(source, columns, settings, connection=connection),
            dict(zip(of_file, columns.attributes, strict=True)),
        )
        for (source, columns), of_file in zip(opened, names, strict=True)
    ]
