"""Why a server could not be reached, in words that say what to do about it.

Add here another cause that a person can put right. Nothing was sent in any of them.
"""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit


def no_connection(error: Exception, url: str) -> str:
    """One phrase: where to, why not, and the name of the error. `url`: only its host and port are told."""
    address = urlsplit(url)
    port = f":{address.port}" if address.port else ""
    return f"no connection to {address.hostname}{port}: {_cause(error)} ({type(error).__name__})"


def _cause(error: Exception) -> str:
    causes = list(_chain(error))
    for one in causes:
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted, {one.verify_message}"
        if isinstance(one, ssl.SSLError):
            return "it does not speak TLS as it should"
        if isinstance(one, socket.gaierror):
            return "there is no host of that name"
        if isinstance(one, ConnectionRefusedError):
            return "nothing listens there"
        if isinstance(one, TimeoutError):
            return "it does not answer"
    return next((one.strerror for one in causes if isinstance(one, OSError) and one.strerror), "it cannot be reached")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
