"""A home in which something is published, made once and copied for each test; the command line in this process."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_cli.main import main
from tests.cli.commands import Ended

Bpa = Callable[..., Ended]

# Whole commands run in this process here, with all that they import: only warnings about our own code are ours.
OUR_WARNINGS = ("ignore", "error:::bpa_", "error:::tests")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the warnings of other people's code pass in these tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(*OUR_WARNINGS))


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small log, `orders.csv`."""
    path = tmp_path_factory.mktemp("logs") / "orders.csv"
    write_demo_log(path, cases=60, dirty=False, with_truth=False)
    return path


@pytest.fixture(scope="session")
def first_home(orders: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the process `orders` is published. Nobody changes it: copy it (fixture `home`).

    The test processes of one session make it once, and share it.
    """
    folder = tmp_path_factory.getbasetemp()
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    home = folder / "published" / "home"
    with FileLock(folder / "published.lock"), pytest.MonkeyPatch.context() as patch:
        if not home.with_name("ready").exists():
            forget_home(patch)
            assert main(["run", str(orders), "--home", str(home)]) == 0
            home.with_name("ready").touch()
    return home


@pytest.fixture
def home(first_home: Path, tmp_path: Path) -> Path:
    """A home of this test's own in which `orders` is published."""
    copy = tmp_path / "home"
    shutil.copytree(first_home, copy)
    return copy


@pytest.fixture
def bpa(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bpa:
    """The command line, in this process: the start-up is paid once."""
    forget_home(monkeypatch)

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:  # what argparse refuses
            status = end.code if isinstance(end.code, int) else 1
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    return run


def forget_home(patch: pytest.MonkeyPatch) -> None:
    """What the command sets in the environment is undone afterwards."""
    for name in (
        "BPA_HOME",
        "DAGSTER_HOME",
        "DAGSTER_DISABLE_TELEMETRY",
        "BPA_KPIS_BUILD",
        "BPA_UI_URL",
        "BPA_REPORTS_URL",
        "BPA_POSTGRES_URL",
    ):
        patch.setenv(name, "")  # remembers what was there, also when nothing was
        patch.delenv(name)
