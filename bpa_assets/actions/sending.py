"""One approved action on its way: claimed in the ledger, sent by the connectors, its outcome kept.

Add here what happens to an action between these two; how a call is tried again is the engine's, how an action becomes
approved is the ledger's. A kill at any instant leaves a lease that lapses, so the next run goes on with the same key.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bpa_resources.connectors.call import Connectors, Outcome
from bpa_resources.connectors.clock import Clock
from bpa_resources.errors import InputError
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.canonical import utc
from bpa_resources.ledger.ledger import Ledger

LEASE_SECONDS = 600.0
"""A worker counts as lost after so long: longer than all tries of a call and its searches (180 s each)."""

BATCH = 50
"""How many actions a step of the push job sends: few enough to see it go on, and for runs to take turns at a system."""


@dataclass(frozen=True)
class Waiting:
    """An action that may be sent now, and the system it goes to."""

    action_id: str
    system: str


def waiting_actions(
    ledger: Ledger, most: Mapping[str, int], systems: Mapping[str, str], now: datetime
) -> list[Waiting]:
    """What may be sent now, oldest first. `most`: by process that pushes, how many of it; `systems`: by connection.

    An action through a connection that is not there any more counts too: trying to send it says so.
    """
    taken = dict.fromkeys(most, 0)
    found = []
    for action in ledger.actions(states=("approved", "sending")):
        if action.process in taken and taken[action.process] < most[action.process] and _is_due(action, now):
            taken[action.process] += 1
            found.append(Waiting(action.action_id, systems.get(action.call.connection, "")))
    return found


def _is_due(action: Action, now: datetime) -> bool:
    now = utc(now)
    if action.status == "sending":
        return action.lease_until is not None and utc(action.lease_until) <= now
    return (action.next_at is None or utc(action.next_at) <= now) and utc(action.deadline_at) > now


def in_batches(waiting: Sequence[Waiting]) -> Iterator[tuple[str, list[str]]]:
    """Of each system its actions, in their order, at most `BATCH` at once."""
    for system in dict.fromkeys(one.system for one in waiting):
        ids = [one.action_id for one in waiting if one.system == system]
        for start in range(0, len(ids), BATCH):
            yield system, ids[start : start + BATCH]


def send_action(
    ledger: Ledger, connectors: Connectors, action_id: str, worker: str, processes: Collection[str], now: datetime
) -> Outcome | None:
    """Send one action if it still may be; None: another worker has it, or its process has switched pushing off."""
    clock = Clock(now)
    action = ledger.claim(worker, now, LEASE_SECONDS, processes=processes, action_id=action_id)
    if action is None:
        return None
    try:
        outcome = connectors.send(
            action.call,
            key=action.key,
            now=now,
            first_sent=action.first_sent_at,
            never_sent=action.never_sent,
            holds=lambda: ledger.renew(action_id, worker, clock.now, LEASE_SECONDS),
        )
    except InputError as error:  # the connection or a secret is gone: nothing was sent
        outcome = Outcome("failed", str(error), attempts=0, error_class="config")
    ledger.finish(action_id, worker, outcome, clock.now)
    return outcome
