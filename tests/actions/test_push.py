"""From a published proposal to an effect at a real peer, by the real job: once, and only with the approval it needs."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import dagster as dg
import pytest

from bpa_assets.action_settings import Push
from bpa_assets.actions import sending
from bpa_assets.actions.proposals import Firing, Systems, rule_proposals
from bpa_assets.actions.sending import Waiting, in_batches, send_action
from bpa_assets.process_model.model_tables import table_of
from bpa_cli.demo_target import Desk
from bpa_resources.connectors.call import Call, Connectors, Outcome
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake
from bpa_resources.ledger.ledger import Ledger, open_ledger
from tests.actions.conftest import PUSH, RULE, Publish, approve_all, proposed, pushed


def test_an_approved_action_has_its_effect_once(home: Home, ledger: Ledger, desk: Desk, publish: Publish) -> None:
    publish("C-1", "C-2")
    assert pushed() == {}
    assert [one.status for one in ledger.actions()] == ["proposed", "proposed"]
    assert desk.effects == []
    approve_all(ledger)
    assert pushed() == {"done": 2}
    assert pushed() == {}
    assert [one["title"] for one in desk.effects] == ["Case C-1: Late", "Case C-2: Late"]
    assert {one["text"] for one in desk.effects} == {"7.5 for Ann"}
    assert [one.result for one in ledger.actions()] == [{"ticket": "T-1"}, {"ticket": "T-2"}]
    assert ledger.verify_audit() is None


def test_the_next_run_asks_for_the_same_case_again_and_nothing_happens(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish
) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    pushed()
    publish("C-1", "C-2", run="run-2")
    assert pushed() == {}
    assert {one.case_id: one.status for one in ledger.actions()} == {"C-1": "done", "C-2": "proposed"}
    assert len(desk.effects) == 1


def test_nothing_enters_the_ledger_and_nothing_is_sent_until_pushing_is_on(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish
) -> None:
    publish("C-1", settings="policy: {automatic: high}\n")
    assert pushed() == {}
    assert (ledger.actions(), desk.effects) == ([], [])


def test_switched_off_again_what_was_approved_stays_where_it_is(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish
) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    (home.inbox("orders") / "process.yaml").write_text("push: {enabled: false}\n")
    assert pushed() == {}
    assert [one.status for one in ledger.actions()] == ["approved"]
    assert desk.effects == []


@pytest.mark.parametrize(("automatic", "sent"), [("none", 0), ("low", 0), ("medium", 2), ("high", 2)])
def test_the_policy_says_up_to_which_risk_actions_go_by_themselves(
    home: Home, desk: Desk, publish: Publish, automatic: str, sent: int
) -> None:
    publish("C-1", "C-2", settings=f"push: {{enabled: true}}\npolicy: {{automatic: {automatic}}}\n")
    assert pushed().get("done", 0) == sent == len(desk.effects)


def test_a_run_sends_at_most_what_the_process_says(home: Home, desk: Desk, publish: Publish) -> None:
    publish("C-1", "C-2", "C-3", settings="push: {enabled: true, most: 2}\npolicy: {automatic: high}\n")
    assert [pushed(), pushed(), pushed()] == [{"done": 2}, {"done": 1}, {}]
    assert len(desk.effects) == 3


def test_a_step_sends_a_batch(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    publish(*(f"C-{case}" for case in range(5)), settings="push: {enabled: true}\npolicy: {automatic: high}\n")
    assert pushed() == {"done": 5}
    assert len(desk.effects) == 5


def test_batches_are_of_one_system_in_order() -> None:
    waiting = [Waiting(f"a-{number}", "jira" if number % 3 else "slack") for number in range(sending.BATCH * 3)]
    batches = list(in_batches(waiting))
    assert [system for system, _ in batches] == ["slack", "jira", "jira"]
    assert [len(batch) for _, batch in batches] == [sending.BATCH] * 3
    assert [*batches[1][1], *batches[2][1]] == [one.action_id for one in waiting if one.system == "jira"]


def test_switched_off_in_the_middle_of_a_batch_the_rest_stays(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def switch_off(*_: object) -> tuple[int, dict[str, str]]:
        (home.inbox("orders") / "process.yaml").write_text("push: {enabled: false}\n")
        return 201, {"ticket": "T-1"}

    monkeypatch.setattr(desk, "take", switch_off)
    publish("C-1", "C-2", "C-3", settings="push: {enabled: true}\npolicy: {automatic: high}\n")
    assert pushed() == {"done": 1, "left": 2}
    assert sorted(one.status for one in ledger.actions()) == ["approved", "approved", "done"]


def test_a_worker_that_was_killed_after_the_effect_leaves_an_action_that_is_sent_again_with_its_key(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish
) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with_lease = ledger.claim("killed", long_ago, 600)
    assert with_lease is not None
    engine = open_connectors(home.folder, ledger.shared)
    engine.send(with_lease.call, key=with_lease.key, now=long_ago)  # and it dies here: the ledger never hears of it
    engine.close()
    assert len(desk.effects) == 1
    assert pushed() == {"done": 1}
    assert len(desk.effects) == 1  # the desk knew the key


def test_a_worker_that_may_be_alive_is_left_alone(home: Home, ledger: Ledger, desk: Desk, publish: Publish) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    assert ledger.claim("alive", datetime.now(UTC), 600) is not None
    assert pushed() == {}
    assert desk.effects == []


def test_a_connection_that_is_gone_fails_the_action_and_stops_no_other(
    home: Home, ledger: Ledger, desk: Desk, publish: Publish
) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    (home.folder / "connections.yaml").write_text("")
    assert pushed() == {"failed": 1}
    (action,) = ledger.actions()
    assert "desk" in action.reason


def test_an_owner_is_told_once_of_what_waits(home: Home, desk: Desk, publish: Publish) -> None:
    notice = '{connection: desk, operation: add_note, input: {text: "{process}: {waiting} for {owner}\\n{actions}"}}'
    settings = f"push: {{enabled: true}}\npolicy: {{owner: olivia, notice: {notice}}}\n"
    publish("C-1", settings=settings)
    pushed()
    publish("C-1", settings=settings, run="run-2")
    pushed()
    (note,) = desk.effects
    assert note["text"].startswith("orders: 1 for olivia\na-")
    assert note["text"].endswith("escalate C-1 (medium)")


def test_what_cannot_be_sent_is_a_row_with_the_problem_and_never_enters(
    home: Home, ledger: Ledger, publish: Publish
) -> None:
    def problem(**changed: str) -> str:
        pushed_as = PUSH.actions["escalate"].model_copy(update=changed)
        (row,) = proposed(home, ["C-1"], PUSH.model_copy(update={"actions": {"escalate": pushed_as}}))
        return str(row["problem"])

    assert "does not say what becomes of escalate" in str(
        proposed(home, ["C-1"], PUSH.model_copy(update={"actions": {}}))[0]["problem"]
    )
    assert "desk" in problem(connection="dest")
    assert "create_ticket" in problem(operation="create_tickets")
    assert "case_id" in problem(input={"title": "{casa_id}"})
    assert "title" in problem(input={"text": "no title"})
    publish("C-1", push=PUSH.model_copy(update={"actions": {}}))
    pushed()
    assert ledger.actions() == []


def test_the_launchpad_decides_under_the_same_rules(home: Home, ledger: Ledger, desk: Desk, publish: Publish) -> None:
    from bpa_assets.decide_action import decide_action

    publish("C-1", settings="push: {enabled: true}\npolicy: {approvers: [ann]}\n")
    pushed()
    (action,) = ledger.actions()

    def decided(**said: str) -> bool:
        config = {"action_id": action.action_id, "decision": "approve", "request_hash": action.request_hash, **said}
        run_config = {"ops": {"decide": {"config": config}}}
        with dg.DagsterInstance.ephemeral() as instance:
            return decide_action.execute_in_process(run_config, instance=instance, raise_on_error=False).success

    assert not decided(by="bob")
    assert not decided(by="ann", request_hash="0" * 64)
    assert not decided(by="ann", request_hash="")
    assert not decided(by="ann", decision="push")
    assert not decided(by="ann", decision="reject", reason=" ")
    assert ledger.action(action.action_id).status == "proposed"
    assert decided(by="ann")
    assert pushed() == {"done": 1}


def test_the_sensor_asks_for_a_push_when_a_run_was_published_and_when_an_approved_action_is_due(
    home: Home, ledger: Ledger, publish: Publish
) -> None:
    from bpa_sensors.actions import approved_actions_wait

    cursor = None

    def asks() -> bool:
        nonlocal cursor
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            asked = approved_actions_wait(context)
            cursor = context.cursor
        return isinstance(asked, dg.RunRequest)

    assert not asks()
    publish("C-1")
    assert [asks(), asks()] == [True, False]
    pushed()
    assert not asks()
    approve_all(ledger)
    assert [asks(), asks()] == [True, True]
    pushed()
    assert not asks()


class Asked:
    """Connectors that note what they were asked, and lose every answer."""

    def __init__(self) -> None:
        self.first_sent: list[datetime | None] = []
        self.never_sent: list[bool] = []

    def send(
        self, _call: Call, *, key: str, now: datetime, first_sent: datetime | None = None, **known: Any
    ) -> Outcome:
        assert key
        self.first_sent.append(first_sent)
        self.never_sent.append(known["never_sent"])
        return Outcome("later", "no answer", maybe_done=True, not_before=now)


def test_the_connectors_are_told_whether_and_when_a_key_was_first_sent(
    home: Home, ledger: Ledger, publish: Publish
) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    (action,) = ledger.actions()
    connectors, now = Asked(), datetime.now(UTC)
    for hours in (0, 1, 2):
        send_action(
            ledger, cast(Connectors, connectors), action.action_id, "w", ["orders"], now + timedelta(hours=hours)
        )
    assert connectors.first_sent == [None, now, now]
    assert connectors.never_sent == [True, False, False]


def test_the_trail_says_when_the_answer_came(home: Home, ledger: Ledger, publish: Publish) -> None:
    publish("C-1")
    pushed()
    approve_all(ledger)
    (action,) = ledger.actions()
    connectors = cast(Connectors, Asked())
    send_action(ledger, connectors, action.action_id, "w", ["orders"], datetime.now(UTC))
    sending, answered = ledger.history(action.action_id)[-2:]
    assert (sending.event, answered.event) == ("sending", "postponed")
    assert answered.at > sending.at


def test_a_value_that_json_cannot_hold_is_the_problem_of_its_case_alone(home: Home) -> None:
    with open_ledger(home) as ledger:
        engine = open_connectors(home.folder, ledger.shared)
        as_number = Push.model_validate(
            {
                "actions": {
                    "escalate": {"connection": "desk", "operation": "create_ticket", "input": {"title": "{amount}"}}
                }
            }
        )
        firings = [
            Firing(RULE, case, datetime.now(UTC), {"amount": amount})
            for case, amount in (("C-1", math.nan), ("C-2", 7.5))
        ]
        bad, good = rule_proposals("orders", firings, as_number, Systems(engine))
        engine.close()
    assert "JSON" in bad["problem"]
    assert "JSON" not in str(good["problem"])


def test_who_accepted_a_plan_does_not_approve_its_changes_too(home: Home, ledger: Ledger, publish: Publish) -> None:
    settings = "push: {enabled: true}\naccepted_plan: {plan: p-0123456789ab, by: ann}\n"
    publish("C-1", settings=settings)
    (row,) = proposed(home, ["C-1"])
    plan = {**row, "action_id": "a-1", "rule_id": "p-0123456789ab/1", "case_id": "", "action": "plan_change"}
    lake = ProcessLake(home, "orders", "run-2")
    lake.write("proposed_actions", table_of("proposed_actions", [row, plan]))
    lake.publish(assets=["proposed_actions"], fingerprint="")
    pushed()
    of_rule, of_plan = sorted(ledger.actions(), key=lambda one: one.action)
    assert (of_rule.proposed_by, of_plan.proposed_by) == ("bpa", "ann")
    with pytest.raises(InputError, match="ann proposed it"):
        ledger.approve(of_plan.action_id, "ann", of_plan.request_hash, datetime.now(UTC))
    assert ledger.approve(of_plan.action_id, "bob", of_plan.request_hash, datetime.now(UTC)).status == "approved"
