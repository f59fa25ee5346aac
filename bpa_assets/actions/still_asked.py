"""What a process asks for as things stand: what its published run proposed, without what was taken back since.

Rules are taken back in rules.yaml and plans in process.yaml, and both count at once, not only from the next run on. Add
here another reason for which an action that was entered must not be sent any more; what becomes of it is the ledger's.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bpa_assets.actions.proposals import PLAN_CHANGE
from bpa_assets.analyst_rules import AnalystRules, read_analyst_rules
from bpa_assets.settings import ProcessConfig
from bpa_resources.home import Home
from bpa_resources.inbox import Inbox
from bpa_resources.lake import published_files
from bpa_resources.ledger.action import Action
from bpa_resources.publication import Publication

Row = dict[str, Any]


@dataclass(frozen=True)
class StillAsked:
    """What is asked for, and why anything else is not. `rules`, `cases`: rows by id; None: that is not published."""

    rows: Mapping[str, Row]  # of proposed_actions, by action_id
    rules: Mapping[str, Row] | None
    cases: Mapping[str, Row] | None
    words: AnalystRules
    config: ProcessConfig

    def proposals(self) -> list[Row]:
        """The rows that can be sent and that nobody has taken back."""
        return [row for row in self.rows.values() if row["problem"] is None and not self._taken_back(row)]

    def reasons_against(self, waiting: Iterable[Action]) -> dict[str, str]:
        """Of the actions that are not asked for any more: why, by action."""
        return {action.action_id: reason for action in waiting if (reason := self._reason_against(action))}

    def _reason_against(self, action: Action) -> str:
        row = self.rows.get(action.action_id)
        if taken_back := self._taken_back({"rule_id": action.rule_id, "action": action.action}):
            return taken_back
        if row is None:  # a plan stays accepted when a later run has found others
            return "" if action.action == PLAN_CHANGE else self._gone(action)
        is_another = row["problem"] is not None and row["request_hash"] != action.request_hash
        return f"as it is asked for now it cannot be sent: {row['problem']}" if is_another else ""

    def _taken_back(self, asked: Mapping[str, Any]) -> str:
        """Who or what has taken the rule or the plan back; "": nobody."""
        rule_id = asked["rule_id"]
        if asked["action"] == PLAN_CHANGE:
            plan, accepted = rule_id.partition("/")[0], self.config.accepted_plan
            return "" if accepted and accepted.plan == plan else f"plan {plan} is not the accepted plan any more"
        refused = next((word for word in self.words.refused if word.rule == rule_id), None)
        if refused is not None:
            return f"{refused.by} refused rule {rule_id}" + (f": {refused.reason}" if refused.reason else "")
        if self.rules is None:
            return ""
        rule = self.rules.get(rule_id)
        if rule is None:
            return f"rule {rule_id} is not among the rules any more"
        named = rule["origin"] == "analyst" or rule_id in {word.rule for word in self.words.accepted}
        return "" if rule["status"] == "accepted" and named else f"rule {rule_id} is not accepted any more"

    def _gone(self, action: Action) -> str:
        if self.cases is None:
            return "the latest run does not ask for it any more"
        case = self.cases.get(action.case_id)
        if case is None:
            return f"case {action.case_id} is not in the latest log"
        if not case["is_open"]:
            return f"case {action.case_id} is closed in the latest log"
        return f"rule {action.rule_id} does not fire in case {action.case_id} any more"


def read_still_asked(
    home: Home, publication: Publication, config: ProcessConfig, waiting: Iterable[Action]
) -> StillAsked | None:
    """What the process asks for; None where its published run did not look for actions.

    `waiting`: the actions to be judged; of their cases alone is read whether they are open. Errors: InputError.
    """
    rows = published_rows(home, publication, "proposed_actions")
    if rows is None:
        return None
    rules = published_rows(home, publication, "rule_set", columns=["rule_id", "status", "origin"])
    asked = {row["action_id"]: row for row in rows}
    missed = {action.case_id for action in waiting if action.action_id not in asked}
    among = [("case_id", "in", sorted(missed))]
    cases = published_rows(home, publication, "cases", columns=["case_id", "is_open"], filters=among) if missed else []
    return StillAsked(
        asked,
        None if rules is None else {row["rule_id"]: row for row in rules},
        None if cases is None else {row["case_id"]: row for row in cases},
        words_of(home, publication.process),
        config,
    )


def words_of(home: Home, process: str) -> AnalystRules:
    """What was said about the rules of a process. Errors: InputError."""
    return read_analyst_rules(Inbox(home.inbox(process)).beside("rules.yaml"))


def published_rows(home: Home, publication: Publication, table: str, **read: Any) -> list[Row] | None:
    """The rows of a table as published; None where it is not. `read`: columns and filters of pyarrow."""
    import pyarrow.parquet

    files = published_files(home.lake / publication.process, publication, table)
    return pyarrow.parquet.read_table(files, **read).to_pylist() if files else None
