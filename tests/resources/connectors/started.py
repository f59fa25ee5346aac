"""A real server in a process of its own, for as long as a test needs it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def started(module: str, function: str, arguments: Sequence[str], port: int) -> Iterator[int]:
    """Run `module.function` as a program until it listens on `port`; it is ended with the test."""
    program = f"import sys; from {module} import {function} as main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _listens(port):
            assert process.poll() is None, f"{module} ended at once"
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
