"""The actions of the ledger in the KPI database: as they stand, and outdated as soon as one has moved."""

import duckdb

from bpa_resources.home import Home
from bpa_resources.kpi_database import _prepare, shows_ledger
from bpa_resources.ledger.ledger import Ledger
from bpa_resources.ledger.stored_table import actions_table
from tests.actions.conftest import Publish, approve_all, pushed


def held(home: Home) -> list[tuple[str, str, str | None, int]]:
    """What dbt reads of the ledger."""
    _prepare(home.kpis, home, [], "1")
    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        query = "select case_id, status, approved_by, attempts from lake.executed_actions order by case_id"
        return connection.execute(query).fetchall()


def test_looking_makes_no_ledger(home: Home) -> None:
    assert actions_table(home).num_rows == 0
    assert held(home) == []
    assert shows_ledger(home)
    assert not home.ledger.exists()


def test_the_kpi_database_is_outdated_once_an_action_has_moved(home: Home, ledger: Ledger, publish: Publish) -> None:
    publish("C-1", "C-2")
    pushed()
    assert not shows_ledger(home)
    assert held(home) == [("C-1", "proposed", None, 0), ("C-2", "proposed", None, 0)]
    assert shows_ledger(home)
    approve_all(ledger)
    assert not shows_ledger(home)
    pushed()
    assert held(home) == [("C-1", "done", "ann", 1), ("C-2", "done", "ann", 1)]
    assert shows_ledger(home)
    table = actions_table(home, "orders")
    assert table["done_at"].null_count == 0
    assert actions_table(home, "others").num_rows == 0
