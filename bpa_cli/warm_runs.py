"""Runs of `bpa dev` are forked from a process that has imported what they use.

Dagster's code server starts each run in a new interpreter, which takes 4 s to import the definitions and the run 4 s
more for the libraries of its stages: 8 of the 60 s in which a dropped file is to be published. Here this is done once,
for as long as the code stays what was imported.
"""

import multiprocessing
import sys
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_USED_BY_RUNS = (
    "bpa_assets.definitions",
    "great_expectations",
    "scipy.stats",
    "sklearn.tree",
    "ortools.sat.python.cp_model",
    "numba",
    "plotly.graph_objects",
    "bpa_cli.all_imported",
)
"""Imported, and no more: of the threads that this starts a forked process has none, and misses none. OpenBLAS starts
its own again, jemalloc frees memory without, and Polars tidies up after spilling to disk, which nothing here asks for.
"""


def fork_runs_from_a_warm_process() -> None:
    """Let this process, a code server, fork its runs; where Dagster asks for it in another way, it spawns them.

    On Linux: elsewhere the system's own libraries may not be forked.
    """
    if sys.platform != "linux":
        return
    from dagster._grpc import server

    forked, spawned = multiprocessing.get_context("forkserver"), multiprocessing.get_context("spawn")
    forked.set_forkserver_preload([*_USED_BY_RUNS])
    imported = code_stamp()

    def process(**asked: Any) -> Any:
        context = forked if code_stamp() == imported else spawned
        return context.Process(**asked)

    # The one thing that Dagster's server module takes from multiprocessing is the way its runs are started.
    way = SimpleNamespace(Queue=forked.Queue, Event=forked.Event, Process=process)
    vars(server)["multiprocessing"] = SimpleNamespace(get_context=lambda _: way)
    forkserver.ensure_running()  # imports while the code server does


def code_stamp() -> tuple[str, str, int]:
    """What changes when the code does that a run imports, or the dbt project, whose version a run is told."""
    from bpa_assets.event_log.inputs import code_version
    from bpa_assets.kpis.project import project_version

    return code_version(), project_version(), max(file.stat().st_mtime_ns for file in _sources())


def _sources() -> Iterator[Path]:
    for room in ("bpa_assets", "bpa_resources", "bpa_cli"):
        yield from (Path(__file__).resolve().parent.parent / room).rglob("*.py")
