"""Processes that belong to a command: started in groups of their own, watched, and gone when the command ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_GRACE_SECONDS = 12


@dataclass(frozen=True)
class Child:
    """One process with all that it has started: Ctrl-C reaches the command alone, which ends them in order."""

    name: str
    process: "subprocess.Popen[bytes]"

    def is_there(self) -> bool:
        """Whether any process of its group is alive."""
        self.process.poll()  # reaps it: a dead one that nobody asked about still counts as a member
        try:
            os.killpg(self.process.pid, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


@dataclass
class Children:
    """The processes of one command; what they print goes to `log`."""

    log: Path
    started: list[Child] = field(default_factory=list)
    _ends: tuple[int, int] = field(default_factory=os.pipe)

    def start(self, name: str, module: str, arguments: Sequence[object]) -> None:
        """Start `python -m module … --parent FD`: the descriptor closes when this process ends, however it does."""
        theirs, _ = self._ends
        command = [sys.executable, "-m", module, *map(str, arguments), "--parent", str(theirs)]
        with self.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, pass_fds=[theirs]
            )
        self.started.append(Child(name, process))

    def first_dead(self) -> Child | None:
        """A child that has ended although nobody told it to."""
        return next((child for child in self.started if child.process.poll() is not None), None)

    def stop(self) -> None:
        """End them, the last started first; who does not in time is killed."""
        for child in reversed(self.started):
            child.signal(signal.SIGTERM)
        if not _gone(self.started, seconds=_GRACE_SECONDS):
            self.kill()

    def kill(self) -> None:
        """End what is left, at once."""
        for child in self.started:
            child.signal(signal.SIGKILL)
        _gone(self.started, seconds=_GRACE_SECONDS)


def _gone(children: Iterable[Child], *, seconds: float) -> bool:
    end = time.monotonic() + seconds
    left = list(children)
    while left := [child for child in left if child.is_there()]:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
