"""Runs of `bpa dev` start with what they use imported."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from dagster._grpc import server

from bpa_cli import warm_runs
from bpa_cli.warm_runs import code_stamp

# In a process of its own, as in `bpa dev`: what is changed is Dagster's module.
_ASKED = """
import signal, sys
from bpa_cli import warm_runs

def tell(queue):
    ignored = signal.getsignal(signal.SIGTERM) == signal.SIG_IGN
    queue.put((sorted({"bpa_assets.definitions", "great_expectations", "numba"} & set(sys.modules)), ignored))

def told():
    from dagster._grpc.server import multiprocessing
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    context.Process(target=tell, args=[queue]).start()
    return queue.get(timeout=120)

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a shell's background job ignores signals, and what it starts does
    warm_runs.fork_runs_from_a_warm_process()
    print(told())
    warm_runs.code_stamp = lambda: ("0", "another version of the dbt project", 0)
    print(told())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="runs are forked on Linux only")
def test_a_run_is_forked_with_what_it_uses_imported_until_the_code_changes(tmp_path: Path) -> None:
    script = tmp_path / "asked.py"
    script.write_text(_ASKED)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "(['bpa_assets.definitions', 'great_expectations', 'numba'], True)",
        "([], False)",
    ], done.stderr


def test_a_changed_dbt_project_or_file_of_the_code_is_another_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = code_stamp()
    assert code_stamp() == before
    with monkeypatch.context() as patch:
        patch.setattr("bpa_assets.kpis.project.project_version", lambda: "another")
        assert code_stamp() != before
    changed = tmp_path / "changed.py"
    changed.touch()  # now: after all others
    sources = [*warm_runs._sources(), changed]
    assert Path(warm_runs.__file__) in sources
    monkeypatch.setattr(warm_runs, "_sources", lambda: sources)
    assert code_stamp() != before


def test_dagsters_code_server_takes_its_way_to_start_runs_from_the_module_that_is_changed() -> None:
    assert 'self._mp_ctx = multiprocessing.get_context("spawn")' in inspect.getsource(server.DagsterApiServer.__init__)
    assert inspect.getsource(server).count("multiprocessing.get_context(") == 1
