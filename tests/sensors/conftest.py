"""A home with a real Dagster instance, and the sensors evaluated in it as the daemon does."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from bpa_cli.launch import _origin
from bpa_resources.home import Home
from bpa_resources.run_tags import PROCESS_TAG

OUR_WARNINGS = ("ignore", "error:::bpa_", "error:::tests")
_SETTINGS = ("BPA_HOME", "DAGSTER_HOME", "BPA_POSTGRES_URL", "BPA_ALERT_WEBHOOK", "BPA_ALERT_MAIL_TO", "BPA_UI_URL")

Add = Callable[..., dg.DagsterRun]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the warnings of other people's code pass in these tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(*OUR_WARNINGS))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home that the environment names."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BPA_HOME", str(tmp_path / "home"))
    home = Home(tmp_path / "home")
    home.inboxes.mkdir(parents=True)
    return home


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """A real instance that goes when the test does."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def add_run(instance: dg.DagsterInstance) -> Add:
    """Records a run of a process on the instance of the test."""
    return partial(record_run, instance)


def record_run(
    instance: dg.DagsterInstance, process: str, status: dg.DagsterRunStatus, job: str = "refresh_process", **tags: str
) -> dg.DagsterRun:
    """A run of a process as it would be recorded; of no process if that is empty."""
    about = {PROCESS_TAG: process} if process else {}
    return instance.create_run_for_job(
        _JOBS[job], tags={**about, **tags}, status=status, remote_job_origin=_origin(job)
    )


@dg.op
def _idle() -> None:
    """Do nothing."""


@dg.job(name="refresh_process")
def refresh_process() -> None:
    """Stands for the job of that name."""
    _idle()


@dg.job(name="refresh_kpis")
def refresh_kpis() -> None:
    """Stands for the job of that name."""
    _idle()


_JOBS = {job.name: job for job in (refresh_process, refresh_kpis)}
