"""Published proposals enter the ledger, where a process has switched pushing on; else they are only shown.

The same proposal entered twice is one action. Add here what is checked between the lake and the ledger; approving and
sending stay out.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from bpa_assets.action_settings import ApprovalPolicy
from bpa_assets.actions.proposals import PLAN_CHANGE
from bpa_assets.settings import ProcessConfig, read_process_config
from bpa_resources.connectors.call import Call, Risk
from bpa_resources.errors import InputError
from bpa_resources.home import Home
from bpa_resources.inbox import Inbox
from bpa_resources.lake import publications, published_files
from bpa_resources.ledger.action import Policy, ProposedAction
from bpa_resources.ledger.approval import PIPELINE
from bpa_resources.ledger.ledger import Ledger
from bpa_resources.publication import Publication


def enter_published(home: Home, ledger: Ledger, now: datetime) -> dict[str, tuple[int, int]]:
    """Enter what every process that pushes has published: by process how many are new, and how many were known."""
    found = {}
    for publication, config in pushing(home).values():
        found[publication.process] = ledger.propose(published_proposals(home, publication, config), now)
    return found


def pushing(home: Home) -> dict[str, tuple[Publication, ProcessConfig]]:
    """The processes that are published and have switched pushing on; one whose process.yaml is wrong pushes nothing."""
    found = {}
    for publication in publications(home):
        try:
            config = config_of(home, publication.process)
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


def published_rows(home: Home, publication: Publication) -> list[dict[str, Any]]:
    """The rows of `proposed_actions` as published."""
    import pyarrow.parquet

    files = published_files(home.lake / publication.process, publication, "proposed_actions")
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(files).to_pylist() if files else []
    return rows


def published_proposals(home: Home, publication: Publication, config: ProcessConfig) -> list[ProposedAction]:
    """Those that can be sent, as the ledger takes them."""
    rows = published_rows(home, publication)
    return [_proposed(publication, row, config) for row in rows if row["problem"] is None]


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
