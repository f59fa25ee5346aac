"""Runs that know of each other by the rows of the ledger only: one engine each, on the same home."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bpa_resources.connectors.call import Call, Outcome, SharedState
from bpa_resources.connectors.manifest import RateLimit
from bpa_resources.home import Home
from bpa_resources.ledger.ledger import open_ledger
from tests.resources.connectors.faulty_peer import Peer, served
from tests.resources.connectors.orders_system import NOW, Opened, opened


@dataclass
class Runs:
    """Two runs, and the peer they push to."""

    peer: Peer
    both: list[Opened]

    def push(self, run: int, key: str, later: float = 0) -> Outcome:
        now = NOW + timedelta(seconds=later)
        return self.both[run].engine.send(Call("orders", "with_header", {"name": "x"}), key=key, now=now)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with ExitStack() as stack:
        peer = stack.enter_context(served(Peer()))
        both = []
        for _ in range(2):
            here = opened(tmp_path, peer.url, limits=RateLimit(rate=2, per_seconds=4))
            state: SharedState = stack.enter_context(open_ledger(Home(tmp_path))).shared
            here.engine.shared = state
            both.append(here)
        yield Runs(peer, both)


def test_what_a_server_asks_of_one_run_holds_for_all(runs: Runs) -> None:
    runs.peer.faults.append("429:300")
    assert runs.push(0, "a").not_before == NOW + timedelta(seconds=300)
    assert runs.push(1, "b").not_before == NOW + timedelta(seconds=300)
    assert runs.push(1, "b", later=300).status == "done"
    assert len(runs.peer.asked) == 2


def test_a_circuit_that_one_run_opened_is_open_for_all_and_one_probes_it(runs: Runs) -> None:
    runs.peer.faults.extend(["500"] * 5)
    runs.push(0, "a")
    runs.push(0, "b", later=10)
    outcome = runs.push(1, "c", later=15)
    assert (outcome.status, outcome.error_class, outcome.attempts) == ("later", "circuit_open", 0)
    assert outcome.not_before is not None
    after = (outcome.not_before - NOW).total_seconds()
    assert runs.push(1, "c", later=after).status == "done"
    assert runs.push(0, "d", later=after + 2).status == "done"


def test_runs_keep_one_pace(runs: Runs) -> None:
    for number in range(3):
        for run in range(2):
            assert runs.push(run, f"{number}-{run}").status == "done"
    waited = sum(sum(here.waits) for here in runs.both)
    assert waited == 0 + 2 + 4 + 6 + 8 + 10  # all asked at the same moment, and go out two seconds apart
