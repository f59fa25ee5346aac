"""A real server in a process of its own, for as long as a test needs it."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

_PORTS = range(20_000, 32_000)
"""Below those that systems give to outgoing connections: one of these is not taken by chance before it is used."""

_MOST_TRIES = 5


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    for port in random.SystemRandom().sample(_PORTS, 100):
        with suppress(OSError), closing(socket.create_server(("127.0.0.1", port))):
            return port
    raise AssertionError("no port is free")


@contextmanager
def started(module: str, function: str, arguments: Callable[[int], Sequence[str]]) -> Iterator[int]:
    """Run `module.function` as a program until it listens on the port that its arguments name; it ends with the test.

    On another port where somebody else was quicker to take the first.
    """
    program = f"import sys; from {module} import {function} as main; sys.exit(main())"
    for _ in range(_MOST_TRIES):
        port = free_port()
        command = [sys.executable, "-W", "ignore", "-c", program, *arguments(port)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None and not _listens(port):
                time.sleep(0.02)
            if process.poll() is None:
                yield port
                return
        finally:
            process.kill()
            process.wait()
    raise AssertionError(f"{module} ended at once, {_MOST_TRIES} times")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
