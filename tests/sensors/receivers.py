"""The far end of alerts, on loopback: a web server that takes JSON, a mail server that takes letters."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """What arrived, and what is answered."""

    port: int = 0
    status: int = 200
    posts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)


@contextmanager
def webhook() -> Iterator[Received]:
    """A web server; `Received.status` is what it answers."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if received.status < 300:
                received.posts.append(json.loads(content))
                received.keys.append(self.headers["Idempotency-Key"])
            self.send_response(received.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        yield from _serving(server, received)


@contextmanager
def mail_server() -> Iterator[Received]:
    """A mail server that takes every letter, unencrypted."""
    received = Received()

    class Handler(socketserver.StreamRequestHandler):
        timeout = 30

        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().decode():
                if line.upper().startswith("DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    lines = []
                    while (part := self.rfile.readline().decode()) != ".\r\n":
                        lines.append(part)
                    received.letters.append("".join(lines))
                if line.upper().startswith("QUIT"):
                    self.wfile.write(b"221 bye\r\n")
                    return
                self.wfile.write(b"250 yes\r\n")

    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        yield from _serving(server, received)


def _serving(server: socketserver.BaseServer, received: Received) -> Iterator[Received]:
    received.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
