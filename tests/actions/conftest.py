"""A home with published proposals, a real ticket desk that they go to, and the real ledger; sent by the real job."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from bpa_assets.action_settings import Push
from bpa_assets.actions.proposals import Firing, Systems, rule_proposals
from bpa_assets.process_model.model_tables import table_of
from bpa_cli.demo_target import Desk
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake
from bpa_resources.ledger.ledger import Ledger, open_ledger

PROCESS = "orders"
RULE = {
    "rule_id": "r-0123456789ab", "name": "Late", "kind": "sla_breach", "at": "start", "condition": "amount > 5",
    "action": '{"name": "escalate", "to": "Ann"}', "foretells": "sla_breach", "origin": "analyst", "explanation": "",
    "status": "accepted",
}  # fmt: skip
TICKET = {"title": "Case {case_id}: {rule}", "text": "{amount} for {to}", "case": "{case_id}"}
PUSH = Push.model_validate(
    {"actions": {"escalate": {"connection": "desk", "operation": "create_ticket", "input": TICKET}}}
)
OUR_WARNINGS = ("ignore", "error:::bpa_", "error:::tests")

Publish = Callable[..., None]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the warnings of other people's code pass in these tests."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(*OUR_WARNINGS))


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A ticket desk that counts."""
    served = Desk(0)
    thread = threading.Thread(target=served.serve_forever, args=[0.01], daemon=True)
    thread.start()
    yield served
    served.shutdown()
    served.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that the environment names, connected with the desk."""
    for name in ("DAGSTER_HOME", "BPA_POSTGRES_URL", "BPA_LEDGER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BPA_HOME", str(tmp_path / "home"))
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    url = f"http://127.0.0.1:{desk.server_port}"
    (home.folder / "connections.yaml").write_text(f'desk: {{system: demo_target, url: "{url}"}}\n')
    return home


@pytest.fixture
def ledger(home: Home) -> Iterator[Ledger]:
    """The ledger of the home."""
    with open_ledger(home) as ledger:
        yield ledger


@pytest.fixture
def publish(home: Home) -> Publish:
    """Publishes a run of the process that asks for an escalation of these cases."""

    def publish(*cases: str, settings: str = "push: {enabled: true}\n", run: str = "run-1", push: Push = PUSH) -> None:
        home.inbox(PROCESS).mkdir(parents=True, exist_ok=True)
        (home.inbox(PROCESS) / "process.yaml").write_text(settings)
        lake = ProcessLake(home, PROCESS, run)
        lake.write("proposed_actions", table_of("proposed_actions", proposed(home, cases, push)))
        lake.publish(assets=["proposed_actions"], fingerprint="")

    return publish


def proposed(home: Home, cases: Sequence[str], push: Push = PUSH) -> list[dict[str, Any]]:
    """The rows of proposed_actions for these cases."""
    with open_ledger(home) as ledger:
        engine = open_connectors(home.folder, ledger.shared)
        firings = [Firing(RULE, case, datetime(2026, 1, 1), {"amount": 7.5}) for case in cases]
        rows = rule_proposals(PROCESS, firings, push, Systems(engine))
        engine.close()
    return rows


def pushed() -> dict[str, int]:
    """Run the job; what became of the actions that it sent."""
    from bpa_assets.push_actions import push_actions

    with dg.DagsterInstance.ephemeral() as instance:
        result = push_actions.execute_in_process(instance=instance)
        counts: dict[str, int] = result.output_for_node("collect_outcomes")
    return counts


def approve_all(ledger: Ledger, by: str = "ann") -> None:
    """Somebody approves whatever waits."""
    for action in ledger.actions(states=("proposed",)):
        ledger.approve(action.action_id, by, action.request_hash, datetime.now(UTC))
