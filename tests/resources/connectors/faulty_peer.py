"""A real HTTP server on this machine that keeps orders and misbehaves as told: what the engine is tried against."""

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text) if self.text else None

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.text))


@dataclass
class Peer:
    """What it did: `orders`, one row an effect. `faults`: what happens to the next requests, one each, in order.

    drop_before, drop_after: the connection breaks before or after the effect; cut_off: half of the answer; slow: bytes
    that never end; STATUS or STATUS_after: that answer, without or after the effect; STATUS:VALUE: with Retry-After;
    elsewhere, here, posted_here: redirects; page: a web page. `share`: so many of the requests fail, drawn by `dice`.
    """

    orders: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    faults: deque[str] = field(default_factory=deque)
    share: float = 0.0
    share_faults: tuple[str, ...] = ()
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    blind_searches: int = 0
    answers: dict[str, Any] = field(default_factory=dict)  # path: body or a function of Asked
    headers: dict[str, str] = field(default_factory=dict)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self) -> str:
        with self.lock:
            if self.faults:
                return self.faults.popleft()
            return self.dice.choice(self.share_faults) if self.dice.random() < self.share else ""

    def done(self, asked: Asked) -> tuple[int, Any]:
        """The effect of a request, and the answer to it."""
        with self.lock:
            answer = self.answers.get(asked.path)
            if answer is not None:
                return answer(asked) if isinstance(answer, Callable) else (200, answer)  # type: ignore[arg-type]
            if asked.method == "GET":
                return 200, self._found(asked.query)
            return self._written(asked)

    def _found(self, query: dict[str, str]) -> dict[str, Any]:
        if self.blind_searches:
            self.blind_searches -= 1
            return {"items": []}
        return {"items": [order for order in self.orders if order["mark"] == query.get("mark", order["mark"])]}

    def _written(self, asked: Asked) -> tuple[int, Any]:
        key = asked.headers.get("idempotency-key") or (asked.json or {}).get("id")
        if asked.method == "PUT":
            key = asked.path.rpartition("/")[2]
        there = next((order for order in self.orders if key and order["key"] == key), None)
        if there is not None:
            return (409, {"message": "it is there"}) if "id" in asked.json else (200, there)
        order = {"id": f"o-{len(self.orders) + 1}", "key": key, **asked.json}
        self.orders.append({"mark": "", **order})
        return 201, order


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    peer: Peer

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        headers = {name.casefold(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, text)
        self.peer.asked.append(asked)
        fault = self.peer.fault()
        if fault == "drop_before":
            self._break()
            return
        if fault and not fault.endswith(("_after", "cut_off", "slow")):
            self._refuse(fault)
            return
        status, body = self.peer.done(asked)
        if fault == "drop_after":
            self._break()
        elif fault.endswith("_after"):
            self._send(int(fault.removesuffix("_after")), {"message": "something broke"})
        elif fault == "slow":
            self._send_slowly()
        else:
            self._send(status, body, cut=fault == "cut_off")

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - names of the standard library

    def _refuse(self, fault: str) -> None:
        if fault == "page":
            self._send(200, "<html>log in</html>", {"Content-Type": "text/html"})
            return
        redirects = {"elsewhere": (307, "http://127.0.0.1:1/"), "here": (307, "/moved"), "posted_here": (302, "/moved")}
        if fault in redirects:
            status, place = redirects[fault]
            self._send(status, None, {"Location": place})
            return
        status_text, _, wait = fault.partition(":")
        self._send(int(status_text), {"message": "not now"}, {"Retry-After": wait} if wait else {})

    def _break(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _send_slowly(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(1000):
                self.wfile.write(b" ")
                time.sleep(0.02)
        except OSError:
            return

    def _send(self, status: int, body: Any, headers: dict[str, str] | None = None, *, cut: bool = False) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **self.peer.headers, **(headers or {})}
        self.send_response(status)
        for name, value in sent.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that the client ended is what is tried here."""


@contextmanager
def served(peer: Peer, wrap: Callable[[Any], Any] | None = None) -> Iterator[Peer]:
    """The peer, listening; `wrap` puts TLS around its socket."""
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": peer}))
    if wrap is not None:
        server.socket = wrap(server.socket)
    peer.url = f"{'https' if wrap else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
