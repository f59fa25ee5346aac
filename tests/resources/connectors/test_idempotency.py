"""Keys: the same for the same action, in the form a system takes, and not sent once the system forgot them."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.idempotency import key_in_form
from bpa_resources.connectors.manifest import Idempotency
from tests.resources.connectors.orders_system import NOW, ORDERS, opened


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("hex32", "[0-9a-f]{32}"),
        ("hex64", "[0-9a-f]{64}"),
        ("uuid", "[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("letters_digits", "[0-9a-v]{32}"),
    ],
)
def test_a_key_has_the_form_that_the_system_takes(form: str, pattern: str) -> None:
    keys = {key_in_form(f"a-{number}", form) for number in range(1000)}
    assert len(keys) == 1000
    assert all(re.fullmatch(pattern, key) for key in keys)
    assert key_in_form("a-1", form) == key_in_form("a-1", form)


def test_a_key_is_the_digest_of_the_action() -> None:
    assert (
        key_in_form("abc", "hex64") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # FIPS 180-2
    assert key_in_form("abc", "hex32") == "ba7816bf8f01cfea414140de5dae2223"
    assert UUID(key_in_form("abc", "uuid")).hex == "ba7816bf8f018fea814140de5dae2223"


def test_a_key_that_the_system_may_have_forgotten_is_not_sent_again(tmp_path: Path) -> None:
    kept = Idempotency(strategy="key_header", header="Idempotency-Key", keeps_seconds=6 * 3600)
    create = ORDERS.operations["with_header"].model_copy(update={"idempotency": kept})
    here = opened(tmp_path, "http://127.0.0.1:1", operations={**ORDERS.operations, "create": create})
    call = Call("orders", "create", {"name": "x"})
    late = here.engine.send(call, key="k", now=NOW, first_sent=NOW - timedelta(hours=6))
    assert (late.status, late.attempts) == ("unknown", 0)
    assert here.engine.send(call, key="k", now=NOW, first_sent=NOW - timedelta(hours=5)).status == "later"
    assert here.engine.send(call, key="k", now=NOW).status == "later"
