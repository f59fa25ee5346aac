"""A home in which a process has published proposals: what is pushed in these figures."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.pushing.peer import MANIFEST
from bpa_assets.action_settings import Push
from bpa_assets.actions.proposals import Firing, Systems, rule_proposals
from bpa_assets.process_model.model_tables import table_of
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake
from bpa_resources.ledger.ledger import open_ledger

PROCESS = "orders"
_SETTINGS = "push: {{enabled: true, most: {most}}}\npolicy: {{automatic: high}}\n"
_RULE = {"kind": "sla_breach", "at": "start", "condition": "true", "foretells": "sla_breach", "explanation": ""}


def asking_home(folder: Path, url: str, *, cases: int, operations: Sequence[str], most: int) -> Home:
    """A home that asks for an action a case, through these operations of the peer in turn; nobody needs to approve.

    The environment names it from now on. `most`: how many actions a run sends.
    """
    home = Home(folder)
    for name in ("DAGSTER_HOME", "BPA_POSTGRES_URL", "BPA_LEDGER_URL"):
        os.environ.pop(name, None)
    os.environ["BPA_HOME"] = str(folder)
    (folder / "systems").mkdir(parents=True)
    (folder / "systems" / "peer.yaml").write_text(MANIFEST)
    (folder / "connections.yaml").write_text(f'peer: {{system: peer, url: "{url}"}}\n')
    home.inbox(PROCESS).mkdir(parents=True)
    push_at_most(home, most)
    _publish(home, cases, operations)
    return home


def push_at_most(home: Home, actions: int) -> None:
    """Switch pushing on, so many actions a run."""
    (home.inbox(PROCESS) / "process.yaml").write_text(_SETTINGS.format(most=actions))


def _publish(home: Home, cases: int, operations: Sequence[str]) -> None:
    rules = [{**_RULE, "rule_id": f"r-{name}", "name": name, "action": f'{{"name": "{name}"}}'} for name in operations]
    firings = [Firing(rules[case % len(rules)], f"C-{case}", datetime(2026, 1, 1), {}) for case in range(cases)]
    call = {"connection": "peer", "input": {"case": "{case_id}"}}
    push = Push.model_validate({"actions": {name: {**call, "operation": name} for name in operations}})
    with open_ledger(home) as ledger:
        connectors = open_connectors(home.folder, ledger.shared)
        rows = rule_proposals(PROCESS, firings, push, Systems(connectors))
        connectors.close()
    if problems := {row["problem"] for row in rows if row["problem"]}:
        raise AssertionError(problems)
    lake = ProcessLake(home, PROCESS, "run-1")
    lake.write("proposed_actions", table_of("proposed_actions", rows))
    lake.publish(assets=["proposed_actions"], fingerprint="")
