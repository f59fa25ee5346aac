"""`bpa dev`: the Dagster UI with its daemon, and the files of the home, until it is told to stop."""

import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from filelock import Timeout

from bpa_cli.children import Children
from bpa_resources.alert_files import AlertFiles
from bpa_resources.environment import alert_mail, alert_webhook, name_reports, name_ui, nightly
from bpa_resources.errors import InputError
from bpa_resources.file_server import LOOPBACK
from bpa_resources.home import Home, this_home

PORT = 3000
_LOOK_SECONDS = 0.5
_STARTING_SECONDS = 240
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopError(Exception):
    """A signal has told us to stop."""


@dataclass(frozen=True)
class Addresses:
    """Where the two servers listen."""

    ui_port: int
    files_port: int

    @property
    def ui(self) -> str:
        """The Dagster UI."""
        return f"http://{LOOPBACK}:{self.ui_port}"

    @property
    def files(self) -> str:
        """The files of the home."""
        return f"http://{LOOPBACK}:{self.files_port}"


class NewAlerts:
    """Prints the alerts that are raised from now on, each once."""

    def __init__(self, files: AlertFiles) -> None:
        self._files = files
        self._told = {alert.id for alert in files.all()}

    def tell(self) -> None:
        """Print those that are new since the last call."""
        for alert in self._files.all():
            if alert.id not in self._told:
                self._told.add(alert.id)
                print(f"alert: {alert.text}", flush=True)


def dev(port: int = PORT) -> int:
    """Serve until a signal: exit status 0, or 1 if a part of it ended by itself. Errors: InputError."""
    home = this_home()
    _check_settings()
    addresses = _addresses(port)
    with ExitStack() as stack:
        stack.enter_context(_the_only_one(home))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bpa-dev-")))
        stack.enter_context(_signals_stop())
        name_ui(addresses.ui)
        name_reports(addresses.files)
        _prepare(home)
        children, alerts = Children(_fresh_log(home)), NewAlerts(AlertFiles(home.alerts))
        try:
            return _serve(home, addresses, children, alerts, folder)
        except _StopError:
            print("stopping…", flush=True)
            return 0
        finally:
            _end(home, children)
            alerts.tell()


def _serve(home: Home, addresses: Addresses, children: Children, alerts: NewAlerts, folder: Path) -> int:
    code = folder / "code.sock"
    (folder / "workspace.yaml").write_text(
        f"load_from:\n  - grpc_server:\n      socket: {code}\n      location_name: bpa\n", encoding="utf-8"
    )
    services: dict[str, list[object]] = {
        "code": ["--socket", code],
        "ui": ["--socket", code, "--port", addresses.ui_port],
        "daemon": ["--socket", code],
        "files": ["--port", addresses.files_port],
    }
    for name, options in services.items():
        children.start(name, "bpa_cli.services", [name, *options])
    waiting = {addresses.ui: "Dagster UI", addresses.files: "reports"}
    end = time.monotonic() + _STARTING_SECONDS
    while (dead := children.first_dead()) is None:
        if waiting:
            waiting = _announce(home, waiting, addresses)
            if waiting and time.monotonic() > end:
                print(f"bpa: {', '.join(waiting.values())} did not start in time; see {children.log}", file=sys.stderr)
                return 1
        alerts.tell()
        time.sleep(_LOOK_SECONDS)
    print(
        f"bpa: the {dead.name} process ended by itself: {_last_line(children.log)} (see {children.log})",
        file=sys.stderr,
    )
    return 1


def _announce(home: Home, waiting: dict[str, str], addresses: Addresses) -> dict[str, str]:
    """Print the addresses when both answer; returns what does not answer yet."""
    waiting = {url: what for url, what in waiting.items() if not _answers(url)}
    if not waiting:
        print(f"Dagster UI  {addresses.ui}")
        print(f"reports     {addresses.files}")
        print(f"inbox       {home.inboxes}/PROCESS/: files dropped there are refreshed and published")
        print("Ctrl-C stops it", flush=True)
    return waiting


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _check_settings() -> None:
    """What is wrong in the environment is told now, not by a sensor at night."""
    nightly()
    alert_webhook()
    alert_mail()


def _addresses(port: int) -> Addresses:
    """The port asked for and the next; with 0 any two that are free."""
    if port == 0:
        with socket.socket() as one, socket.socket() as other:
            one.bind((LOOPBACK, 0))
            other.bind((LOOPBACK, 0))
            return Addresses(one.getsockname()[1], other.getsockname()[1])
    if not 0 < port < 65535:
        raise InputError(f"{port} is no port: choose one from 1 to 65534")
    for each in (port, port + 1):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((LOOPBACK, each))
            except OSError as error:
                raise InputError(
                    f"port {each} cannot be used ({error.strerror}); choose another: bpa dev --port N"
                ) from None
    return Addresses(port, port + 1)


@contextmanager
def _the_only_one(home: Home) -> Iterator[None]:
    try:
        with home.dev_lock().acquire(blocking=False):
            yield
    except Timeout:
        raise InputError(f"another bpa dev serves {home.folder} already; stop it first") from None


@contextmanager
def _signals_stop() -> Iterator[None]:
    """Signals raise _StopError here; a second one does not disturb the stopping.

    SIGINT too where it was ignored, as in what a script starts in the background. SIGHUP stays ignored under nohup.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        for one in _SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        raise _StopError

    before = {one: signal.getsignal(one) for one in _SIGNALS}
    for one, handler in before.items():
        if one != signal.SIGHUP or handler != signal.SIG_IGN:
            signal.signal(one, stop)
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _prepare(home: Home) -> None:
    """Make what the parts expect, and close what an earlier one left when it was killed."""
    from bpa_resources.instance import open_instance
    from bpa_resources.leftovers import close_killed_runs, close_stopped_runs

    home.inboxes.mkdir(parents=True, exist_ok=True)
    with open_instance(home) as instance:
        close_stopped_runs(instance)
        close_killed_runs(home, instance)


def _end(home: Home, children: Children) -> None:
    """Stop the parts; runs that were at work are recorded as stopped, so that they are done again."""
    from bpa_resources.instance import open_instance
    from bpa_resources.leftovers import close_stopped_runs, mark_stopped, runs_at_work

    try:
        with suppress(Exception), open_instance(home) as instance:  # a database that is gone must not keep them alive
            mark_stopped(instance, runs_at_work(instance))
    finally:
        children.stop()
    with open_instance(home) as instance:
        close_stopped_runs(instance)


def _fresh_log(home: Home) -> Path:
    """Where the parts print; that of the time before is kept."""
    log = home.dagster / "dev.log"
    if log.exists():
        log.rename(log.with_suffix(".log.1"))
    return log


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")[:300]
