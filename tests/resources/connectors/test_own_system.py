"""Adding a system is adding a file: the one in docs/connectors.md, as it stands there, against a real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bpa_resources.connectors.call import Call
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.manifest_files import load_manifest, manifest_named, systems
from bpa_resources.errors import InputError
from tests.conftest import REPOSITORY
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, OPENED, OneProcessState, QuickClock
from tests.resources.connectors.test_system_contracts import STRATEGIES

DOCUMENT = (REPOSITORY / "docs" / "connectors.md").read_text(encoding="utf-8")
DESK = next(block for block in re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.S) if "system: desk\n" in block)


@pytest.fixture
def peer() -> Iterator[Peer]:
    with served(Peer()) as peer:
        yield peer


def home_with(folder: Path, manifest: str, name: str = "desk") -> Path:
    (folder / "systems").mkdir()
    (folder / "systems" / f"{name}.yaml").write_text(manifest, encoding="utf-8")
    return folder


def desk(home: Path, peer: Peer) -> Engine:
    (home / "connections.yaml").write_text(f"desk: {{system: desk, address: '{peer.url}'}}\n")
    engine = open_connectors(home, OneProcessState())
    engine.clock = lambda begin: QuickClock(begin, [])
    OPENED.append(engine)
    return engine


def test_the_documented_file_makes_a_system_known(peer: Peer, tmp_path: Path) -> None:
    engine = desk(home_with(tmp_path, DESK), peer)
    assert engine.connections() == {"desk": "desk"}
    assert engine.risk("desk", "create_order") == "medium"
    assert engine.check("desk").status == "done"
    assert engine.problems(Call("desk", "create_order", {"note": "n"})) != ()


@pytest.mark.parametrize("fault", ["", "drop_before", "drop_after"])
def test_an_order_is_made_once_by_the_documented_file(fault: str, peer: Peer, tmp_path: Path) -> None:
    engine = desk(home_with(tmp_path, DESK), peer)
    peer.faults.extend(["", fault])  # the search before, then the order
    outcome = engine.send(Call("desk", "create_order", {"case": "c-7", "items": ["a", "b"]}), key="k-1", now=NOW)
    assert (outcome.status, outcome.result) == ("done", {"order": "o-1"})
    (order,) = peer.orders
    assert order["name"] == "Case c-7"
    assert order["lines"] == [{"item": "a"}, {"item": "b"}]
    assert "note" not in order


def test_a_file_of_the_home_never_stands_for_a_system_that_comes_with_bpa(tmp_path: Path) -> None:
    home = home_with(tmp_path, DESK.replace("system: desk", "system: jira"), "jira")
    with pytest.raises(InputError, match=r"systems/jira.yaml: jira comes with bpa"):
        manifest_named("jira", home)
    assert manifest_named("slack", home) == load_manifest("slack")


def test_a_file_is_named_as_its_system_and_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    home = home_with(tmp_path, DESK, "help")
    with pytest.raises(InputError, match=r"systems/help.yaml: its system is 'desk'"):
        manifest_named("help", home)
    (tmp_path / "desk.yaml").write_text(DESK)
    for name in ("../desk", "desk", "/etc/desk"):
        with pytest.raises(InputError, match="is no system that can be connected"):
            manifest_named(name, home)


DATABASES_AND_MAIL = {"email", "mongodb", "sql"}


@pytest.mark.parametrize("system", sorted(STRATEGIES.keys() | DATABASES_AND_MAIL))
def test_the_table_of_the_documentation_tells_every_operation(system: str) -> None:
    (row,) = re.findall(rf"^\| {system} \|(.*)\|$", DOCUMENT, re.M)
    *cells, needs = row.split("|")
    columns = {"key_header": 0, "client_id": 0, "natural_upsert": 1, "search_then_create": 2, "none": 3}
    found = [set(re.findall(r"\w+", cell)) for cell in (*cells, needs.rpartition("[")[2])]
    told: list[set[str]] = [set(), set(), set(), set(), set()]
    for name, operation in load_manifest(system).operations.items():
        told[4 if operation.effect == "read" else columns[operation.idempotency.strategy]].add(name)
    assert found == told


def test_every_system_of_a_vendor_is_in_the_table() -> None:
    of_no_vendor = {"rest", "soap", "demo_target"}
    assert set(systems()) - of_no_vendor == STRATEGIES.keys() | DATABASES_AND_MAIL
