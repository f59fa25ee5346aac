"""The job `push_actions`: published proposals enter the ledger, and what is approved is sent, a step 50 actions.

Add a step here when something has to happen once a push; what it does is a plain function of `actions`. No step is
tried again by Dagster: the engine has tried already, and the ledger knows what may be sent a second time.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from bpa_assets.actions.entering import enter_published, most_of, pushing
from bpa_assets.actions.notices import tell_owner
from bpa_assets.actions.sending import in_batches, send_action, waiting_actions
from bpa_resources.connectors.engine import Engine, open_connectors
from bpa_resources.connectors.manifest_files import systems
from bpa_resources.errors import InputError
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
        for process, (publication, config) in pushing(home).items():
            try:
                found = enter_published(home, ledger, publication, config, now)
            except InputError as error:  # of one process: the others go on
                context.log.warning(f"{process}: nothing new was entered: {error}")
                continue
            context.log.info(f"{process}: {found.new} new actions, {found.known} known, {found.withdrawn} withdrawn")
            for problem in tell_owner(ledger, connectors, process, config.policy, now):
                context.log.warning(f"{process}: the owner was not told: {problem}")


def _systems() -> tuple[str, ...]:
    return (*systems(), OTHER)


@dg.op(
    ins={"entered": dg.In(dg.Nothing)},
    out={system: dg.DynamicOut(list) for system in _systems()},
)
def plan_push(context: dg.OpExecutionContext) -> Iterator[Any]:
    """An output for each batch of approved actions that are due, at most `push.most` of a process."""
    with _opened() as (ledger, connectors):
        waiting = waiting_actions(ledger, most_of(pushing(this_home())), connectors.connections(), datetime.now(UTC))
    context.log.info(f"{len(waiting)} actions are to be sent")
    for number, (system, batch) in enumerate(in_batches(waiting)):
        yield dg.DynamicOutput(batch, mapping_key=str(number), output_name=system if system in _systems() else OTHER)


def _send_op(system: str) -> dg.OpDefinition:
    @dg.op(name=f"send_to_{system}", pool=system, out=dg.Out(dict))
    def send(context: dg.OpExecutionContext, batch: list[str]) -> dict[str, int]:
        """Send these actions, one after the other, unless another worker has them by now; how many came to which end.

        They share a session and a line of the log: a step of Dagster an action costs five times what sending it does.
        """
        told, counts = [], Counter[str]()
        with _opened() as (ledger, connectors):
            for action_id in batch:
                processes = pushing(this_home())  # each time: who switches pushing off means it now
                outcome = send_action(ledger, connectors, action_id, context.run_id, processes, datetime.now(UTC))
                status = outcome.status if outcome else "left"
                counts[status] += 1
                told.append(f"{action_id}: {status} {outcome.reason if outcome else ''}".strip())
        context.log.info("\n".join(told))
        return dict(counts)

    return send


@dg.op(ins={system: dg.In(list[dict]) for system in _systems()}, out=dg.Out(dict))  # type: ignore[type-arg]
def collect_outcomes(context: dg.OpExecutionContext, **outcomes: list[dict[str, int]]) -> dict[str, int]:
    """How many actions came to which end."""
    counts = sum((Counter(batch) for of_system in outcomes.values() for batch in of_system), Counter[str]())
    context.add_output_metadata(dict(counts))
    return dict(counts)


@dg.job(
    executor_def=dg.in_process_executor,
    resource_defs={"io_manager": dg.mem_io_manager},  # ids and counts: nothing of it belongs into the lake
    description="Enter published proposals into the ledger, and send what is approved, each once.",
)
def push_actions() -> None:
    """A step a batch of actions, in the pool of its system."""
    planned = plan_push(entered=enter_proposals())
    collect_outcomes(**{
        system: getattr(planned, system).map(_send_op(system)).collect() for system in _systems()
    })  # fmt: skip
