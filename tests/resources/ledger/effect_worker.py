"""A process that claims actions and sends them to the `EffectPeer`, as a run of `push_actions` does.

Its clock runs `CLOCK` times as fast as the wall's, so that leases and open circuits end within a test.
"""

import http.client
import os
import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bpa_resources.connectors.call import Outcome
from bpa_resources.home import Home
from bpa_resources.ledger.action import Action
from bpa_resources.ledger.ledger import Ledger, open_ledger

CLOCK = 60 if os.environ.get("BPA_TEST_LONG") else 300
LEASE = 120  # seconds of the fast clock: two, or 0.4, of the wall's
_EPOCH = datetime(2026, 11, 2, tzinfo=UTC)


def now() -> datetime:
    """The fast clock, the same in all processes."""
    return _EPOCH + timedelta(seconds=(time.time() % 1e7) * CLOCK)


def work(home: Path, url: str, port: int, name: str, killed: float = 0.0, lives: float = 0.0) -> None:
    """Send until nothing waits any more.

    `killed`: the share of sends in which it kills itself, before or after. `lives`: the seconds of work after which it
    is killed, wherever it is then (0: it is not).
    """
    os.environ["BPA_LEDGER_URL"] = url  # the server that workers come from may have started under another
    dice = random.Random(name)
    with open_ledger(Home(home)) as ledger:
        if lives:
            threading.Timer(lives, os.kill, (os.getpid(), signal.SIGKILL)).start()
        while True:
            action = ledger.claim(name, now(), LEASE)
            if action is None:
                if not ledger.actions(states=("approved", "sending"), limit=1):
                    return
                time.sleep(0.02)
                continue
            _maybe_die(dice, killed / 2)
            outcome = _send(ledger, action, port)
            _maybe_die(dice, killed / 2)
            ledger.finish(action.action_id, name, outcome, now())


def _maybe_die(dice: random.Random, share: float) -> None:
    if dice.random() < share:
        os.kill(os.getpid(), signal.SIGKILL)


def _send(ledger: Ledger, action: Action, port: int) -> Outcome:
    """Three tries of what may be repeated, one of what may not: its lost answer is `unknown`."""
    for attempt in range(1, 4):
        if until := ledger.shared.circuit_allows("peer", now()):
            return Outcome("later", "the circuit is open", attempts=attempt - 1, not_before=until)
        try:
            status = _post(action, port)
        except (http.client.HTTPException, OSError):
            ledger.shared.circuit_record("peer", ok=True, now=now())  # lost answers are not what is tried here
            if not action.repeatable:
                return Outcome("unknown", "no answer", attempts=attempt)
            continue
        ledger.shared.circuit_record("peer", ok=status == 201, now=now())
        if status == 201:
            return Outcome("done", attempts=attempt, result={"status": status})
    return Outcome("later", "no answer, and the key may be sent again", attempts=3, not_before=now())


def _post(action: Action, port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Idempotency-Key": action.key} if action.repeatable else {}
    try:
        connection.request("POST", f"/{action.case_id}", body=action.call.canonical().encode(), headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
