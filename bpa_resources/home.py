"""Where things lie below the home folder, and the locks that guard them.

Contract: docs/contracts.md, "Home". A path that users rely on is named here once; who writes there is elsewhere.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from bpa_resources.environment import cores, dagster_folder, home_folder


@dataclass(frozen=True)
class Home:
    """The home folder (`BPA_HOME`)."""

    folder: Path

    @property
    def lake(self) -> Path:
        """Parquet of every run."""
        return self.folder / "lake"

    @property
    def kpis(self) -> Path:
        """The published KPI database."""
        return self.folder / "kpis.duckdb"

    @property
    def ledger(self) -> Path:
        """Actions, approvals and the audit trail, unless `BPA_LEDGER_URL` names a Postgres."""
        return self.folder / "ledger.db"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return dagster_folder(self.folder)

    @property
    def inboxes(self) -> Path:
        """The folder that holds the inbox of every process."""
        return self.folder / "inbox"

    @property
    def alerts(self) -> Path:
        """What was reported, one file an alert, and what is still to be sent."""
        return self.folder / "alerts"

    @property
    def reports(self) -> Path:
        """What people look at in a browser."""
        return self.folder / "reports"

    @property
    def answers(self) -> Path:
        """What the language model has answered, a file a question, so that a rerun asks nothing."""
        return self.folder / "answers"

    @property
    def demo(self) -> Path:
        """The generated log of a first look, and its truth."""
        return self.folder / "demo"

    def inbox(self, process: str) -> Path:
        """The source files of a process, and its process.yaml."""
        return self.inboxes / process

    def quality_reports(self, process: str) -> Path:
        """How the log of a process was judged, a page a run; only those of kept runs stay."""
        return self.folder / "reports" / process / "quality"

    def report(self, process: str) -> Path:
        """The report of the published run of a process; those of kept runs lie beside it, named by run."""
        return self.reports / process / "index.html"

    def models(self, process: str) -> Path:
        """The discovered models (BPMN, PNML) and the rules (JSON, DMN), named by run; only those of kept runs stay."""
        return self.folder / "models" / process

    def scratch(self, name: str) -> Path:
        """A private folder of one run; on the lake's file system, so that a rename moves a file into the lake."""
        return self.folder / "scratch" / name

    def process_lock(self, process: str) -> FileLock:
        """Held by the one run of a process; a second waits. Re-entrant within an OS process."""
        return self._lock(f"process-{process}")

    def kpi_lock(self) -> FileLock:
        """Held while the KPI database is brought up to date and swapped in."""
        return self._lock("kpis")

    def push_lock(self) -> FileLock:
        """Held by the one command that sends actions; runs of the daemon do without, the ledger parts their work."""
        return self._lock("push")

    def dev_lock(self) -> FileLock:
        """Held by the one `bpa dev` of a home: two daemons would request every run twice."""
        return self._lock("dev")

    def instance_lock(self) -> FileLock:
        """Held while the Dagster instance is opened: of eight processes opening a fresh one at once, one died."""
        return self._lock("instance")

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of as many places as there are cores: more heavy runs than that only fight for memory."""
        with ExitStack() as held:
            places = [self._lock(f"slot-{number}") for number in range(cores())]
            while not any(_taken(place, held) for place in places):
                time.sleep(0.2)
            yield

    def _lock(self, name: str) -> FileLock:
        folder = self.folder / "locks"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{name}.lock", is_singleton=True, thread_local=False)


def _taken(place: FileLock, held: ExitStack) -> bool:
    try:
        held.enter_context(place.acquire(blocking=False))
    except Timeout:
        return False
    return True


def this_home() -> Home:
    """The home that the environment names."""
    return Home(home_folder())
