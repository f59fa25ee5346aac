"""Published proposals enter the ledger, where a process has switched pushing on; else they are only shown.

The same proposal entered twice is one action; one that is not asked for any more is withdrawn. Add here what is checked
between the lake and the ledger; approving and sending stay out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from bpa_assets.action_settings import ApprovalPolicy
from bpa_assets.actions.proposals import PLAN_CHANGE
from bpa_assets.actions.still_asked import read_still_asked, words_of
from bpa_assets.settings import ProcessConfig, read_process_config
from bpa_resources.connectors.call import Call, Risk
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from bpa_resources.inbox import Inbox
from bpa_resources.lake import publications
from bpa_resources.ledger.action import Policy, ProposedAction
from bpa_resources.ledger.approval import PIPELINE
from bpa_resources.ledger.ledger import Ledger
from bpa_resources.publication import Publication


@dataclass(frozen=True)
class Entered:
    """What entering brought: how many actions are new, were known, and are not asked for any more."""

    new: int = 0
    known: int = 0
    withdrawn: int = 0


def enter_published(
    home: Home, ledger: Ledger, publication: Publication, config: ProcessConfig, now: datetime
) -> Entered:
    """Enter what a process that pushes has published, and withdraw what it does not ask for any more."""
    waiting = ledger.actions(publication.process, states=("proposed", "approved"))
    asked = read_still_asked(home, publication, config, waiting)
    if asked is None:
        return Entered()
    withdrawn = ledger.withdraw(asked.reasons_against(waiting), now)
    return Entered(*ledger.propose([_proposed(publication, row, config) for row in asked.proposals()], now), withdrawn)


def pushing(home: Home) -> dict[str, tuple[Publication, ProcessConfig]]:
    """The processes that are published and have switched pushing on.

    One whose process.yaml or rules.yaml is wrong pushes nothing: nobody knows what was taken back.
    """
    found = {}
    for publication in publications(home):
        try:
            config = config_of(home, publication.process)
            words_of(home, publication.process)
        except InputError:  # its next refresh says what is wrong
            continue
        if config.push.enabled:
            found[publication.process] = (publication, config)
    return found


def most_of(pushed: Mapping[str, tuple[Publication, ProcessConfig]]) -> dict[str, int]:
    """By process, how many actions a run may send."""
    return {process: config.push.most for process, (_, config) in pushed.items()}


def config_of(home: Home, process: str) -> ProcessConfig:
    """What was said about a process. Errors: InputError."""
    return read_process_config(Inbox(home.inbox(process)).beside("process.yaml"))


def ledger_policy(policy: ApprovalPolicy) -> Policy:
    """The policy of process.yaml as the ledger keeps it with each action."""
    return Policy(
        automatic=None if policy.automatic == "none" else cast(Risk, policy.automatic),
        approvers=policy.approvers,
        owner=policy.owner or "",
        quorum=policy.quorum,
        four_eyes=policy.four_eyes,
        deadline_seconds=policy.deadline,
    )


def _proposed_by(row: Mapping[str, Any], config: ProcessConfig) -> str:
    """Of the accepted plan, who accepted it; else the pipeline."""
    plan = config.accepted_plan
    return plan.by if plan and row["action"] == PLAN_CHANGE and row["rule_id"].startswith(f"{plan.plan}/") else PIPELINE


def _proposed(publication: Publication, row: Mapping[str, Any], config: ProcessConfig) -> ProposedAction:
    return ProposedAction(
        process=publication.process,
        rule_id=row["rule_id"],
        case_id=row["case_id"],
        action=row["action"],
        call=Call(row["connection"], row["operation"], json.loads(row["input"])),
        risk=row["risk"],
        policy=ledger_policy(config.policy),
        proposed_by=_proposed_by(row, config),
        run_id=publication.run_id,
        repeatable=row["repeatable"],
    )
