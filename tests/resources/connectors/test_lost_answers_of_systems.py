"""Systems in which a search shows what is there: an answer that is lost leads to one effect, in each of them.

The peer keeps what is posted and answers a search with it, where the manifest says that the vendor has its records.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.hosts import base_url_of
from bpa_resources.connectors.manifest import Auth, Operation
from bpa_resources.connectors.manifest_files import load_manifest
from bpa_resources.connectors.request_template import build_request
from tests.resources.connectors.faulty_peer import Asked, Peer, served
from tests.resources.connectors.orders_system import NOW, OPENED, OneProcessState, QuickClock
from tests.resources.connectors.sample_inputs import sample_inputs
from tests.resources.connectors.test_system_contracts import STRATEGIES, connection_of

SEARCHED = [
    (system, name) for system, named in STRATEGIES.items() for name in named.get("search_then_create", "").split()
]


class Vendor(Peer):
    """Keeps what one operation posts to `written_at`, and tells it where its search looks."""

    def __init__(self, operation: Operation, written_at: str) -> None:
        super().__init__()
        self.written_at, self.found = written_at, str(operation.idempotency.found)
        self.asked_for_one = operation.idempotency.search == "get_task"  # Asana: /tasks/external:KEY

    def done(self, asked: Asked) -> tuple[int, Any]:
        if asked.method == "POST" and asked.path == self.written_at:
            self.orders.append({"id": "7", "gid": "7", "sys_id": "7", "number": 7, **asked.json})
            return 201, self.orders[-1]
        if self.asked_for_one and not self.orders:
            return 404, {"errors": [{"message": "Unknown object"}]}
        answer: Any = self.orders[0] if self.asked_for_one else self.orders
        return 200, {self.found: answer} if self.found else answer


@pytest.fixture
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Engine, Vendor, Call]]:
    system, name = request.param
    manifest = load_manifest(system)
    operation = manifest.operations[name]
    given = next(sample_inputs(operation.input))
    connection = connection_of(system)
    sent = build_request(connection, operation, given, key="k").url
    vendor = Vendor(operation, sent.removeprefix(base_url_of(connection)))
    with served(vendor):
        here = manifest.model_copy(update={"base_url": vendor.url, "hosts": ("127.0.0.1",), "auth": Auth(type="none")})
        settings = ", ".join(
            f"{key}: {'{env: HOME}' if each.secret else 'acme'}" for key, each in manifest.connection.items()
        )
        (tmp_path / "connections.yaml").write_text(f"ours: {{system: {system}, {settings}}}\n")
        engine = open_connectors(tmp_path, OneProcessState(), manifest_of=lambda *_: here)
        engine.clock = lambda begin: QuickClock(begin, [])
        OPENED.append(engine)
        yield engine, vendor, Call("ours", name, given)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after"])
@pytest.mark.parametrize("opened", SEARCHED, indirect=True, ids=lambda pair: ".".join(pair))
def test_a_lost_answer_leads_to_one_effect_in_each_system(fault: str, opened: tuple[Engine, Vendor, Call]) -> None:
    engine, vendor, call = opened
    vendor.faults.extend(["", fault])  # the search before, then what is written
    outcome = engine.send(call, key="a-1", now=NOW)
    if outcome.status == "later":  # a search that does not show yet what was just made
        assert outcome.error_class == "ambiguous"
        outcome = engine.send(call, key="a-1", now=NOW)
    assert outcome.status == "done", outcome
    assert len(vendor.orders) == 1
    assert outcome.duplicate == (fault != "drop_before")
    assert engine.send(call, key="a-1", now=NOW).duplicate
    assert engine.send(call, key="a-2", now=NOW).duplicate is False
    assert len(vendor.orders) == 2
