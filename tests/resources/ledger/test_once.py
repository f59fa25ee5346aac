"""Every action has its effect once: with lost answers, killed workers, and a system that fails for a while."""

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess

import pytest

from bpa_resources.home import Home
from bpa_resources.ledger.ledger import Ledger
from tests.resources.ledger.asked_for import asked
from tests.resources.ledger.effect_peer import EffectPeer
from tests.resources.ledger.effect_worker import now, work

LONG = bool(os.environ.get("BPA_TEST_LONG"))


@pytest.fixture(scope="module")
def processes() -> multiprocessing.context.BaseContext:
    """Where workers come from: a server that has imported the ledger, so that one takes milliseconds to start."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.resources.ledger.effect_worker"])
    return context


class Workers:
    """So many workers at once: one that was killed is followed by another, under another name."""

    def __init__(self, start: Callable[[str], BaseProcess], number: int) -> None:
        self._start = start
        self.started = 0
        self.killed = 0
        self.running = [self._next() for _ in range(number)]

    def _next(self) -> BaseProcess:
        self.started += 1
        process = self._start(f"worker-{self.started}")
        process.start()
        return process

    def follow(self) -> bool:
        """Put another in the place of each that was killed; False when all have ended by themselves."""
        for place, process in enumerate(self.running):
            if process.exitcode not in (None, 0):
                assert process.exitcode == -9, "a worker failed"
                self.killed += 1
                self.running[place] = self._next()
        return any(process.exitcode is None for process in self.running)


def _push(ledger: Ledger, workers: Callable[[], Workers], peer: EffectPeer) -> int:
    """Until all is done; in between a person looks what became of the unknown ones. How many workers were killed."""
    killed = 0
    for _ in range(20):
        started = workers()
        while started.follow():
            time.sleep(0.01)
        killed += started.killed
        for action in ledger.actions(states=("unknown",)):
            ledger.resolve(action.action_id, "ann", done=peer.effects[action.case_id] > 0, now=now())
        if not ledger.actions(states=("approved", "sending"), limit=1):
            return killed
    raise AssertionError("the actions do not come to an end")


def _assert_once(ledger: Ledger, peer: EffectPeer, cases: int) -> None:
    assert Counter(action.status for action in ledger.actions()) == {"done": cases}
    assert len(peer.effects) == cases
    assert peer.effects.total() == cases
    assert ledger.verify_audit() is None


def _words(ledger: Ledger) -> Counter[str]:
    """How often each event is in the trail."""
    return Counter(row.event for action in ledger.actions() for row in ledger.history(action.action_id))


def test_every_action_has_its_effect_once(
    home: Home, ledger: Ledger, processes: multiprocessing.context.SpawnContext
) -> None:
    url = os.environ.get("BPA_LEDGER_URL", "")
    cases, number, refused = (1000, 8, 30) if LONG else (40, 2, 8)
    ledger.propose([asked(str(case), repeatable=case % 2 == 0) for case in range(cases)], now())
    began = time.monotonic()
    with EffectPeer(lost=0.25, out_of_order=range(cases // 3, cases // 3 + refused)) as peer:

        def worker(name: str) -> BaseProcess:
            return processes.Process(target=work, args=(home.folder, url, peer.port, name, 0.05))

        killed = _push(ledger, lambda: Workers(worker, number), peer)
        _assert_once(ledger, peer, cases)
    print(
        f"{cases} actions, {peer.requests} requests {dict(peer.by_fate)}, {killed} workers killed, "
        f"{ledger.audit_head().seq} rows of the trail, {time.monotonic() - began:.1f} s"
    )
    words = _words(ledger)
    print(dict(words))
    assert words["postponed"] > 0  # the circuit opened, and closed


def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_repeated(
    home: Home, ledger: Ledger, processes: multiprocessing.context.SpawnContext
) -> None:
    url = os.environ.get("BPA_LEDGER_URL", "")
    kills, cases = (200, 2000) if LONG else (4, 20)
    ledger.propose([asked(str(case), repeatable=case % 2 == 0) for case in range(cases)], now())
    dice = random.Random(3)
    lives = [dice.uniform(0.001, 0.25) for _ in range(kills)]
    with EffectPeer() as peer:

        def worker(name: str) -> BaseProcess:
            return processes.Process(
                target=work, args=(home.folder, url, peer.port, name, 0.0, lives.pop() if lives else 0.0)
            )

        killed = _push(ledger, lambda: Workers(worker, 2), peer)
        _assert_once(ledger, peer, cases)
    words = _words(ledger)
    print(f"{killed} kills, {peer.requests} requests, {ledger.audit_head().seq} rows of the trail, {dict(words)}")
    if LONG:  # a few are over before any of their workers is killed
        assert killed == kills
        assert words["unknown"] + words["sending again"] > kills / 4  # killed while they sent
