"""Another system, over real HTTP: it counts every effect, and now and then loses an answer or is out of order.

`POST /<case>` makes the effect of a case. With the header `Idempotency-Key` a key has its effect once, as at systems
that keep keys; without it every request has one. `lost`: the share of requests whose connection it drops, half of them
before the effect and half after it. `out_of_order`: which requests, by number, it answers with 503 and no effect.
"""

import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class EffectPeer:
    """The system and what it has seen."""

    def __init__(self, *, lost: float = 0.0, out_of_order: range = range(0), seed: int = 1) -> None:
        self.effects: Counter[str] = Counter()
        self.requests = 0
        self.by_fate: Counter[str] = Counter()
        self._keys: set[str] = set()
        self._lost, self._out_of_order, self._random = lost, out_of_order, random.Random(seed)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = False  # closing waits for what is under way
        self.port = self._server.server_port

    def __enter__(self) -> "EffectPeer":
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _take(self, case: str, key: str | None) -> str:
        """What becomes of a request: `done`, `refused` (503), `dropped before` or `dropped after` the effect."""
        with self._lock:
            self.requests += 1
            fate = "done"
            if self.requests in self._out_of_order:
                fate = "refused"
            elif self._random.random() < self._lost:
                fate = self._random.choice(("dropped before", "dropped after"))
            self.by_fate[fate] += 1
            if fate in ("done", "dropped after") and (key is None or key not in self._keys):
                self.effects[case] += 1
                self._keys.add(key or "")
            return fate

    def _handler(peer) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                fate = peer._take(self.path[1:], self.headers["Idempotency-Key"])
                if fate.startswith("dropped"):
                    self.close_connection = True
                    return
                self.send_response(503 if fate == "refused" else 201)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler
