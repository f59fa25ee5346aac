"""The KPI database: brought up to date in private under a lock, swapped in by a rename.

An analyst who holds the published file open blocks nobody and sees it whole. It can be deleted: it is rebuilt from
the lake. dbt is the only writer of its tables; this module feeds dbt (schema `lake`) and swaps the file.
Contract: docs/contracts.md, "Publishing KPIs".
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_resources.environment import name_kpi_build
from bpa_resources.home import Home
from bpa_resources.kpi_sources import create_sources
from bpa_resources.lake import ProcessLake, prune, publications
from bpa_resources.ledger.stored_table import ledger_state
from bpa_resources.publication import Publication, fsync_folder
from bpa_resources.tables.key_figures import KPI_SNAPSHOT

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class KpiBuild:
    """A private copy that dbt may write: further arguments for dbt, and its target path."""

    database: Path
    target_path: Path
    arguments: tuple[str, ...]


@contextmanager
def rebuild(home: Home, *, project_version: str) -> Iterator[KpiBuild]:
    """Bring the KPI database up to date under the lock: a private copy for dbt, swapped in unless an error escapes."""
    with home.kpi_lock():
        folder = home.scratch("kpis")
        shutil.rmtree(folder / "build", ignore_errors=True)
        (folder / "build").mkdir(parents=True)
        database = folder / "build" / "kpis.duckdb"
        published = publications(home)
        fresh = not _is_from(home.kpis, project_version)
        if not fresh:
            shutil.copyfile(home.kpis, database)
        _prepare(database, home, published, project_version)
        name_kpi_build(database)
        yield KpiBuild(database, folder / "target", ("--full-refresh",) if fresh else ())
        _keep_snapshots(database, home, published)
        _swap(database, home)
        _prune(home, published)


def is_published(home: Home, publication: Publication, *, project_version: str) -> bool:
    """Whether the KPI database already holds this run, and the actions as they stand."""
    held = published_runs(home, project_version=project_version)
    return held is not None and held.get(publication.process) == publication.run_id and shows_ledger(home)


def published_runs(home: Home, *, project_version: str) -> dict[str, str] | None:
    """Process → run that the KPI database holds; None if it is not there, or was built by another dbt project."""
    if not _is_from(home.kpis, project_version):
        return None
    import duckdb

    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        return dict(connection.execute("select process, run_id from dim_process").fetchall())


def shows_ledger(home: Home) -> bool:
    """Whether the KPI database holds the actions as they stand in the ledger now."""
    state = ledger_state(home)
    if not home.kpis.exists():
        return not state
    import duckdb

    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        found = connection.execute("select value from lake.build where name = 'ledger'").fetchall()
    return found == [(state,)]


def relocate(home: Home) -> None:
    """Let the views on the lake point to where the home is now, if it has moved."""
    with home.kpi_lock():
        if not is_elsewhere(home):
            return
        database = home.scratch("kpis") / "moved.duckdb"
        database.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home.kpis, database)
        import duckdb

        with duckdb.connect(str(database)) as connection:
            create_sources(connection, home, publications(home))
            _note_home(connection, home)
        _swap(database, home)


def is_elsewhere(home: Home) -> bool:
    """Whether the published database was built when the home was another folder."""
    import duckdb

    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        found = connection.execute("select value from lake.build where name = 'home'").fetchall()
    return found != [(str(home.folder),)]


def _is_from(database: Path, project_version: str) -> bool:
    """Whether this dbt project built the database; one that cannot be read is built anew."""
    import duckdb

    if not database.exists():
        return False
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            found = connection.execute("select value from lake.build where name = 'project_version'").fetchall()
    except duckdb.Error:
        return False
    return found == [(project_version,)]


def _prepare(database: Path, home: Home, published: list[Publication], project_version: str) -> None:
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema if not exists lake")
        connection.execute("create or replace table lake.build (name varchar, value varchar)")
        connection.execute("insert into lake.build values ('project_version', $version)", {"version": project_version})
        _note_home(connection, home)
        # Before the actions are read: what changes in between is seen as a change by the next look.
        connection.execute("insert into lake.build values ('ledger', $state)", {"state": ledger_state(home)})
        create_sources(connection, home, published)


def _note_home(connection: "duckdb.DuckDBPyConnection", home: Home) -> None:
    connection.execute("delete from lake.build where name = 'home'")
    connection.execute("insert into lake.build values ('home', $home)", {"home": str(home.folder)})


def _keep_snapshots(database: Path, home: Home, published: list[Publication]) -> None:
    """The KPI history of each process goes to the lake, so that the database can be rebuilt from it."""
    import duckdb

    columns = ", ".join(KPI_SNAPSHOT.column_names)
    with duckdb.connect(str(database), read_only=True) as connection:
        for one in published:
            lake = ProcessLake(home, one.process, one.run_id)
            if (lake.folder / "kpi_snapshot" / f"{one.run_id}.parquet").exists():
                continue
            history = connection.sql(
                f"select {columns} from kpi_process where process = $process order by as_of, kpi",  # noqa: S608
                params={"process": one.process},
            )
            lake.write("kpi_snapshot", history.to_arrow_table())
            lake.discard_scratch()


def _swap(database: Path, home: Home) -> None:
    """Checkpoint, fsync and rename over the published file."""
    import duckdb

    with duckdb.connect(str(database)) as connection:
        connection.execute("checkpoint")
    with database.open("rb") as file:
        os.fsync(file.fileno())
    # What somebody wrote into the published file is theirs alone: DuckDB would replay it into the new one.
    home.kpis.with_name(f"{home.kpis.name}.wal").unlink(missing_ok=True)
    database.rename(home.kpis)
    fsync_folder(home.kpis.parent)


def _prune(home: Home, published: list[Publication]) -> None:
    """Old runs go once nothing points to them; a process that is being refreshed is left to the next time."""
    from filelock import Timeout

    for one in published:
        try:
            with home.process_lock(one.process).acquire(blocking=False):
                prune(home, one)
        except Timeout:
            continue
