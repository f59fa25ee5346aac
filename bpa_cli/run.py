"""`bpa run`: make these files the log of a process, refresh it, publish it, say where to look."""

import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from filelock import FileLock, Timeout

from bpa_assets.analyst_rules import read_analyst_rules
from bpa_assets.event_log.plain_files import kind_of
from bpa_assets.process_key import check_process_key, process_key
from bpa_assets.process_model.conformance.reference import check_reference
from bpa_assets.settings import read_process_config
from bpa_cli.progress import Progress
from bpa_cli.report import print_summary
from bpa_resources.errors import InputError
from bpa_resources.home import Home, this_home
from bpa_resources.inbox import Inbox, check_is_file
from bpa_resources.publication import replace_file

DEMO = "order-to-cash"


@dataclass(frozen=True)
class Request:
    """What was asked for."""

    logs: tuple[Path, ...]
    process: str | None = None
    config: Path | None = None
    reference: Path | None = None
    rules: Path | None = None
    add: bool = False
    verbose: bool = False


def run(request: Request) -> int:
    """Refresh one process and publish it; returns the exit status. Errors: InputError."""
    home = this_home()
    begun = monotonic()
    logs = request.logs
    if not logs and not request.process and not _processes(home):
        request = _demo(request, home)
        logs = request.logs
    process = process_of(request, home)
    for log in logs:
        if log.is_symlink() or log.exists():
            kind_of(log)
    if request.config is not None:
        read_process_config(request.config)
    if request.rules is not None:
        read_analyst_rules(request.rules)
    if request.reference is not None:
        check_is_file(request.reference)
        check_reference(request.reference)
    progress = Progress(process, verbose=request.verbose)
    with _its_turn(home.process_lock(process), process, progress):
        inbox = Inbox(home.inbox(process))
        try:
            inbox.tidy()
            status = _refresh(home, process, _received(inbox, process, logs, request, progress), progress)
        finally:
            inbox.tidy()  # files that were refused go, and so does the inbox of a process that never came to be
    if status == 0:
        status = _push(home, process, progress) or _publish(home, process, progress)
    if status == 0:
        print_summary(home, process, seconds=monotonic() - begun)
    return status


def _its_turn(lock: FileLock, process: str, progress: Progress) -> AbstractContextManager[object]:
    """The process's lock; who has to wait for it is told so."""
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        progress.tell([f"another run of {process} is at work; this one waits for it to end"])
        return lock.acquire()


def _received(inbox: Inbox, process: str, logs: tuple[Path, ...], request: Request, progress: Progress) -> str:
    """The token of the new files, or "" if the inbox is to be read as it is."""
    progress.tell(inbox.passed_over())
    if not (logs or request.config or request.reference or request.rules):
        if not inbox.logs():
            raise InputError(f"the inbox of {process} holds no log; give one: bpa run LOG --process {process}")
        return ""
    received = inbox.receive(
        logs, config=request.config, reference=request.reference, rules=request.rules, add=request.add
    )
    progress.tell(received.ignored)
    return received.token


def _refresh(home: Home, process: str, token: str, progress: Progress) -> int:
    """The job `refresh_process`, in this OS process, on the instance that the UI shows."""
    from bpa_cli.launch import forget_process, launch, open_instance
    from bpa_resources.leftovers import close_dead_runs
    from bpa_resources.run_tags import PROCESS_TAG

    config = {"ops": {"read_event_log": {"config": {"incoming": token}}}}
    with open_instance(home, process) as instance:
        close_dead_runs(instance, "refresh_process", tags={PROCESS_TAG: process})
        ended = launch("refresh_process", instance, partition=process, run_config=config, watch=progress)
        if not Inbox(home.inbox(process)).logs():
            forget_process(instance, process)
        return progress.outcome(ended)


def _push(home: Home, process: str, progress: Progress) -> int:
    """What the process asks for enters the ledger, and what needs nobody is sent, if it has switched pushing on."""
    from bpa_assets.actions.entering import pushing
    from bpa_cli.push import enter_and_send

    return enter_and_send(home, progress) if process in pushing(home) else 0


def _publish(home: Home, process: str, progress: Progress) -> int:
    """The job `refresh_kpis`, unless another run has published this one on the way."""
    from bpa_assets.kpis.project import project_version
    from bpa_cli.launch import launch, open_instance
    from bpa_resources.kpi_database import is_published
    from bpa_resources.lake import ProcessLake
    from bpa_resources.leftovers import close_dead_runs

    with home.kpi_lock():
        publication = ProcessLake(home, process, "").publication()
        if publication and is_published(home, publication, project_version=project_version()):
            return 0
        with open_instance(home) as instance:
            close_dead_runs(instance, "refresh_kpis")
            return progress.outcome(launch("refresh_kpis", instance, watch=progress))


def process_of(request: Request, home: Home) -> str:
    """The process that is meant. Errors: InputError."""
    if request.process is not None:
        return check_process_key(request.process)
    if request.logs:
        return process_key(request.logs[0].name)
    known = _processes(home)
    if len(known) > 1:
        raise InputError(f"which process? {home.folder} has {', '.join(known)}; say --process KEY, or give a LOG")
    return known[0] if known else DEMO


def _processes(home: Home) -> list[str]:
    folder = home.folder / "inbox"
    return sorted(path.name for path in folder.iterdir() if Inbox(path).logs()) if folder.is_dir() else []


def _demo(request: Request, home: Home) -> Request:
    """The same for the demo log, with its settings, rules and connections; the truth never enters the inbox."""
    from bpa_assets.event_log.demo.log_file import write_demo_log
    from bpa_assets.event_log.demo.settings import connections_yaml, process_yaml, rules_yaml

    home.demo.mkdir(parents=True, exist_ok=True)
    path = home.demo / f"{DEMO}.csv"
    write_demo_log(path)
    print(f"no log was given: here is a generated one, {path}; beside it, what is planted in it", file=sys.stderr)
    config, rules, connections = home.demo / "process.yaml", home.demo / "rules.yaml", home.folder / "connections.yaml"
    replace_file(config, process_yaml().encode())
    replace_file(rules, rules_yaml().encode())
    if not connections.exists():
        replace_file(connections, connections_yaml().encode())
    return replace(request, logs=(path,), config=request.config or config, rules=request.rules or rules)
