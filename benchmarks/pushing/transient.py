"""Which share of 1,000 actions is done at a peer of which 20 % of the requests fail, and how fast one that works is.

Ledger, engine and HTTP are the real ones; only pauses take no time: the clock is put on by as much. Runs are what
`push_actions` does with each action that is due, the first at once, the others by the schedule, an hour apart.
"""

import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.pushing.asking import PROCESS, asking_home
from benchmarks.pushing.peer import running
from bpa_assets.actions.entering import enter_published, pushing
from bpa_assets.actions.sending import send_action, waiting_actions
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.home import Home
from bpa_resources.ledger.ledger import Ledger, open_ledger

OPERATIONS = ("keyed", "searched")
RUNS = 4
FIRST_CALL, AFTER_THE_NEXT_RUN = 0.985, 0.999
"""What must be reached. Three requests of which each fails with 0.2 all fail in 0.8 % of the calls: 99.2 % is expected
of the first, and of 1,000 it is between 98.6 and 99.8 % in 95 of 100 trials."""


class _Shifted(Clock):
    """A clock whose pauses take no time: `moment` says what they would have been."""

    def __init__(self, begin: datetime, time_of_all: "_Time") -> None:
        super().__init__(begin)
        self._of_all, self._waited = time_of_all, 0.0

    @property
    def passed(self) -> float:
        return super().passed + self._waited

    @property
    def now(self) -> datetime:
        return self._begin + timedelta(seconds=self.passed)

    def wait(self, seconds: float) -> None:
        self._waited += seconds
        self._of_all.shifted += seconds


class _Time:
    """The moment it is, after all pauses."""

    def __init__(self) -> None:
        self.shifted = 0.0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.shifted)


def run(actions: int, share: float, seed: int) -> int:
    """Push to a peer of which `share` fails; print the share that is done after each run; 1 if it is too small."""
    done: list[float] = []
    with tempfile.TemporaryDirectory(prefix="bpa-push-") as folder, running(share=share, seed=seed) as peer:
        home = asking_home(Path(folder) / "home", peer.url, cases=actions, operations=OPERATIONS, most=actions)
        moment = _Time()
        with open_ledger(home) as ledger:
            for publication, config in pushing(home).values():
                enter_published(home, ledger, publication, config, moment.now)
            for number in range(1, RUNS + 1):
                begun, used = time.monotonic(), time.process_time()
                sent = _push(home, ledger, moment, actions)
                states = Counter(action.status for action in ledger.actions())
                done.append(states["done"] / actions)
                took, used = time.monotonic() - begun, time.process_time() - used
                share_done = f"{100 * done[-1]:.2f} % done, {dict(states)}"
                print(f"run {number}: {sent} sent in {took:.1f} s, {used:.1f} CPU-s; {share_done}")
                moment.shifted += 3600
            tries = Counter(action.attempts for action in ledger.actions())
            whole = ledger.verify_audit() is None
        effects, requests = peer.seen()
    twice = sum(times - 1 for times in effects.values())
    failed = requests.total() - requests[""]
    print(
        f"{requests.total()} requests, {failed} failed ({100 * failed / requests.total():.1f} %), tries of an action "
        f"{dict(sorted(tries.items()))}; {effects.total()} effects, {twice} twice, "
        f"trail {'whole' if whole else 'NOT whole'}"
    )
    reached = done[0] >= FIRST_CALL and done[1] >= AFTER_THE_NEXT_RUN and done[-1] == 1.0
    return 0 if reached and whole and not twice and len(effects) == actions else 1


def _push(home: Home, ledger: Ledger, moment: _Time, most: int) -> int:
    """What a run does with what is due; how many it sent."""
    connectors = open_connectors(home.folder, ledger.shared)
    connectors.clock = lambda begin: _Shifted(begin, moment)
    waiting = waiting_actions(ledger, {PROCESS: most}, connectors.connections(), moment.now)
    for one in waiting:
        send_action(ledger, connectors, one.action_id, "run", [PROCESS], moment.now)
    connectors.close()
    return len(waiting)
