"""`bpa connectors`: which systems there are and which are connected, and whether each connection works."""

from argparse import Namespace

from bpa_cli.exit_status import DONE, FAILED
from bpa_cli.text_table import print_table
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.connectors.manifest_files import systems
from bpa_resources.home import this_home
from bpa_resources.ledger.ledger import open_ledger


def list_connectors(asked: Namespace) -> int:  # noqa: ARG001 - there is nothing to ask
    """Print the connections, and the systems that may be connected."""
    home = this_home()
    with open_ledger(home) as ledger:
        engine = open_connectors(home.folder, ledger.shared)
        connected = engine.connections()
        engine.close()
    if connected:
        print_table(("connection", "system"), sorted(connected.items()))
    else:
        print(f"nothing is connected: write {home.folder / 'connections.yaml'} (docs/connectors.md)")
    print(f"\nsystems: {', '.join(systems())}")
    return 0


def check_connectors(asked: Namespace) -> int:
    """Ask each system for something; 1 if one does not answer as it should."""
    home = this_home()
    with open_ledger(home) as ledger:
        engine = open_connectors(home.folder, ledger.shared)
        names = asked.connections or sorted(engine.connections())
        outcomes = [(name, engine.check(name)) for name in names]
        engine.close()
    if not outcomes:
        print(f"nothing is connected: write {home.folder / 'connections.yaml'} (docs/connectors.md)")
        return 0
    works = {"done": "works"}
    lines = [(name, works.get(one.status, "does not work"), one.reason) for name, one in outcomes]
    print_table(("connection", "", "why"), lines)
    return DONE if all(one.status == "done" for _, one in outcomes) else FAILED
