"""Where rules fire: every figure of docs/contracts.md, "Where rules fire", by hand, and against plain Python."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.rule_set.firing import Example, conflicts, fire
from bpa_assets.rule_set.rule import Action, Rule
from tests.rule_set.condition_examples import FEATURES

SCHEMA = pa.schema([
    ("case_id", pa.string()), ("case_index", pa.int64()), ("at", pa.string()), ("event_index", pa.int64()),
    ("moment_time", pa.timestamp("us")), ("later", pa.bool_()), ("chosen", pa.string()), ("sla_breach", pa.bool_()),
    ("amount", pa.float64()), ("vip", pa.bool_()),
])  # fmt: skip
BEGIN = datetime(2026, 1, 1)
CHOICE = "Check → Approve | Reject"


def row(at: str, case: int, event: int, amount: float | None, came: Any, *, later: bool = False) -> dict[str, Any]:
    """A moment of a case; what came of it is an option or a breach."""
    return {
        "case_id": f"C-{case}", "case_index": case, "at": at, "event_index": event, "later": later, "amount": amount,
        "moment_time": BEGIN + timedelta(days=case, hours=event), "vip": amount is not None and amount > 8,
        "chosen": came if at == CHOICE else None, "sla_breach": came if at == "start" else None,
    }  # fmt: skip


ROWS = [
    row(CHOICE, 1, 2, 9, "Approve"),
    row(CHOICE, 1, 5, 9, "Reject"),  # fires a second time in the case
    row(CHOICE, 2, 2, 3, "Reject"),
    row(CHOICE, 3, 2, None, "Approve"),  # unknown, so it does not fire
    row(CHOICE, 4, 1, 7, None),  # open: fires, and nobody knows
    row(CHOICE, 5, 2, 6, "Approve", later=True),
    row(CHOICE, 6, 3, 8, "Reject", later=True),
    row("start", 1, 0, 9, True),
    row("start", 2, 0, 1, False),
]
TABLE = pa.Table.from_pylist(ROWS, SCHEMA)


def at(moment: str) -> pa.Table:
    """The rows of a moment."""
    return TABLE.filter(pa.compute.equal(TABLE["at"], moment))


def rule(condition: str, moment: str = CHOICE, kind: str = "decision", to: str = "Approve") -> Rule:
    """A rule that goes to an option, or foretells a breach."""
    action = Action("route", (("to", to),)) if kind == "decision" else Action("escalate")
    return Rule(kind, moment, condition, action, "analyst", to if kind == "decision" else "sla_breach")


def test_every_figure_of_where_a_rule_fires_by_hand() -> None:
    one = rule("amount > 5")
    found = fire([one], FEATURES, at)[one.rule_id]
    assert found.fires.tolist() == [True, True, False, False, True, True, True]
    assert (found.cases, found.support, found.fired_cases) == (7, 5, 4)
    assert (found.known, found.came_true, found.confidence) == (4, 2, 0.5)
    assert (found.later_support, found.later_known, found.later_came_true) == (2, 2, 1)
    assert found.coverage == 5 / 7
    assert not found.never_fires
    assert found.first_fired_at == BEGIN + timedelta(days=1, hours=2)
    assert found.last_fired_at == BEGIN + timedelta(days=6, hours=3)
    assert found.examples == (  # of case 1 its first moment; of case 4 nothing is known
        Example(one.rule_id, "C-5", 2, True, True),
        Example(one.rule_id, "C-1", 2, True, False),
        Example(one.rule_id, "C-6", 3, False, True),
    )


def test_a_rule_that_never_fires_and_one_that_always_does() -> None:
    never, always = rule("amount > 100"), rule("true", "start", "sla_breach")
    found = fire([never, always], FEATURES, at)
    assert found[never.rule_id].never_fires
    assert (found[never.rule_id].confidence, found[never.rule_id].first_fired_at) == (None, None)
    assert (found[always.rule_id].support, found[always.rule_id].confidence) == (2, 0.5)


def test_a_target_that_is_not_asked_at_a_moment_is_not_known() -> None:
    one = rule("amount > 5", CHOICE, "rework")
    found = fire([one], FEATURES, at)[one.rule_id]
    assert (found.support, found.known, found.confidence, found.examples) == (5, 0, None, ())


def test_a_moment_without_rows_has_figures_too() -> None:
    one = rule("amount > 5", "after Nothing", "sla_breach")
    found = fire([one], FEATURES, at)[one.rule_id]
    assert (found.cases, found.support, found.coverage, found.never_fires) == (0, 0, None, True)


def test_rules_conflict_where_both_fire_and_their_actions_contradict_each_other() -> None:
    approve, reject, low = rule("amount > 5"), rule("amount > 7", to="Reject"), rule("amount < 4", to="Reject")
    elsewhere = rule("true", "start", "sla_breach")
    rules = [approve, reject, low, elsewhere]
    assert conflicts(rules, fire(rules, FEATURES, at)) == {
        approve.rule_id: (reject.rule_id,),
        reject.rule_id: (approve.rule_id,),
        low.rule_id: (),
        elsewhere.rule_id: (),
    }


def test_at_most_ten_examples_for_and_ten_against_the_latest_cases_first() -> None:
    rows = [row("start", case, 0, 6, case % 2 == 0) for case in range(60)]
    one = rule("amount > 5", "start", "sla_breach")
    table = pa.Table.from_pylist(rows, SCHEMA)
    found = fire([one], FEATURES, lambda _: table)[one.rule_id].examples
    assert [example.case_id for example in found] == [f"C-{case}" for case in [*range(58, 38, -2), *range(59, 39, -2)]]


@given(
    st.lists(st.tuples(st.integers(1, 4), st.none() | st.integers(0, 9), st.sampled_from(["Approve", "Reject", None]),
                       st.booleans()), max_size=14).map(lambda rows: sorted(rows, key=lambda one: one[0])),
    st.integers(0, 9),
)  # fmt: skip
@settings(max_examples=25)
def test_counts_are_those_of_plain_python(rows: list[tuple[int, int | None, str | None, bool]], threshold: int) -> None:
    made = [row(CHOICE, case, event, amount, came, later=later)
            for event, (case, amount, came, later) in enumerate(rows)]  # fmt: skip
    one = rule(f"amount > {threshold}")
    table = pa.Table.from_pylist(made, SCHEMA)
    found = fire([one], FEATURES, lambda _: table)[one.rule_id]
    fired = [one for one in made if one["amount"] is not None and one["amount"] > threshold]
    right = [one for one in fired if one["chosen"] == "Approve"]
    assert found.support == len(fired) == np.count_nonzero(found.fires)
    assert found.fired_cases == len({one["case_id"] for one in fired})
    assert found.known == sum(one["chosen"] is not None for one in fired)
    assert (found.came_true, found.later_came_true) == (len(right), sum(one["later"] for one in right))
    first = {one["case_id"]: one for one in reversed(fired)}
    shown = {(example.case_id, example.event_index, example.came_true) for example in found.examples}
    assert shown == {
        (case, one["event_index"], one["chosen"] == "Approve") for case, one in first.items() if one["chosen"]
    }
