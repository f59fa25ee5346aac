"""Where requests of a connection may go: the hosts of its manifest, and plain http only to this machine.

Add here what decides about an address. Redirects are the transport's, which follows none to another origin.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from bpa_resources.connectors.driver import Connection
from bpa_resources.connectors.request_template import filled

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def hosts_of(connection: Connection) -> frozenset[str]:
    """The hosts that a connection's requests may go to: those of the manifest, else that of its base URL."""
    values = {"connection": connection.settings}
    named = [str(host) for host in filled(list(connection.manifest.hosts), values, absent=[])]
    hosts = {host_of(one if "://" in one else f"//{one}") for one in named}  # a setting may be a whole address
    return frozenset(hosts - {""} or {host_of(base_url_of(connection))})


def base_url_of(connection: Connection) -> str:
    """What paths of the manifest stand below, without a slash at its end."""
    return str(filled(connection.manifest.base_url or "", {"connection": connection.settings}, absent="")).rstrip("/")


def host_of(url: str) -> str:
    """`example.com` of an address, in small letters, without port; '' for what is no address."""
    try:
        return (urlsplit(url).hostname or "").casefold()
    except ValueError:
        return ""


def refusal(url: str, hosts: Collection[str]) -> str:
    """Why no request may go to `url`, in a sentence; '' when it may. `*.example.com` allows every name below it."""
    host = host_of(url)
    if not host or urlsplit(url).scheme not in ("https", "http"):
        return "the address of the request is no web address"
    if urlsplit(url).scheme == "http" and host not in LOOPBACK:
        return f"a request to {host} would go in the clear: write https"
    if not any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts):
        return f"requests may not go to {host}: the manifest allows {', '.join(sorted(hosts)) or 'no host'}"
    return ""
