"""Kills the whole push job at random instants, and looks whether each action had its effect, once.

A push is what `bpa actions push` does up to the KPI tables: the job `push_actions` on the home's own instance of
Dagster. It runs in a child that is forked off after everything is imported, so that an instant drawn from its duration
falls into the push and not into the imports. Half of the kills come at any instant of a push, half while it sends: the
rest of a push is Dagster's, where little can be lost. A third of the actions goes through an operation that knows its
keys, a third through one that is searched for first, a third through one that can tell nothing: when that is lost a
person looks at the peer (`resolve`), as people have to.
"""

import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pushing.asking import asking_home, push_at_most
from benchmarks.pushing.peer import Peer, running
from bpa_assets.actions import sending
from bpa_cli.launch import open_instance
from bpa_cli.progress import Progress
from bpa_cli.push import enter_and_send
from bpa_resources.home import Home
from bpa_resources.ledger.canonical import utc
from bpa_resources.ledger.ledger import open_ledger

OPERATIONS = ("keyed", "searched", "plain")
MOST = 10
"""Actions a push sends: so few that a push is soon over, so many that half of its time is sending."""
ACTIONS_A_KILL = 6
ANSWER_SECONDS = 0.05
LONGEST_PUSH_SECONDS = 120
LEASE_SECONDS = 0.5
"""For these pushes, of which one runs at a time: who is looked for is dead."""


@dataclass
class Trial:
    """A home, a peer, and what was seen while pushes were killed."""

    home: Home
    peer: Peer
    dice: random.Random
    seconds: float = 0.0
    pushes: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def push(self, alive_at_its_end: Callable[[int], bool] | None = None) -> bool:
        """Push in a child, killed if this still finds it alive; whether it was killed."""
        self.pushes += 1
        child = os.fork()
        if child == 0:
            _in_child(lambda: enter_and_send(self.home, Progress("push_actions")))
        if alive_at_its_end is None:
            _check_status(os.waitpid(child, 0)[1])
            return False
        if not alive_at_its_end(child):
            return False
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return True

    def kill(self, *, aimed: bool) -> None:
        """Kill a push, `aimed` while it sends; one that had ended before is done once more."""
        for _ in range(20):
            if self.push(self._while_it_sends if aimed else self._at_any_instant):
                break
            self.seconds *= 1.0 if aimed else 0.98
        else:
            raise AssertionError("every push had ended before it was to be killed: too few actions are left")
        killed_at = datetime.now(UTC)
        with open_ledger(self.home) as ledger:
            held = [action.lease_until for action in ledger.actions(states=("sending",))]
        sent = any(until is not None and utc(until) > killed_at for until in held)
        self.found["killed while an action was under way" if sent else "killed while none was"] += 1
        self.look()

    def _at_any_instant(self, child: int) -> bool:
        return not _ended_within(child, self.dice.uniform(0, self.seconds))

    def _while_it_sends(self, child: int) -> bool:
        """From its first request on for as long as its requests take."""
        before = self.peer.seen()[1].total()
        until = time.monotonic() + LONGEST_PUSH_SECONDS
        while self.peer.seen()[1].total() == before:
            if _ended_within(child, 0.005):
                return False
            if time.monotonic() > until:
                raise AssertionError(f"a push has sent nothing for {LONGEST_PUSH_SECONDS} s")
        return not _ended_within(child, self.dice.uniform(0, MOST * ANSWER_SECONDS))

    def look(self) -> None:
        """Be the person who says what became of the unknown ones, and see that the peer holds none twice."""
        effects, _ = self.peer.seen()
        if twice := [case for case, times in effects.items() if times > 1]:
            raise AssertionError(f"had its effect twice: {twice}")
        with open_ledger(self.home) as ledger:
            for action in ledger.actions(states=("unknown",)):
                done = effects[action.case_id] > 0
                ledger.resolve(action.action_id, "ann", done=done, now=datetime.now(UTC))
                self.found["of these a person found done" if done else "of these a person found not done"] += 1
            if fault := ledger.verify_audit():
                raise AssertionError(fault)

    def finish(self) -> None:
        """Push on until nothing waits."""
        push_at_most(self.home, 100_000)
        for _ in range(200):
            with open_ledger(self.home) as ledger:
                if not ledger.actions(states=("approved", "sending", "unknown"), limit=1):
                    return
            self.push()
            self.look()
            time.sleep(LEASE_SECONDS)
        raise AssertionError("the actions do not come to an end")


def _in_child(work: Callable[[], int]) -> None:
    """Do it and end this process, whatever happens; what it says is not for the screen."""
    status = 1
    try:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__  # whoever caught what the parent says
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        status = work()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _ended_within(child: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            _check_status(status)
            return True
        time.sleep(min(left, 0.005))
    return False


def _check_status(status: int) -> None:
    if status:
        raise AssertionError(f"a push ended with {os.waitstatus_to_exitcode(status)}")


def trial(folder: Path, *, kills: int, seed: int, told: Callable[[str], None] = print) -> Trial:
    """Kill so many pushes, then let the rest be sent. Errors: AssertionError for what was lost or done twice."""
    from bpa_assets.definitions import defs

    defs.resolve_job_def("push_actions")  # before a child is forked off: it would do that each time
    with open_instance(Home(folder / "first")):
        pass
    sending.LEASE_SECONDS = LEASE_SECONDS
    cases = (kills + 10) * ACTIONS_A_KILL
    with running(seconds=ANSWER_SECONDS) as peer:
        home = asking_home(folder / "home", peer.url, cases=cases, operations=OPERATIONS, most=MOST)
        one = Trial(home, peer, random.Random(seed))
        one.push()  # makes the instance
        begun = time.monotonic()
        one.push()
        one.seconds = time.monotonic() - begun
        told(f"a push of {MOST} of {cases} actions takes {one.seconds:.1f} s here")
        for number in range(1, kills + 1):
            one.kill(aimed=number % 2 == 0)
            if number % 20 == 0:
                told(f"{number:>4} kills")
        one.finish()
        _check(one, cases, told)
    return one


def _check(one: Trial, cases: int, told: Callable[[str], None]) -> None:
    effects, requests = one.peer.seen()
    with open_ledger(one.home) as ledger:
        actions = ledger.actions()
        events = Counter(row.event for action in actions for row in ledger.history(action.action_id))
        seq = ledger.audit_head().seq
    states = Counter(action.status for action in actions)
    twice, lost = sum(times - 1 for times in effects.values()), cases - len(effects)
    told(f"{cases} actions, {requests.total()} requests: {effects.total()} effects, {twice} twice, {lost} lost")
    told(f"states {dict(states)}; the trail of {seq} rows is whole: {dict(events)}")
    assert (twice, lost) == (0, 0)
    assert states == {"done": cases}


def run(kills: int, seed: int) -> int:
    """Kill so many pushes and print what was found; 1 if an effect was lost or done twice."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bpa-push-kills-") as folder:
        try:
            one = trial(Path(folder), kills=kills, seed=seed)
        except AssertionError as error:
            print(error, file=sys.stderr)
            return 1
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(of.ru_utime + of.ru_stime for of in used)
    print(f"{kills} kills in {one.pushes} pushes, {time.monotonic() - begun:.0f} s, {cpu:.0f} CPU-s")
    for found, times in one.found.most_common():
        print(f"{times:>6}  {found}")
    return 0
