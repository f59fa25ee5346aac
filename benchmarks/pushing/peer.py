"""A system to push to, in a process of its own: it counts each effect, and fails as often as it is told.

`POST /tickets` has an effect; a key (`Idempotency-Key`) has its effect once, as at systems that keep keys. `GET
/tickets?mark=` finds what carries a mark. `GET /seen` says what there was, and never fails.
"""

import argparse
import json
import random
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks.measure import REPOSITORY

FATES = ("drop_before", "drop_after", "cut_off", "429", "500", "503", "500_after")
"""What a failing request meets: no answer before or after the effect, half of one, or a status (of these)."""

# The peer as a system of the home: with keys, with a search, and with neither.
MANIFEST = """
system: peer
title: Peer
driver: rest
described_by: benchmarks/pushing/peer.py
connection: {url: {meaning: where it is, type: url}}
base_url: ${connection.url}
hosts: ["${connection.url}"]
verify: find
operations:
  find:
    meaning: tickets with a mark
    effect: read
    risk: low
    request: {method: GET, path: /tickets, query: {mark: "${input.mark}"}}
    input: {properties: {mark: {type: string}}}
    output: {tickets: items}
  keyed:
    meaning: opens a ticket; the same key opens it once
    effect: write
    risk: low
    request: {method: POST, path: /tickets, body: {case: "${input.case}"}}
    input: {properties: {case: {type: string}}, required: [case]}
    output: {ticket: ticket}
    idempotency: {strategy: key_header, header: Idempotency-Key}
  searched:
    meaning: opens a ticket that carries its mark
    effect: write
    risk: low
    request: {method: POST, path: /tickets, body: {case: "${input.case}", mark: "${key}"}}
    input: {properties: {case: {type: string}}, required: [case]}
    output: {ticket: ticket}
    idempotency: {strategy: search_then_create, search: find, search_input: {mark: "${key}"}, found: items}
  plain:
    meaning: opens a ticket, each time
    effect: write
    risk: low
    request: {method: POST, path: /tickets, body: {case: "${input.case}"}}
    input: {properties: {case: {type: string}}, required: [case]}
    output: {ticket: ticket}
"""


@dataclass(frozen=True)
class Peer:
    """A peer that runs."""

    url: str

    def seen(self) -> tuple[Counter[str], Counter[str]]:
        """Effects by case, and requests that had an effect or could have had one by fate ("": it was answered)."""
        with urllib.request.urlopen(f"{self.url}/seen", timeout=60) as answer:  # noqa: S310 - our own, on this machine
            told = json.load(answer)
        return Counter(told["effects"]), Counter(told["requests"])


@contextmanager
def running(*, share: float = 0.0, seconds: float = 0.0, seed: int = 1) -> Iterator[Peer]:
    """A peer; `share` of the requests fail, an answer takes `seconds`."""
    options = [f"--share={share}", f"--seconds={seconds}", f"--seed={seed}"]
    command = [sys.executable, "-m", "benchmarks.pushing.peer", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        try:
            assert process.stdout is not None
            yield Peer(process.stdout.readline().strip())
        finally:
            process.kill()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, share: float, seconds: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share, self.seconds, self.random, self.lock = share, seconds, random.Random(seed), threading.Lock()
        self.tickets: list[dict[str, Any]] = []
        self.by_key: dict[str, dict[str, Any]] = {}
        self.requests: Counter[str] = Counter()

    def fate(self) -> str:
        with self.lock:
            fate = self.random.choice(FATES) if self.random.random() < self.share else ""
            self.requests[fate] += 1
            return fate

    def take(self, key: str, content: dict[str, Any]) -> dict[str, Any]:
        with self.lock:
            if key and key in self.by_key:
                return self.by_key[key]
            ticket = {"ticket": f"T-{len(self.tickets) + 1}", **content}
            self.tickets.append(ticket)
            self.by_key |= {key: ticket} if key else {}
            return ticket

    def seen(self) -> dict[str, Any]:
        with self.lock:
            return {"effects": Counter(one["case"] for one in self.tickets), "requests": self.requests}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/seen":
            self._send(200, self.server.seen())
            return
        mark = dict(parse_qsl(urlsplit(self.path).query)).get("mark")
        fate = self.server.fate().removesuffix("_after")
        if fate.isdigit():
            self._send(int(fate), {})
        else:
            self._answer(fate, 200, {"items": [one for one in self.server.tickets if one.get("mark") == mark]})

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fate = self.server.fate()
        if fate == "drop_before":
            self.close_connection = True
            return
        if fate.isdigit():
            self._send(int(fate), {})
            return
        ticket = self.server.take(self.headers.get("Idempotency-Key", ""), content)
        time.sleep(self.server.seconds)
        self._answer(fate, 500 if fate == "500_after" else 201, ticket)

    def _answer(self, fate: str, status: int, content: dict[str, Any]) -> None:
        if fate.startswith("drop"):
            self.close_connection = True
        else:
            self._send(status, content, cut=fate == "cut_off")

    def _send(self, status: int, content: dict[str, Any], *, cut: bool = False) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the screen."""


def main() -> None:
    """Serve until killed; the first line says where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    server = _Server(asked.share, asked.seconds, asked.seed)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
