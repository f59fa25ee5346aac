"""Tokens from authorization servers that others wrote: packages of npm, where BPA_TEST_NODE_MODULES names them.

npm install oauth2-mock-server oidc-provider; export BPA_TEST_NODE_MODULES=$PWD/node_modules
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.manifest import Auth
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, opened

_PROVIDER = """
import { Provider } from 'MODULES/oidc-provider/lib/index.js';
const client = { client_id: 'bpa', client_secret: 'right', grant_types: ['client_credentials'], redirect_uris: [],
                 response_types: [], token_endpoint_auth_method: 'METHOD' };
const provider = new Provider('http://127.0.0.1:PORT', {
  clients: [client], features: { clientCredentials: { enabled: true } }, scopes: ['orders'] });
provider.listen(PORT, '127.0.0.1');
"""


def modules(package: str) -> Path:
    folder = Path(os.environ.get("BPA_TEST_NODE_MODULES", "none"))
    if shutil.which("node") is None or not (folder / package).is_dir():
        pytest.skip(f"{package} is not here (BPA_TEST_NODE_MODULES)")
    return folder.resolve()


def free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def started(port: int, *command: str | Path) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                time.sleep(0.05)
        yield
    finally:
        process.kill()
        process.wait()


def pushed(home: Path, peer: Peer, kind: Any, **parameters: Any) -> Outcome:
    secret = parameters.pop("secret", "right")
    (home / "secret").write_text(secret)
    given = {"client_id": "bpa", "client_secret": "${secret.password}", **parameters}
    here = opened(home, peer.url, auth=Auth(type=kind, parameters=given), more=", password: {file: secret}")
    return here.engine.send(Call("orders", "plain", {"name": "x"}), key="k", now=NOW)


@pytest.mark.parametrize(("method", "style"), [("client_secret_basic", "basic"), ("client_secret_post", "form")])
def test_oidc_provider_gives_the_right_client_a_token_and_no_other(method: str, style: str, tmp_path: Path) -> None:
    folder, port = modules("oidc-provider"), free_port()
    script = _PROVIDER.replace("MODULES", str(folder)).replace("PORT", str(port)).replace("METHOD", method)
    (tmp_path / "provider.mjs").write_text(script)
    asked = {"token_url": f"http://127.0.0.1:{port}/token", "scope": "orders", "style": style}
    with started(port, "node", tmp_path / "provider.mjs"), served(Peer()) as peer:
        assert pushed(tmp_path, peer, "oauth2_client_credentials", **asked).status == "done"
        assert peer.asked[0].headers["authorization"].startswith("Bearer ")
        outcome = pushed(tmp_path, peer, "oauth2_client_credentials", secret="wrong", **asked)  # noqa: S106
        assert (outcome.status, outcome.error_class) == ("failed", "auth")
        assert "invalid_client" in outcome.reason


def test_oauth2_mock_server_refreshes_a_token(tmp_path: Path) -> None:
    folder, port = modules("oauth2-mock-server"), free_port()
    command = (folder / ".bin" / "oauth2-mock-server", "-a", "127.0.0.1", "-p", str(port))
    with started(port, *command), served(Peer()) as peer:
        asked = {"token_url": f"http://127.0.0.1:{port}/token", "refresh_token": "${secret.password}"}
        outcome = pushed(tmp_path, peer, "oauth2_refresh", **asked)
        assert (outcome.status, len(peer.orders)) == ("done", 1)
