"""GraphQL: documents are fixed, values go into variables, and errors under status 200 are believed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call, Outcome
from bpa_resources.connectors.manifest import Idempotency, Operation
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, opened

DOCUMENT = "mutation($input: NewOrder!) { createOrder(input: $input) { id } }"
CREATE = ORDERS.operations["plain"].model_copy(
    update={
        "request": {
            "path": "/graphql",
            "query": DOCUMENT,
            "variables": {"input": {"name": "${input.name}", "mark": "${key}"}},
        },
        "output": {"order": "data.createOrder.id"},
    }
)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def push(peer: Peer, home: Path, operation: Operation = CREATE, name: str = "late") -> Outcome:
    here = opened(home, peer.url, driver="graphql", operations={**ORDERS.operations, "create": operation})
    return here.engine.send(Call("orders", "create", {"name": name}), key="k", now=NOW)


def test_what_is_given_goes_into_variables_and_never_into_the_document(peer: Peer, tmp_path: Path) -> None:
    peer.answers["/graphql"] = {"data": {"createOrder": {"id": "o-1"}}}
    name = '") { id } deleteAll { id } # ${secret.password}'
    outcome = push(peer, tmp_path, name=name)
    assert (outcome.status, dict(outcome.result)) == ("done", {"order": "o-1"})
    sent = peer.asked[0].json
    assert (sent["query"], sent["variables"]["input"]["name"]) == (DOCUMENT, name)


@pytest.mark.parametrize(
    ("body", "status", "error_class"),
    [
        ({"errors": [{"message": "no field x"}]}, "failed", "config"),
        ({"errors": [{"message": "x", "extensions": {"code": "BAD_USER_INPUT"}}], "data": None}, "failed", "config"),
        ({"errors": [{"message": "x", "type": "FORBIDDEN"}], "data": {}}, "failed", "config"),
        ({"errors": [{"message": "x", "extensions": {"code": "UNAUTHENTICATED"}}]}, "failed", "auth"),
        ({"errors": [{"message": "x", "type": "RATE_LIMITED"}]}, "later", "rate_limited"),
        ({"errors": [{"message": "broke"}], "data": {"createOrder": None}}, "unknown", "ambiguous"),
        ({"ok": True}, "unknown", "ambiguous"),
        ([], "unknown", "ambiguous"),
    ],
)
def test_errors_under_status_200_are_believed(
    body: Any, status: str, error_class: str, peer: Peer, tmp_path: Path
) -> None:
    peer.answers["/graphql"] = lambda _: (200, body)
    outcome = push(peer, tmp_path)
    assert (outcome.status, outcome.error_class) == (status, error_class)


def test_a_lost_answer_is_tried_again_where_the_key_tells(peer: Peer, tmp_path: Path) -> None:
    peer.answers["/graphql"] = {"data": {"createOrder": {"id": "o-1"}}}
    keyed = CREATE.model_copy(update={"idempotency": Idempotency(strategy="key_header", header="Idempotency-Key")})
    peer.faults.append("drop_after")
    assert push(peer, tmp_path, keyed).status == "done"
    assert len({asked.headers["idempotency-key"] for asked in peer.asked}) == 1
    assert len({asked.text for asked in peer.asked}) == 1
    assert len(peer.asked) == 2
