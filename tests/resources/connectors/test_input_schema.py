"""What a person wrote in YAML is text; an operation takes it as the number or yes/no that it stands for."""

from pathlib import Path
from typing import Any

import pytest

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.input_schema import input_problems, typed_input
from bpa_resources.connectors.manifest_files import load_manifest
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, ORDERS, opened

SCHEMA: dict[str, Any] = {
    "properties": {
        "number": {"type": "integer"},
        "amount": {"type": ["number", "null"]},
        "done": {"type": "boolean"},
        "text": {"type": "string"},
        "either": {"type": ["string", "integer"]},
        "anything": {},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"count": {"type": "integer"}}}},
    }
}


@pytest.mark.parametrize(
    ("name", "written", "taken"),
    [
        ("number", "7", 7),
        ("number", 7, 7),
        ("number", "07", "07"),
        ("number", "7.5", "7.5"),
        ("number", "seven", "seven"),
        ("number", "true", "true"),
        ("amount", "7", 7),
        ("amount", "12.5", 12.5),
        ("amount", "1e999", "1e999"),
        ("done", "true", True),
        ("done", "yes", "yes"),
        ("text", "7", "7"),
        ("either", "7", "7"),
        ("anything", "7", "7"),
        ("unknown", "7", "7"),
        ("lines", [{"count": "2", "more": "3"}], [{"count": 2, "more": "3"}]),
    ],
)
def test_a_text_becomes_what_the_schema_takes(name: str, written: Any, taken: Any) -> None:
    result = typed_input(SCHEMA, {name: written})
    assert result == {name: taken}
    assert type(result[name]) is type(taken)


def test_a_number_of_an_issue_may_be_written_in_process_yaml() -> None:
    schema = load_manifest("github").operations["comment"].input
    written = {"owner": "o", "repository": "r", "number": "12", "text": "9"}
    assert input_problems(schema, written) != ()
    assert typed_input(schema, written) == {**written, "number": 12}
    assert input_problems(schema, typed_input(schema, written)) == ()


def test_the_engine_sends_the_number_that_a_text_stands_for(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"name": {"type": "integer"}}, "required": ["name"]}
    numbered = ORDERS.operations["plain"].model_copy(update={"input": schema})
    with served(Peer()) as peer:
        engine = opened(tmp_path, peer.url, operations={"numbered": numbered}).engine
        call = Call("orders", "numbered", {"name": "12"})
        assert engine.problems(call) == ()
        assert engine.send(call, key="k-1", now=NOW).status == "done"
        assert peer.orders[0]["name"] == 12
        assert engine.problems(Call("orders", "numbered", {"name": "twelve"})) == ("name is no integer",)
