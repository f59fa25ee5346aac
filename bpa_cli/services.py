"""The processes below `bpa dev`, one call of this module each: code server, web server, daemon, files.

The code server loads the definitions once; the web server and the daemon talk to it through a socket in a folder that
only this user may enter. Each ends when its parent does, whatever became of that.
"""

import argparse
import os
import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from bpa_resources.environment import ui_address
from bpa_resources.file_server import LOOPBACK, file_app, only_by_our_names
from bpa_resources.home import this_home

_LOADING_SECONDS = 180
_LAST_WORDS_SECONDS = 20


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one service until it is told to stop."""
    parser = argparse.ArgumentParser(prog="bpa_cli.services", description="A process below bpa dev.")
    parser.add_argument("service", choices=sorted(_SERVICES))
    parser.add_argument("--parent", type=int, required=True, help="descriptor that is closed when the parent ends")
    parser.add_argument("--socket", type=Path, help="where the code server listens")
    parser.add_argument("--port", type=int)
    asked = parser.parse_args(arguments)
    threading.Thread(target=_end_with_parent, args=[asked.parent], daemon=True).start()
    _SERVICES[asked.service](asked)


def _end_with_parent(descriptor: int) -> None:
    """The other end is the parent's: nothing is ever written there, so a read returns when the parent is gone."""
    os.read(descriptor, 1)
    os.killpg(0, signal.SIGTERM)  # runs too, which are in this group
    time.sleep(_LAST_WORDS_SECONDS)
    os.killpg(0, signal.SIGKILL)


def _serve_code(asked: argparse.Namespace) -> None:
    from dagster._cli.api import grpc_command

    from bpa_cli.warm_runs import fork_runs_from_a_warm_process

    fork_runs_from_a_warm_process()
    options = ["--socket", str(asked.socket), "--module-name", "bpa_assets.definitions", "--location-name", "bpa"]
    grpc_command.main([*options, "--log-level", "warning"], standalone_mode=False)


def _serve_ui(asked: argparse.Namespace) -> None:
    import uvicorn
    from dagster import DagsterInstance
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster_webserver.app import create_app_from_workspace_process_context
    from dagster_webserver.version import __version__

    from bpa_resources.instance import wait_when_locked

    wait_when_locked()
    _wait_for_code(asked.socket)
    with (
        DagsterInstance.get() as instance,
        WorkspaceProcessContext(
            instance, WorkspaceFileTarget([str(_workspace(asked.socket))]), version=__version__
        ) as workspace,
    ):
        app = create_app_from_workspace_process_context(workspace, live_data_poll_rate=2000)
        # Whoever reaches the UI may start runs: it has no log-in, so a page from elsewhere must not reach it.
        app.user_middleware.insert(0, only_by_our_names())
        uvicorn.run(app, host=LOOPBACK, port=asked.port, log_level="warning", timeout_graceful_shutdown=2)


def _run_daemon(asked: argparse.Namespace) -> None:
    from dagster._daemon.cli import run_command

    from bpa_resources.instance import wait_when_locked

    wait_when_locked()
    _wait_for_code(asked.socket)
    run_command.main(["-w", str(_workspace(asked.socket)), "--log-level", "warning"], standalone_mode=False)


def _serve_files(asked: argparse.Namespace) -> None:
    import uvicorn

    app = file_app(this_home(), ui=ui_address())
    uvicorn.run(app, host=LOOPBACK, port=asked.port, log_level="warning", timeout_graceful_shutdown=2)


def _wait_for_code(socket: Path) -> None:
    """Return when the code server answers: it takes as long as the definitions take to load."""
    from dagster._core.errors import DagsterUserCodeUnreachableError
    from dagster._grpc.client import DagsterGrpcClient

    client = DagsterGrpcClient(socket=str(socket))
    end = time.monotonic() + _LOADING_SECONDS
    while True:
        try:
            client.ping("")
        except DagsterUserCodeUnreachableError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def _workspace(socket: Path) -> Path:
    """The file that tells Dagster where the code server is: written by the parent, beside the socket."""
    return socket.with_name("workspace.yaml")


_SERVICES = {"code": _serve_code, "ui": _serve_ui, "daemon": _run_daemon, "files": _serve_files}

if __name__ == "__main__":
    main()
