"""HTTP, one request at a time and bounded: the only module here that imports httpx.

Add here what holds for every request: addresses, redirects, TLS, sizes, times. Nothing is tried twice, nothing is
raised for what a peer does, and no proxy or .netrc of the machine is used. Authentication is in `auth`.
"""

import json
import logging
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
from bpa_resources.errors import InputError

if TYPE_CHECKING:
    import httpx

LONGEST_BODY_BYTES = 16 << 20
MOST_REDIRECTS = 3

# A socket that was idle for longer may be closed at the other end, and a request on it is lost without an answer.
_IDLE_SECONDS = 2.0
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
    """Kept sockets, one client for each set of TLS files."""

    def __init__(self) -> None:
        self._clients: dict[Tls, httpx.Client] = {}
        # They log whole addresses, and some systems want their key there.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def send(self, request: Request, *, hosts: Collection[str], tls: Tls, seconds: float) -> Answer:
        """Send one request and read its answer within `seconds`, all in all.

        `body` of the answer: parsed JSON, text, or bytes for XML and what is no text. A redirect is followed only to
        the same origin, and only where the method stays: another one is an answer with its status of 3xx.
        """
        until = time.monotonic() + seconds
        url = _with_query(request)
        for _ in range(MOST_REDIRECTS + 1):
            if problem := refusal(url, hosts):
                return Answer("answer", sent=False, status=0, reason=problem)
            answer = self._exchange(url, request, tls, until)
            target = _same_origin_target(url, request.method, answer)
            if target is None:
                return answer
            url = target
        return Answer("answer", status=answer.status, reason="it redirects in circles")

    def close(self) -> None:
        """Close all sockets."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def _exchange(self, url: str, request: Request, tls: Tls, until: float) -> Answer:
        import httpx

        try:
            built = self._built(url, request, tls, until)
            response = self._client(tls).send(built, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return Answer("no_answer", sent=False, reason=f"no connection ({type(error).__name__})")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            return Answer("answer", sent=False, reason=f"the request cannot be sent ({type(error).__name__})")
        except httpx.TransportError as error:
            return Answer("no_answer", reason=f"no answer ({type(error).__name__})")
        try:
            return _read(response, until)
        finally:
            response.close()

    def _built(self, url: str, request: Request, tls: Tls, until: float) -> "httpx.Request":
        content, kind = _content(request)
        headers = {**_HEADERS, **({"Content-Type": kind} if kind else {}), **request.headers}
        left = max(until - time.monotonic(), 0.001)
        return self._client(tls).build_request(request.method, url, headers=headers, content=content, timeout=left)

    def _client(self, tls: Tls) -> "httpx.Client":
        import httpx

        if tls not in self._clients:
            limits = httpx.Limits(keepalive_expiry=_IDLE_SECONDS)
            self._clients[tls] = httpx.Client(verify=tls.context(), trust_env=False, limits=limits)
        return self._clients[tls]


def seconds_until(text: str, now: datetime) -> float | None:
    """What a Retry-After header asks for (RFC 9110, 10.2.3): seconds, or a date; None for what is neither."""
    if text.strip().isascii() and text.strip().isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)


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
        return json.loads(content)
    return content.decode() if media.startswith("text/") and media != "text/xml" else content
