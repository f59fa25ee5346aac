"""Dagster's SQLite files stay open while an instance is, and no longer; what is stored is stored at once."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import dagster as dg
import pytest

from bpa_resources.home import Home
from bpa_resources.instance import open_instance

pytestmark = pytest.mark.filterwarnings("ignore", "error:::bpa_", "error:::tests")


@dg.op
def _idle() -> None:
    """Do nothing."""


@dg.job
def _nothing() -> None:
    _idle()


def test_an_instance_opens_each_file_once_and_closes_it_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    connect = sqlite3.dbapi2.connect
    monkeypatch.setattr(
        sqlite3.dbapi2, "connect", lambda path, *a, **k: opened.append(Path(path).name) or connect(path, *a, **k)
    )
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
    monkeypatch.delenv("BPA_POSTGRES_URL", raising=False)
    home = Home(tmp_path / "home")
    with open_instance(home):
        pass
    opened.clear()
    with open_instance(home) as instance:
        assert _nothing.execute_in_process(instance=instance).success
        (run,) = instance.get_runs()
        # Another process reads what this one has stored, although it still holds the files.
        with closing(sqlite3.connect(home.dagster / "history" / "runs" / f"{run.run_id}.db")) as reader:
            ((events,),) = reader.execute("select count(*) from event_logs").fetchall()
        assert events == len(instance.all_logs(run.run_id))
        assert _held(home)
    opened = [name for name in opened if name.endswith(".db")]
    # Two at a time where one statement is read while another is made; never one for each of the dozens of events.
    assert max(opened.count(name) for name in opened) <= 3, opened
    assert not _held(home)
    with open_instance(home) as instance:
        assert [one.run_id for one in instance.get_runs()] == [run.run_id]


def _held(home: Home) -> list[str]:
    """The home's databases that this process has open."""
    paths = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists this folder
            paths.append(descriptor.readlink())
    return [path.name for path in paths if path.is_relative_to(home.folder) and path.suffix in (".db", ".db-wal")]
