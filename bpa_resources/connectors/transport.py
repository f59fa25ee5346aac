"""HTTP, one request at a time and bounded: the only module here that imports httpx.

Add here what holds for every request: addresses, redirects, TLS, sizes, times. Nothing is tried twice, nothing is
raised for what a peer does, and no proxy or .netrc of the machine is used. Authentication is in `auth`.
"""

import json
import logging
import math
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from bpa_resources.connectors.driver import Answer, Connection
from bpa_resources.connectors.hosts import refusal
from bpa_resources.connectors.request_template import Request
from bpa_resources.connectors.unreached import no_connection
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import httpx

LONGEST_BODY_BYTES = 16 << 20
MOST_REDIRECTS = 3

# A socket that was idle for longer may be closed at the other end, and a request on it is lost without an answer.
_IDLE_SECONDS = 2.0
_LONGEST_WAIT = 86_400.0
_REDIRECTS = {301, 302, 307, 308}
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "bpa"}


@dataclass(frozen=True)
class Tls:
    """Files of a connection's TLS: a private authority to trust besides the known ones, and our certificate."""

    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @classmethod
    def of(cls, connection: Connection, home: Path) -> "Tls":
        """By the settings `ca_file`, `client_certificate` and `client_key`, relative to the home."""
        named = (connection.settings.get(name) for name in ("ca_file", "client_certificate", "client_key"))
        return cls(*(home / name if name else None for name in named))

    def context(self) -> ssl.SSLContext:
        """A context that verifies certificates and names. Raises InputError for files that cannot be used."""
        import httpx

        context = httpx.create_ssl_context(trust_env=False)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            if self.ca_file:
                context.load_verify_locations(self.ca_file)
            if self.certificate:
                context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            named = ", ".join(str(path) for path in (self.ca_file, self.certificate, self.key) if path)
            raise InputError(f"the TLS files {named} cannot be used ({type(error).__name__}); correct them") from None
        return context


class Transport:
    """Kept sockets and cookies of sessions: each connection has its own, also where two go to one host."""

    def __init__(self) -> None:
        self._clients: dict[tuple[str, Tls], httpx.Client] = {}
        # They log whole addresses, and some systems want their key there.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def send(self, request: Request, *, session: str, hosts: Collection[str], tls: Tls, seconds: float) -> Answer:
        """Send one request and read its answer within `seconds`, all in all.

        `body` of the answer: parsed JSON, text, or bytes for XML and what is no text. A redirect is followed only to
        the same origin, and only where the method stays: another one is an answer with its status of 3xx.
        """
        until = time.monotonic() + seconds
        url = _with_query(request)
        for _ in range(MOST_REDIRECTS + 1):
            if problem := refusal(url, hosts):
                return Answer("answer", sent=False, status=0, reason=problem)
            answer = self._exchange(url, request, self._client(session, tls), until)
            target = _same_origin_target(url, request.method, answer)
            if target is None:
                return answer
            url = target
        return Answer("answer", status=answer.status, reason="it redirects in circles")

    def forget_cookies(self, session: str) -> None:
        """Begin a new session with the server."""
        for (name, _), client in self._clients.items():
            if name == session:
                client.cookies.clear()

    def close(self) -> None:
        """Close all sockets."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _exchange(self, url: str, request: Request, client: "httpx.Client", until: float) -> Answer:
        import httpx

        try:
            response = client.send(_built(client, url, request, until), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Answer("no_answer", sent=False, reason=no_connection(error, url))
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            return Answer("answer", sent=False, reason=f"the request cannot be sent ({type(error).__name__})")
        except httpx.TransportError as error:
            return Answer("no_answer", reason=f"no answer ({type(error).__name__})")
        try:
            return _read(response, until)
        finally:
            response.close()

    def _client(self, session: str, tls: Tls) -> "httpx.Client":
        import httpx

        if (session, tls) not in self._clients:
            limits = httpx.Limits(keepalive_expiry=_IDLE_SECONDS)
            client = httpx.Client(verify=tls.context(), trust_env=False, limits=limits)
            self._clients[session, tls] = client
        return self._clients[session, tls]


def seconds_until(text: str, now: datetime) -> float | None:
    """What a Retry-After header asks for (RFC 9110, 10.2.3): seconds, or a date; None for what is neither.

    At most a day: after it we ask again, whatever the server said.
    """
    if text.strip().isascii() and text.strip().isdigit():
        return min(float(text), _LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _built(client: "httpx.Client", url: str, request: Request, until: float) -> "httpx.Request":
    import httpx

    content, kind = _content(request)
    headers = httpx.Headers({**_HEADERS, **({"Content-Type": kind} if kind else {})})
    headers.update(dict(request.headers))
    left = max(until - time.monotonic(), 0.001)
    return client.build_request(request.method, url, headers=headers, content=content, timeout=left)


def _with_query(request: Request) -> str:
    if not request.query:
        return request.url
    joint = "&" if urlsplit(request.url).query else "?"
    return f"{request.url}{joint}{urlencode(request.query, quote_via=quote)}"


def _content(request: Request) -> tuple[bytes | None, str]:
    """The bytes of the body and their media type."""
    if request.body is not None:
        text = json.dumps(request.body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return text.encode(), "application/json"
    if request.form is not None:
        return urlencode(request.form).encode(), "application/x-www-form-urlencoded"
    if request.content is not None:
        return request.content.encode(), "text/plain; charset=utf-8"
    return None, ""


def _same_origin_target(url: str, method: str, answer: Answer) -> str | None:
    """Where to go on: nowhere, if it would be another server, or if the method would change on the way."""
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return None
    if method not in ("GET", "HEAD") and answer.status in (301, 302):
        return None
    try:
        target = urljoin(url, location)
        same = urlsplit(target)[:2] == urlsplit(url)[:2]
    except ValueError:
        return None
    return target if same else None


def _read(response: "httpx.Response", until: float) -> Answer:
    """The answer with its body. One that is cut off, too long or too slow is no answer: it may say no."""
    import httpx

    content = bytearray()
    try:
        for part in response.iter_bytes():
            content += part
            if len(content) > LONGEST_BODY_BYTES:
                return Answer("no_answer", reason=f"the answer is longer than {LONGEST_BODY_BYTES >> 20} MB")
            if time.monotonic() > until:
                return Answer("no_answer", reason="the answer did not end in time (ReadTimeout)")
        body = _parsed(bytes(content), response.headers.get("content-type", ""))
    except (httpx.TransportError, httpx.DecodingError, ValueError, RecursionError) as error:
        return Answer("no_answer", reason=f"the answer was cut off or cannot be read ({type(error).__name__})")
    headers: Mapping[str, str] = {name.casefold(): value for name, value in response.headers.items()}
    asked = headers.get("retry-after")
    wait = seconds_until(asked, datetime.now(UTC)) if asked else None
    return Answer("answer", status=response.status_code, headers=headers, body=body, retry_after=wait)


def _parsed(content: bytes, kind: str) -> Any:
    media = kind.partition(";")[0].strip().casefold()
    if not content:
        return None
    if media == "application/json" or media.endswith("+json"):
        return json.loads(content, parse_constant=_finite, parse_float=_finite)
    return content.decode() if media.startswith("text/") and media != "text/xml" else content


def _finite(text: str) -> float:
    """A number that JSON can hold again: not NaN, nor 1e999."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
