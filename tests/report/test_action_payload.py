"""The report of a run shows its actions as they stand once the run is published, not as they were while it was made."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from bpa_assets.process_model.model_tables import table_of
from bpa_assets.report.action_payload import action_payload
from bpa_assets.report.run_tables import RunTables


def asked(action_id: str, risk: str = "medium", problem: str | None = None) -> dict[str, Any]:
    return {
        "action_id": action_id, "rule_id": "r-1", "case_id": f"case of {action_id}", "action": "escalate",
        "connection": "desk", "operation": "create_ticket", "risk": risk, "problem": problem,
    }  # fmt: skip


def held(action_id: str, status: str, case_id: str = "C-9", reason: str | None = None) -> dict[str, Any]:
    """A row of the ledger."""
    return {
        "action_id": action_id, "rule_id": "r-1", "case_id": case_id, "action": "escalate", "connector": "desk",
        "operation": "create_ticket", "risk": "medium", "status": status, "approved_by": None, "reason": reason,
        "attempts": 0, "created_at": datetime(2026, 1, 1), "deadline_at": datetime(2026, 1, 4), "done_at": None,
    }  # fmt: skip


@pytest.fixture
def states(tmp_path: Path) -> Any:
    """By action, the state and the reason that the report shows."""

    def states(rows: list[dict[str, Any]], ledger: list[dict[str, Any]], automatic: str | None) -> dict[str, Any]:
        file = tmp_path / "proposed_actions.parquet"
        pyarrow.parquet.write_table(table_of("proposed_actions", rows), file)
        effects = tmp_path / "rule_effect.parquet"
        pyarrow.parquet.write_table(table_of("rule_effect", []), effects)
        found = action_payload(RunTables({"proposed_actions": [file], "rule_effect": [effects]}), ledger, automatic)
        assert found is not None
        return {row["action_id"]: (row["state"], row["reason"]) for row in found["actions"]}

    return states


@pytest.mark.parametrize(
    ("automatic", "low", "medium"),
    [(None, "new", "new"), ("none", "proposed", "proposed"), ("low", "approved", "proposed"),
     ("high", "approved", "approved")],
)  # fmt: skip
def test_what_a_run_asks_for_first_is_shown_as_it_enters(
    states: Any, automatic: str | None, low: str, medium: str
) -> None:
    found = states([asked("a-1", "low"), asked("a-2"), asked("a-3", problem="no desk")], [], automatic)
    assert found == {"a-1": (low, None), "a-2": (medium, None), "a-3": ("problem", "no desk")}


def test_what_a_run_asks_for_no_more_is_shown_as_withdrawn(states: Any) -> None:
    ledger = [held("a-1", "approved"), held("a-2", "done"), held("a-3", "proposed", case_id=""), held("a-4", "sending")]
    gone = ("withdrawn", "this run does not ask for it any more")
    stays = {"a-2": ("done", None), "a-3": ("proposed", None), "a-4": ("sending", None)}
    assert states([], ledger, "none") == {"a-1": gone, **stays}
    assert states([], ledger, None) == {"a-1": ("approved", None), **stays}


def test_what_was_withdrawn_and_is_asked_for_again_waits_again(states: Any) -> None:
    ledger = [held("a-1", "withdrawn", reason="case closed"), held("a-2", "withdrawn", reason="case closed")]
    found = states([asked("a-1")], ledger, "none")
    assert found == {"a-1": ("proposed", None), "a-2": ("withdrawn", "case closed")}
