"""The Parquet lake: `lake/<process>/<asset>/<run_id>.parquet`. Nothing else writes there.

A run only adds files, by a rename from its scratch folder; what others see is decided by `publication.py`. Inside a
run an asset reads this run's files, else the published ones.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bpa_resources.home import Home
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.publication import Publication, fsync_folder, publish, read_publication
from bpa_resources.reports import prune_reports, show_report

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class StoredTable:
    """A table in the lake (or on its way there): its Parquet files, in order, and its number of rows."""

    files: tuple[Path, ...]
    rows: int


@dataclass(frozen=True)
class ProcessLake:
    """The lake as one run of one process sees it."""

    home: Home
    process: str
    run_id: str

    @property
    def folder(self) -> Path:
        """`lake/<process>`."""
        return self.home.lake / self.process

    @property
    def scratch(self) -> Path:
        """Private files of this run; gone when the run ends, or when a later one tidies up."""
        folder = self.home.scratch(f"{self.process}.{self.run_id}")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def write(self, asset: str, table: "pa.Table") -> StoredTable:
        """Store a table of variant, activity or case size."""
        import pyarrow.parquet

        staged = self.scratch / f"{asset}.parquet"
        pyarrow.parquet.write_table(table, staged, compression="zstd")
        return self.adopt(asset, StoredTable((staged,), table.num_rows))

    def adopt(self, asset: str, staged: StoredTable) -> StoredTable:
        """Move the files of a table that a stage wrote in `scratch` into the lake."""
        _check_columns(asset, staged.files[0])
        target = self.folder / asset
        target.mkdir(parents=True, exist_ok=True)
        names = [f"{self.run_id}.parquet"]
        if len(staged.files) > 1:
            names = [f"{self.run_id}-{number:03}.parquet" for number in range(len(staged.files))]
        for file, name in zip(staged.files, names, strict=True):
            _fsync_file(file)
            file.rename(target / name)
        fsync_folder(target)
        return StoredTable(tuple(target / name for name in names), staged.rows)

    def files(self, asset: str) -> list[Path]:
        """The asset's files: this run's, else the published ones; empty if there are neither."""
        own = self._files_of(asset, self.run_id)
        if own:
            return own
        publication = self.publication()
        return published_files(self.folder, publication, asset) if publication else []

    def publication(self) -> Publication | None:
        """What is published of this process now."""
        return read_publication(self.folder)

    def publish(self, *, assets: Sequence[str], fingerprint: str) -> Publication:
        """The one commit: what readers see from now on is this run."""
        files = {asset: found for asset in assets if (found := self.files(asset))}
        now = publish(self.folder, process=self.process, run_id=self.run_id, fingerprint=fingerprint, assets=files)
        show_report(self.home, now)
        return now

    def discard_scratch(self) -> None:
        """Remove this run's private files."""
        shutil.rmtree(self.home.scratch(f"{self.process}.{self.run_id}"), ignore_errors=True)

    def _files_of(self, asset: str, run_id: str) -> list[Path]:
        folder = self.folder / asset
        single = folder / f"{run_id}.parquet"
        return [single] if single.exists() else sorted(folder.glob(f"{run_id}-*.parquet"))


def published_files(folder: Path, publication: Publication, asset: str) -> list[Path]:
    """The published files of an asset below `folder` (`lake/<process>`)."""
    return [folder / name for name in publication.assets.get(asset, [])]


def publications(home: Home) -> list[Publication]:
    """What is published of every process, by process."""
    pointers = sorted(home.lake.glob("*/published.json")) if home.lake.exists() else []
    return [publication for pointer in pointers if (publication := read_publication(pointer.parent))]


def kpi_histories(folder: Path) -> list[Path]:
    """The KPI histories below `folder` (`lake/<process>`), the longest last: they only grow, so it holds all others."""
    import pyarrow.parquet

    kept = sorted(folder.glob("kpi_snapshot/*.parquet"))
    return sorted(kept, key=lambda file: int(pyarrow.parquet.read_metadata(file).num_rows))


def prune(home: Home, built: Publication) -> None:
    """Remove the files of a process that nobody reads: of its older runs, and of those that never published.

    `built`: the publication that the KPI database looks at. The process may have published again since, so what is
    kept is decided by its pointer as it is now. A run of some assets publishes the others' files of earlier runs:
    those stay, however old. To be called under the process's lock: a run in flight has files that no pointer names yet.
    """
    folder = home.lake / built.process
    now = read_publication(folder) or built
    named = {folder / name for one in (now, built) for names in one.assets.values() for name in names}
    named.update(kpi_histories(folder)[-2:])  # the KPI database looks at the one it grew from
    runs = (*now.kept_runs, built.run_id)
    for file in folder.glob("*/*.parquet"):
        if file not in named and not file.name.startswith(runs):
            file.unlink(missing_ok=True)
    for page in (*home.quality_reports(built.process).glob("*.html"), *home.models(built.process).glob("*.*")):
        if page.name.partition(".")[0] not in runs:
            page.unlink(missing_ok=True)
    prune_reports(home, built.process, runs)
    show_report(home, now)  # a run that was killed between its commit and this
    for beside in folder.glob(".published.json.*"):
        beside.unlink(missing_ok=True)
    for scratch in home.scratch("").glob(f"{built.process}.*"):
        shutil.rmtree(scratch, ignore_errors=True)


def _check_columns(asset: str, file: Path) -> None:
    """A stage that writes other columns than it declares is our fault: say so before anything reads them."""
    import pyarrow.parquet

    table = LAKE_TABLES.get(asset)
    if table is None:
        return
    found = pyarrow.parquet.read_schema(file).names
    fixed = list(table.column_names)
    if found[: len(fixed)] != fixed or (len(found) > len(fixed) and not table.open_ended):
        raise ValueError(f"{asset}: wrote the columns {found}, declared are {fixed}")


def _fsync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
