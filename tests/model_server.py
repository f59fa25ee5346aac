"""A language model's server for tests: a real HTTP server on this machine that speaks OpenAI's protocol as told."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["_Handler"], None]


@dataclass
class ModelServer:
    """Where it listens, what it was asked, and what it answers: one reply a request, the last again and again."""

    replies: list[Reply]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the requests."""
        return [request["body"] for request in self.requests]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.model.requests.append(
            {"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body}
        )
        self.asked = body
        reply = self.model.replies[min(len(self.model.requests), len(self.model.replies)) - 1]
        self.close_connection = True
        try:
            reply(self)
        except OSError:  # the client had enough
            return

    def send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Type": "application/json", "Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def model_server(*replies: Reply) -> Iterator[ModelServer]:
    """Serve until the end of the block; no reply outlives it."""
    model = ModelServer(list(replies))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": model}))
    server.daemon_threads = True
    model.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        model.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def says(
    content: object, *, end: str = "stop", usage: Mapping[str, object] | None = None, refusal: str | None = None
) -> Reply:
    """Answer with this text, or with this object as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    completion: dict[str, Any] = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": end}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120} if usage is None else usage,
    }  # fmt: skip
    return lambda handler: handler.send(200, json.dumps(completion).encode())


def sends(body: bytes, *, status: int = 200, **headers: str) -> Reply:
    """Answer with these bytes."""
    return lambda handler: handler.send(status, body, **headers)


def fails(status: int, said: str = "no", param: str | None = None, **headers: str) -> Reply:
    """Answer with an error of the protocol."""
    error = {"error": {"message": said, "type": "error", "param": param, "code": None}}
    return lambda handler: handler.send(status, json.dumps(error).encode(), **headers)


def refuses(option: str, otherwise: Reply) -> Reply:
    """Refuse requests that have this option (`response_format` may be narrowed: `json_schema`)."""

    def reply(handler: _Handler) -> None:
        form = handler.asked.get("response_format", {}).get("type")
        refused = option == form or option in handler.asked
        (fails(400, f"Unsupported parameter: '{option}'", option) if refused else otherwise)(handler)

    return reply


def hangs(handler: _Handler) -> None:
    """Take the request and say nothing."""
    handler.model.closing.wait(60)


def trickles(handler: _Handler) -> None:
    """Send a byte every 50 ms, for ever: each of them restarts a client's read time-out."""
    handler.send(200, b" ", Content_Length="1000000")
    while not handler.model.closing.wait(0.05):
        handler.wfile.write(b" ")


def trickles_headers(handler: _Handler) -> None:
    """The same, before the answer has even begun."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.model.closing.wait(0.05):
        handler.wfile.write(b"x")


def floods(handler: _Handler) -> None:
    """Send 100 MB."""
    handler.send(200, b"", Content_Length=str(100 << 20))
    for _ in range(100):
        handler.wfile.write(b" " * (1 << 20))
