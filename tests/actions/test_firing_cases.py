"""Which open cases accepted rules fire in: those that stand before a choice, and those whose moment has come."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from bpa_assets.actions.firing_cases import attribute_names, firings
from bpa_assets.process_model.discovery.pnml import pnml
from bpa_assets.process_model.model_tables import table_of
from bpa_assets.rule_set.action_catalogue import action_text
from bpa_assets.rule_set.mining.mining import MinedFrom
from bpa_assets.rule_set.rule import Action, Rule
from bpa_assets.settings import ProcessConfig
from tests.rule_set.planted_rules import NET, POINT
from tests.stored_logs import read, tables_of, write_rows

ESCALATION = Rule("sla_breach", "after Check", "amount > 5", Action("escalate"), "analyst", "sla_breach")
ROUTING = Rule("decision", POINT, "amount > 5", Action("route", (("to", "Review"),)), "analyst", "Review")
CASES = {
    "done": (9, "Register", "Check", "Review", "Close"),
    "beyond": (9, "Register", "Check", "Approve"),  # open, its choice is made
    "before": (9, "Register", "Check"),  # open, and stands before its choice
    "small": (3, "Register", "Check"),
    "early": (9, "Register"),
}


def row(rule: Rule) -> dict[str, Any]:
    """The rule as a row of rule_set."""
    names = ("rule_id", "kind", "at", "condition", "foretells", "origin", "name", "explanation")
    return {**{name: getattr(rule, name) for name in names}, "action": action_text(rule.action), "status": "accepted"}


def source(folder: Path) -> MinedFrom:
    """The stored log of these cases, with its model."""
    rows = [
        (case, activity, f"2026-01-0{day + 1} 0{place}:00", amount)
        for day, (case, (amount, *steps)) in enumerate(CASES.items())
        for place, activity in enumerate(steps)
    ]
    case, activity, time, amount = zip(*rows, strict=True)
    config = ProcessConfig(ends=("Close",))
    log = read([write_rows(folder / "p.csv", case_id=case, activity=activity, time=time, amount=amount)], config=config)
    found = tables_of(log, config=config)
    tables = {"cases": found.cases, "variants": found.variants, "activities": found.activities}
    tables["event_attribute"] = log.event_attribute
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    (folder / "net.pnml").write_text(pnml(NET, name="p"))
    paths = [[folder / f"{name}.parquet"] for name in tables]
    return MinedFrom(log.event_log.files, *paths, folder / "net.pnml", None, config)


def test_a_target_is_asked_once_its_moment_has_come_and_a_choice_while_it_is_ahead(tmp_path: Path) -> None:
    found, notes = firings(source(tmp_path), [row(ESCALATION), row(ROUTING)], ["amount"])
    fired = {(one.rule["rule_id"], one.case_id) for one in found}
    assert fired == {(ESCALATION.rule_id, "beyond"), (ESCALATION.rule_id, "before"), (ROUTING.rule_id, "before")}
    assert notes == []
    assert {one.attributes["amount"] for one in found} == {9}
    assert min(one.moment_time.hour for one in found) == 1


def test_a_moment_that_the_log_does_not_have_is_told(tmp_path: Path) -> None:
    found, notes = firings(source(tmp_path), [{**row(ESCALATION), "at": "after Nothing"}], [])
    assert found == []
    assert notes == [f"{ESCALATION.rule_id} is asked after Nothing, which no case of this log can be"]


def test_without_accepted_rules_nothing_is_read(tmp_path: Path) -> None:
    nothing = MinedFrom([], [], [], [], [], None, None, ProcessConfig())
    assert firings(nothing, [], []) == ([], [])


def test_texts_may_name_every_column_of_the_log() -> None:
    column = {"source_name": "Amount", "column_name": "amount", "type": "BIGINT", "level": "case"}
    assert attribute_names(table_of("event_attribute", [column])) == ("amount",)
