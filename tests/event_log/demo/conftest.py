"""The logs of these tests."""

from pathlib import Path

import pytest

from bpa_assets.event_log.demo.log_file import write_demo_log
from tests.event_log.demo.demo_logs import DemoLog


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they lie."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def dirty(folder: Path) -> DemoLog:
    """The log of `bpa run` without a log."""
    return DemoLog(folder / "dirty.csv", write_demo_log(folder / "dirty.csv"))


@pytest.fixture(scope="session")
def clean(folder: Path) -> DemoLog:
    """The same cases without faults."""
    return DemoLog(folder / "clean.csv", write_demo_log(folder / "clean.csv", dirty=False))


@pytest.fixture(scope="session", params=[(1500, 3), (3100, 11)], ids=["one site", "three sites"])
def typed(folder: Path, request: pytest.FixtureRequest) -> DemoLog:
    """Clean Parquet logs of other sizes and seeds."""
    cases, seed = request.param
    path = folder / f"{cases}.parquet"
    return DemoLog(path, write_demo_log(path, cases=cases, seed=seed, dirty=False))
