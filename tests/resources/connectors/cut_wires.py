"""A wire to a real server that loses the answer to one message: what a broken network does at the worst moment."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def wire_that_loses_the_answer_to(message: bytes, port: int) -> Iterator[int]:
    """A port that leads to `port` of this machine: bytes with `message` still arrive, and then the line is dead."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, message, port), daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _accept(listener: socket.socket, message: bytes, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            cut = threading.Event()
            for source, target, sign in ((client, server, message), (server, client, b"")):
                threading.Thread(target=_pass_on, args=(source, target, sign, cut), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, message: bytes, cut: threading.Event) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            if message and message in data:
                cut.set()
                target.sendall(data)
                break
            if cut.is_set():
                break
            target.sendall(data)
    if message and cut.is_set():
        threading.Event().wait(0.2)  # what was sent takes effect before the line is seen to be dead
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
