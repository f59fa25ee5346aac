"""Starting pieces of work and commands in fresh processes, and taking what they used and found."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

REPOSITORY = Path(__file__).parent.parent
_LAST_LINES = 3
_MEGABYTE = 1e6


class PieceFailedError(Exception):
    """A piece or a command ended with an error; the last lines it said."""


@dataclass(frozen=True)
class Measured:
    """What one piece used, and what it found (JSON values)."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float
    found: dict[str, Any] = field(default_factory=dict)


def tell(sentence: str) -> None:
    """Progress, for a person."""
    print(f"  {sentence}", file=sys.stderr, flush=True)


def run_piece(piece: Callable[..., dict[str, Any]], *, runs: int = 1, **arguments: object) -> Measured:
    """Run `piece(work, **arguments)` in a fresh process, `runs` times; the run with the least CPU.

    Arguments must be JSON values or paths. Errors: PieceFailedError.
    """
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in arguments.items()}
    measured = [_run_once(f"{piece.__module__}:{piece.__qualname__}", json.dumps(plain)) for _ in range(runs)]
    best = min(measured, key=lambda one: one.cpu_seconds)
    _tell_used(piece.__name__, best)
    return best


def run_command(command: Sequence[str], *, name: str) -> Measured:
    """Run a command to its end; what it and the processes it waited for used. Errors: PieceFailedError."""
    (measured,) = run_together([command])
    if measured.found["status"]:
        raise PieceFailedError(f"{name} ended with {measured.found['status']}: {measured.found['said']}")
    _tell_used(name, measured)
    return measured


def run_together(commands: Sequence[Sequence[str]]) -> list[Measured]:
    """Start commands at once and wait for all; `found`: the exit `status` and the last lines `said` on stderr.

    None outlives us: whoever stops the measurement stops them too.
    """
    begun = time.perf_counter()
    with ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in commands]
        running: list[subprocess.Popen[bytes]] = []
        try:
            for command, words in zip(commands, said, strict=True):
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=words, cwd=REPOSITORY)
                running.append(process)
            return [_ended(process, words, begun) for process, words in zip(running, said, strict=True)]
        finally:
            for process in running:
                if process.returncode is None:
                    process.kill()
                    process.wait()


def _ended(process: "subprocess.Popen[bytes]", said: IO[str], begun: float) -> Measured:
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    said.seek(0)
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(
        used.ru_utime + used.ru_stime,
        time.perf_counter() - begun,
        used.ru_maxrss * unit / _MEGABYTE,
        {"status": process.returncode, "said": _last_lines(said.read())},
    )


def _run_once(target: str, arguments: str) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.piece", target, arguments, str(answer)]
        process = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd=REPOSITORY
        )
        if process.returncode:
            raise PieceFailedError(f"{target} ended with {process.returncode}: {_last_lines(process.stderr)}")
        return Measured(**json.loads(answer.read_text()))


def _last_lines(said: str) -> str:
    return " / ".join(line.strip() for line in said.strip().splitlines()[-_LAST_LINES:])


def _tell_used(name: str, used: Measured) -> None:
    tell(f"{name}: {used.cpu_seconds:.2f} CPU-s, {used.wall_seconds:.1f} s, {used.peak_megabytes:,.0f} MB")
