"""The job `push_actions`: published proposals enter the ledger, and what is approved is sent, a step an action.

Add a step here when something has to happen once a push; what it does is a plain function of `actions`. No step is
tried again by Dagster: the engine has tried already, and the ledger knows what may be sent a second time.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from bpa_assets.actions.entering import config_of, enter_published, most_of, pushing
from bpa_assets.actions.notices import notify_owner
from bpa_assets.actions.sending import send_action, waiting_actions
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.manifest_files import systems
from bpa_resources.home import this_home
from bpa_resources.ledger.ledger import Ledger, open_ledger

OTHER = "other"
"""The pool of systems that have no manifest of their own."""


@contextmanager
def _opened() -> Iterator[tuple[Ledger, Engine]]:
    home = this_home()
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(home))
        engine = open_connectors(home.folder, ledger.shared)
        stack.callback(engine.close)
        yield ledger, engine


@dg.op(out=dg.Out(dg.Nothing))
def enter_proposals(context: dg.OpExecutionContext) -> None:
    """Enter what processes that push have published, give up what is past its deadline, and tell owners what waits."""
    home, now = this_home(), datetime.now(UTC)
    with _opened() as (ledger, connectors):
        context.log.info(f"{ledger.expire(now)} actions were not approved in time")
        for process, (new, known) in enter_published(home, ledger, now).items():
            context.log.info(f"{process}: {new} new actions, {known} known")
            if new:
                proposed = ledger.actions(process, states=("proposed",))
                told = notify_owner(connectors, process, config_of(home, process).policy, proposed, now)
                if told is not None and told.status != "done":
                    context.log.warning(f"{process}: the owner was not told: {told.reason}")


def _systems() -> tuple[str, ...]:
    return (*systems(), OTHER)


@dg.op(
    ins={"entered": dg.In(dg.Nothing)},
    out={system: dg.DynamicOut(str) for system in _systems()},
)
def plan_push(context: dg.OpExecutionContext) -> Iterator[Any]:
    """An output for each approved action that is due, at most `push.most` of a process."""
    with _opened() as (ledger, connectors):
        waiting = waiting_actions(ledger, most_of(pushing(this_home())), connectors.connections(), datetime.now(UTC))
    context.log.info(f"{len(waiting)} actions are to be sent")
    for one in waiting:
        system = one.system if one.system in _systems() else OTHER
        yield dg.DynamicOutput(one.action_id, mapping_key=one.action_id.replace("-", "_"), output_name=system)


def _send_op(system: str) -> dg.OpDefinition:
    @dg.op(name=f"send_to_{system}", pool=system, out=dg.Out(dict))
    def send(context: dg.OpExecutionContext, action_id: str) -> dict[str, Any]:
        """Send one action, unless another worker has it by now."""
        with _opened() as (ledger, connectors):
            outcome = send_action(
                ledger, connectors, action_id, context.run_id, pushing(this_home()), datetime.now(UTC)
            )
        if outcome is None:
            return {"action_id": action_id, "status": "left"}
        context.log.info(f"{action_id}: {outcome.status} {outcome.reason}".strip())
        return {"action_id": action_id, "status": outcome.status}

    return send


@dg.op(ins={system: dg.In(list[dict]) for system in _systems()}, out=dg.Out(dict))  # type: ignore[type-arg]
def collect_outcomes(context: dg.OpExecutionContext, **outcomes: list[dict[str, str]]) -> dict[str, int]:
    """How many actions came to which end."""
    counts: dict[str, int] = {}
    for one in (one for of_system in outcomes.values() for one in of_system):
        counts[one["status"]] = counts.get(one["status"], 0) + 1
    context.add_output_metadata(dict(counts))
    return counts


@dg.job(
    executor_def=dg.in_process_executor,
    resource_defs={"io_manager": dg.mem_io_manager},  # ids and counts: nothing of it belongs into the lake
    description="Enter published proposals into the ledger, and send what is approved, each once.",
)
def push_actions() -> None:
    """A step an action, in the pool of its system."""
    planned = plan_push(entered=enter_proposals())
    collect_outcomes(**{
        system: getattr(planned, system).map(_send_op(system)).collect() for system in _systems()
    })  # fmt: skip
