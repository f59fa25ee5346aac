"""What a broken network does at the worst moment: an answer is lost, or somebody answers the wrong thing."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def wire_that_loses_the_answer_to(message: bytes, port: int) -> Iterator[int]:
    """A port that leads to `port` of this machine: bytes with `message` still arrive, and then the line is dead."""
    cut = threading.Event()

    def carry(client: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", port)) as server:
            back = threading.Thread(target=_pass_on, args=(server, client, b"", cut))
            back.start()
            _pass_on(client, server, message, cut)
            back.join()

    with _listening("127.0.0.1", carry) as own_port:
        yield own_port


@contextmanager
def listener_that_says(answer: bytes, host: str) -> Iterator[tuple[int, list[bytes]]]:
    """A port, and what was heard there: it answers the first bytes with `answer` and hears once more."""
    heard: list[bytes] = []

    def listen(client: socket.socket) -> None:
        heard.append(client.recv(1024))
        client.sendall(answer)
        heard.append(client.recv(1024))

    with _listening(host, listen) as port:
        yield port, heard


@contextmanager
def _listening(host: str, serve: Callable[[socket.socket], None]) -> Iterator[int]:
    listener = socket.create_server((host, 0))
    threads: list[threading.Thread] = []
    clients: list[socket.socket] = []

    def one(client: socket.socket) -> None:
        with client, suppress(OSError):
            serve(client)

    def accept() -> None:
        with suppress(OSError):
            while True:
                clients.append(listener.accept()[0])
                threads.append(threading.Thread(target=one, args=(clients[-1],)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        for end in (listener, *clients):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in [acceptor, *threads]:
            thread.join(5)


def _pass_on(source: socket.socket, target: socket.socket, message: bytes, cut: threading.Event) -> None:
    with suppress(OSError):
        while (data := source.recv(65536)) and not cut.is_set():
            if message and message in data:
                cut.set()
            target.sendall(data)
            if cut.is_set():
                time.sleep(0.2)  # what was sent takes effect before the line is seen to be dead
                break
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
