"""The job `decide_action`: approve, reject or retry an action from Dagster's launchpad, as `bpa actions` does.

The configuration names the person; who may decide, and on what, is the ledger's to say. Nothing is sent here.
"""

from datetime import UTC, datetime

import dagster as dg

from bpa_resources.errors import InputError
from bpa_resources.home import this_home
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.ledger import Ledger, open_ledger

DECISIONS = ("approve", "reject", "retry")


class Decision(dg.Config):
    """What somebody decides. `request_hash`: of the request that they have seen (`bpa actions show`), to approve it.

    `reason`: why it is given up, to reject it.
    """

    action_id: str
    decision: str
    by: str
    request_hash: str = ""
    reason: str = ""


@dg.op(out=dg.Out(dg.Nothing))
def decide(context: dg.OpExecutionContext, config: Decision) -> None:
    """Write the decision into the ledger, or say why it may not be."""
    try:
        with open_ledger(this_home()) as ledger:
            action = _decided(ledger, config)
    except InputError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    context.log.info(f"{action.action_id}: {action.status}")


def _decided(ledger: Ledger, config: Decision) -> Action:
    now = datetime.now(UTC)
    if config.decision == "approve":
        if not config.request_hash:
            raise InputError(f"request_hash is missing: `bpa actions show {config.action_id}` shows what would be sent")
        return ledger.approve(config.action_id, config.by, config.request_hash, now)
    if config.decision == "reject":
        if not config.reason.strip():
            raise InputError("reason is missing: say why the action is given up, the trail keeps it")
        return ledger.reject(config.action_id, config.by, config.reason, now)
    if config.decision == "retry":
        return ledger.retry(config.action_id, config.by, now)
    raise InputError(f"'{config.decision}' is no decision; write {', '.join(DECISIONS)}")


@dg.job(
    executor_def=dg.in_process_executor,
    resource_defs={"io_manager": dg.mem_io_manager},
    description="Approve, reject or retry an action: say which, what and who in the launchpad.",
)
def decide_action() -> None:
    """One decision on one action."""
    decide()
