"""What was approved is sent only while it is asked for: rule, plan and case stand; the ledger says why not."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from bpa_assets.actions.sending import send_action
from bpa_assets.process_model.model_tables import table_of
from bpa_cli.demo_target import Desk
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.ledger import Ledger
from tests.actions.conftest import PROCESS, PUSH, RULE, approve_all, proposed, pushed

RULE_ID = str(RULE["rule_id"])
ON = "push: {enabled: true}\n"


def publish(
    home: Home,
    rows: Sequence[dict[str, Any]],
    *,
    run: str = "run-1",
    rules: Sequence[dict[str, Any]] = (RULE,),
    cases: Sequence[tuple[str, bool]] = (("C-1", True),),
    settings: str = ON,
) -> None:
    """A published run: what it asks for, its rules, and its cases with whether they are open."""
    home.inbox(PROCESS).mkdir(parents=True, exist_ok=True)
    (home.inbox(PROCESS) / "process.yaml").write_text(settings)
    lake = ProcessLake(home, PROCESS, run)
    lake.write("proposed_actions", table_of("proposed_actions", list(rows)))
    lake.write("rule_set", table_of("rule_set", list(rules)))
    columns = LAKE_TABLES["cases"].column_names
    nothing = dict.fromkeys(columns)
    rows_of_cases = [{**nothing, "case_id": case, "is_open": is_open} for case, is_open in cases]
    lake.write("cases", pa.Table.from_pylist(rows_of_cases).select(list(columns)))
    lake.publish(assets=["proposed_actions", "rule_set", "cases"], fingerprint="")


@pytest.fixture
def approved(home: Home, ledger: Ledger) -> Action:
    """An action that somebody has approved, and that is still to be sent."""
    publish(home, proposed(home, ["C-1"]))
    pushed()
    approve_all(ledger)
    (action,) = ledger.actions()
    return action


def stopped(ledger: Ledger, desk: Desk) -> str:
    """Push; why the action was not sent."""
    assert pushed() == {}
    assert desk.effects == []
    (action,) = ledger.actions()
    assert action.status == "withdrawn"
    assert ledger.history(action.action_id)[-1].details["reason"] == action.reason
    assert ledger.verify_audit() is None
    return action.reason


@pytest.mark.parametrize(
    ("rules", "cases", "why"),
    [
        ([], [("C-1", True)], f"rule {RULE_ID} is not among the rules any more"),
        ([{**RULE, "status": "refused"}], [("C-1", True)], f"rule {RULE_ID} is not accepted any more"),
        ([RULE], [("C-1", False)], "case C-1 is closed in the latest log"),
        ([RULE], [("C-2", True)], "case C-1 is not in the latest log"),
        ([RULE], [("C-1", True)], f"rule {RULE_ID} does not fire in case C-1 any more"),
    ],
)
def test_what_the_latest_run_does_not_ask_for_is_not_sent(
    home: Home, ledger: Ledger, desk: Desk, approved: Action, rules: Any, cases: Any, why: str
) -> None:
    publish(home, [], run="run-2", rules=rules, cases=cases)
    assert stopped(ledger, desk) == why


def test_a_rule_that_somebody_refused_counts_at_once(home: Home, ledger: Ledger, desk: Desk, approved: Action) -> None:
    words = f"refused:\n  - {{rule: {RULE_ID}, by: bob, reason: too many false alarms}}\n"
    (home.inbox(PROCESS) / "rules.yaml").write_text(words)
    assert stopped(ledger, desk) == f"bob refused rule {RULE_ID}: too many false alarms"
    before = ledger.audit_head()
    assert pushed() == {}
    assert ledger.audit_head() == before  # it is not asked for again either


def test_a_rule_that_was_found_and_lost_its_acceptance_counts_at_once(home: Home, ledger: Ledger, desk: Desk) -> None:
    said, found = home.inbox(PROCESS) / "rules.yaml", {**RULE, "origin": "tree"}
    publish(home, proposed(home, ["C-1"]), rules=[found])
    said.write_text(f"accepted: [{{rule: {RULE_ID}, by: ann}}]\n")
    pushed()
    approve_all(ledger)
    said.unlink()
    assert stopped(ledger, desk) == f"rule {RULE_ID} is not accepted any more"


def test_nothing_is_sent_while_nobody_can_read_what_was_refused(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    (home.inbox(PROCESS) / "rules.yaml").write_text("refused: nobody knows\n")
    assert pushed() == {}
    assert ledger.action(approved.action_id).status == "approved"
    (home.inbox(PROCESS) / "rules.yaml").unlink()
    assert pushed() == {"done": 1}


def test_a_plan_that_is_not_accepted_any_more_is_not_sent(home: Home, ledger: Ledger, desk: Desk) -> None:
    (row,) = proposed(home, ["C-1"])
    plan = {**row, "action_id": "a-1", "rule_id": "p-0123456789ab/1", "case_id": "", "action": "plan_change"}
    accepted = f"{ON}accepted_plan: {{plan: p-0123456789ab, by: ann}}\n"
    publish(home, [plan], settings=accepted)
    pushed()
    approve_all(ledger, by="bob")
    publish(home, [], run="run-2", settings=accepted)  # a later run has found other plans
    pushed_later = ledger.actions()
    assert [one.status for one in pushed_later] == ["approved"]
    (home.inbox(PROCESS) / "process.yaml").write_text(ON)
    assert stopped(ledger, desk) == "plan p-0123456789ab is not the accepted plan any more"


def test_an_accepted_plan_is_sent_even_if_a_later_run_has_found_other_plans(
    home: Home, ledger: Ledger, desk: Desk
) -> None:
    (row,) = proposed(home, ["C-1"])
    plan = {**row, "action_id": "a-1", "rule_id": "p-0123456789ab/1", "case_id": "", "action": "plan_change"}
    accepted = f"{ON}accepted_plan: {{plan: p-0123456789ab, by: ann}}\n"
    publish(home, [plan], settings=accepted)
    pushed()
    approve_all(ledger, by="bob")
    publish(home, [], run="run-2", settings=accepted)
    assert pushed() == {"done": 1}


def test_what_is_asked_for_otherwise_now_and_cannot_be_sent_so_is_not_sent_as_it_was(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    switched_off = proposed(home, ["C-1"], PUSH.model_copy(update={"actions": {}}))
    publish(home, switched_off, run="run-2")
    why = stopped(ledger, desk)
    assert why == "as it is asked for now it cannot be sent: push.actions does not say what becomes of escalate"


def test_a_connection_that_cannot_be_read_for_a_while_withdraws_nothing(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    (row,) = proposed(home, ["C-1"])
    publish(home, [{**row, "problem": "connections.yaml: line 3"}], run="run-2")
    assert pushed() == {"done": 1}


def test_asked_for_again_it_waits_for_its_approval_again(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    publish(home, [], run="run-2", cases=[("C-1", False)])
    stopped(ledger, desk)
    publish(home, proposed(home, ["C-1"]), run="run-3")
    assert pushed() == {}
    (action,) = ledger.actions()
    assert (action.status, action.approved_by, action.reason) == ("proposed", "", "")
    approve_all(ledger)
    assert pushed() == {"done": 1}
    assert len(desk.effects) == 1


def test_what_is_being_sent_at_that_instant_stays_as_it_is(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    assert ledger.claim("at work", datetime.now(UTC), 600) is not None
    publish(home, [], run="run-2")
    assert pushed() == {}
    assert ledger.action(approved.action_id).status == "sending"


def test_a_run_that_did_not_look_for_actions_withdraws_nothing(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    lake = ProcessLake(home, PROCESS, "run-2")
    lake.write("rule_set", table_of("rule_set", []))
    lake.publish(assets=["rule_set"], fingerprint="")
    assert pushed() == {"done": 1}


def test_one_process_that_cannot_be_entered_stops_no_other(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    (row,) = proposed(home, ["C-1"])
    other = ProcessLake(home, "loans", "run-1")
    other.write("proposed_actions", table_of("proposed_actions", [{**row, "risk": "reckless"}]))
    other.publish(assets=["proposed_actions"], fingerprint="")
    home.inbox("loans").mkdir(parents=True)
    (home.inbox("loans") / "process.yaml").write_text(ON)
    assert pushed() == {"done": 1}


def test_a_worker_that_stalled_does_not_send_what_another_has_taken_over(
    home: Home, ledger: Ledger, desk: Desk, approved: Action
) -> None:
    class Stalled:
        """A real engine whose worker wakes up after another one has the action."""

        def send(self, call: Any, **known: Any) -> Any:
            assert ledger.claim("another", datetime(2100, 1, 1, tzinfo=UTC), 600) is not None
            return engine.send(call, **known)

    engine = open_connectors(home.folder, ledger.shared)
    outcome = send_action(ledger, Stalled(), approved.action_id, "w", [PROCESS], datetime.now(UTC))  # type: ignore[arg-type]
    engine.close()
    assert outcome is not None
    assert (outcome.status, outcome.attempts, desk.effects) == ("later", 0, [])
    assert ledger.action(approved.action_id).worker == "another"
    assert ledger.history(approved.action_id)[-1].event == "late answer"


def test_an_owner_is_reminded_once_before_it_is_too_late(home: Home, ledger: Ledger, desk: Desk) -> None:
    notice = '{connection: desk, operation: add_note, input: {text: "{waiting} for {owner}\\n{actions}"}}'
    settings = f"{ON}policy: {{owner: olivia, deadline: 1h, notice: {notice}}}\n"
    publish(home, proposed(home, ["C-1"]), settings=settings)
    pushed()
    assert len(desk.effects) == 1
    _age(home, seconds=50 * 60)
    pushed()
    pushed()
    first, reminder = desk.effects
    assert "expires" not in first["text"]
    assert reminder["text"].startswith("1 for olivia\na-")
    assert reminder["text"].endswith(" UTC")
    assert ", expires 2" in reminder["text"]
    (action,) = ledger.actions()
    assert [row.event for row in ledger.history(action.action_id)] == ["proposed", "reminded"]


def test_a_reminder_that_reached_nobody_is_sent_at_the_next_push(home: Home, ledger: Ledger, desk: Desk) -> None:
    notice = '{connection: desk, operation: add_note, input: {text: "{actions}"}}'
    settings = f"{ON}policy: {{owner: olivia, deadline: 1h, notice: {notice}}}\n"
    publish(home, proposed(home, ["C-1"]), settings=settings)
    pushed()
    _age(home, seconds=50 * 60)
    there = (home.folder / "connections.yaml").read_text()
    (home.folder / "connections.yaml").write_text("")
    pushed()
    (home.folder / "connections.yaml").write_text(there)
    pushed()
    assert [", expires " in one["text"] for one in desk.effects] == [False, True]


def test_what_asks_for_something_else_is_told_to_the_owner_again(home: Home, ledger: Ledger, desk: Desk) -> None:
    notice = '{connection: desk, operation: add_note, input: {text: "{actions}"}}'
    settings = f"{ON}policy: {{owner: olivia, notice: {notice}}}\n"
    publish(home, proposed(home, ["C-1"]), settings=settings)
    pushed()
    other = PUSH.actions["escalate"].model_copy(update={"input": {"title": "Another: {case_id}"}})
    publish(home, proposed(home, ["C-1"], PUSH.model_copy(update={"actions": {"escalate": other}})), run="run-2",
            settings=settings)  # fmt: skip
    pushed()
    pushed()
    assert len(desk.effects) == 2


def _age(home: Home, seconds: float) -> None:
    """Let so much time have passed since everything that the ledger holds."""
    import sqlalchemy as sa

    from bpa_resources.ledger.tables import action

    engine = sa.create_engine(f"sqlite:///{home.ledger}")
    with engine.begin() as connection:
        deadline = connection.execute(sa.select(action.c.deadline_at)).scalar_one()
        earlier = datetime.fromtimestamp(deadline.timestamp() - seconds, UTC)
        connection.execute(action.update().values(deadline_at=earlier))
    engine.dispose()
