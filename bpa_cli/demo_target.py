"""`bpa demo-target`: a ticket desk on this machine that shows what was pushed to it, to try actions on.

It keeps everything in memory and takes the same `Idempotency-Key` once, as a good system does. Its manifest is
`bpa_resources/connectors/systems/demo_target.yaml`. It is a peer of demos and tests, and stays as small as that.
"""

import json
import sys
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import starmap
from typing import Any

from bpa_resources.errors import InputError

LOOPBACK = "127.0.0.1"
LARGEST = 1_000_000
_KINDS = {"/tickets": "ticket", "/notes": "note"}


class Desk(ThreadingHTTPServer):
    """What was pushed: `effects`, in the order in which they came; `by_key`: the answer to each key."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.effects: list[dict[str, Any]] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def take(self, kind: str, key: str, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and answer: 201 for something new, 200 for a key that was there before."""
        with self._lock:
            if key and key in self.by_key:
                return 200, self.by_key[key]
            answer = {kind: f"{kind[0].upper()}-{len(self.effects) + 1}", **content}
            self.effects.append(answer)
            if key:
                self.by_key[key] = answer
        print(f"{answer[kind]}  {content.get('title') or content.get('text', '')}", flush=True)
        return 201, answer


class _Handler(BaseHTTPRequestHandler):
    server: Desk
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer to a kept connection waits 40 ms for an acknowledgement

    def do_GET(self) -> None:
        if self.path == "/tickets":
            self._send(200, json.dumps({"tickets": self.server.effects}), "application/json")
        elif self.path == "/":
            self._send(200, _page(self.server.effects), "text/html; charset=utf-8")
        else:
            self._send(404, "{}", "application/json")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path not in _KINDS or not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self._send(404 if self.path not in _KINDS else 400, "{}", "application/json")
            return
        try:
            content = json.loads(self.rfile.read(int(length)))
        except ValueError:
            content = None
        if not isinstance(content, dict):
            self._send(400, "{}", "application/json")
            return
        status, answer = self.server.take(_KINDS[self.path], self.headers.get("Idempotency-Key", ""), content)
        self._send(status, json.dumps(answer), "application/json")

    def _send(self, status: int, text: str, kind: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests; effects are told where they happen."""


def _page(effects: list[dict[str, Any]]) -> str:
    lists = "".join(f"<dl>{''.join(starmap(_field, one.items()))}</dl><hr>" for one in effects) or "<p>Nothing yet.</p>"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Ticket desk</title><style>body{font-family:sans-serif;max-width:50rem;margin:auto;padding:1rem}"
        f"dt{{font-weight:bold}}</style><h1>What was pushed</h1>{lists}</html>"
    )


def _field(name: str, value: object) -> str:
    return f"<dt>{escape(name)}</dt><dd>{escape(str(value))}</dd>"


def demo_target(port: int) -> int:
    """Serve until it is told to stop; returns the exit status. Errors: InputError where the port is taken."""
    try:
        desk = Desk(port)
    except OSError as error:
        raise InputError(f"port {port} cannot be served ({error.strerror}); name another with --port") from None
    print(f"the ticket desk is at http://{LOOPBACK}:{desk.server_port}; Ctrl-C stops it", flush=True)
    try:
        desk.serve_forever()
    except KeyboardInterrupt:
        print(f"{len(desk.effects)} effects", file=sys.stderr)
    finally:
        desk.server_close()
    return 0
