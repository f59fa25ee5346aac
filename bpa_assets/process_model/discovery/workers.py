"""Candidates evaluated in processes of their own, so that one that takes too long can be ended."""

import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext
from time import monotonic
from typing import Any

from bpa_assets.process_model.discovery.evaluation import Measured, Refused, TookTooLongError, evaluated, get_ready
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.portfolio import CANDIDATE_SECONDS, Candidate

WALL_SECONDS = 3.0
"""So many times a candidate's seconds of processor time by the clock, and a worker is ended: it hangs, or the machine
does too much else. Before that it stops by itself."""

_STARTING_SECONDS = 90.0
"""Importing the miners takes 1 s, and compiling the alignments, once in an installation, 10 s."""

_SECOND_AFTER_SECONDS = 2.0
"""A second process costs as much to start as most logs take: it comes only where the first has work for longer."""


_LONGEST_SECONDS = 120
"""After which a worker ends itself, should the run that started it be gone."""

_PRELOADED = tuple(f"bpa_assets.process_model.discovery.{name}" for name in ("loaded_miners", "evaluation"))


@dataclass
class _Worker:
    """A process, what it is at work on, and until when it may be."""

    process: Any
    connection: Connection
    candidate: Candidate | None = None
    place: int = 0
    until: float = 0.0


def import_miners() -> None:
    """Let the process that workers are forked from import the miners; it does so while this one goes on."""
    _context()
    forkserver.ensure_running()


def evaluations(
    candidates: Sequence[Candidate], variants: Variants, sample: Mapping[tuple[str, ...], float], *, seconds: float
) -> Iterator[Measured | Refused]:
    """Evaluate the candidates, two at a time, and give them in their order: what is made of them is then the same.

    What is at work after so many seconds is ended.
    """
    waiting, found = [*enumerate(candidates)], dict[int, Measured | Refused]()
    workers = [_started(variants, sample)]
    workers[0].connection.poll(_STARTING_SECONDS)
    begun, given = monotonic(), 0
    try:
        while given < len(candidates):
            if waiting and len(workers) < (1 if monotonic() - begun < _SECOND_AFTER_SECONDS else 2):
                workers.append(_started(variants, sample))
            for one in workers:
                if waiting and one.candidate is None:
                    _give(one, *waiting.pop(0))
            wait([one.connection for one in workers], timeout=0.25)
            for one in workers:
                found |= _answer(one, begun + seconds)
            workers = [one for one in workers if one.process.is_alive()]
            while given in found:
                yield found[given]
                given += 1
            if monotonic() > begun + seconds:
                return
    finally:
        for one in workers:
            _end(one)


def _started(variants: Variants, sample: Mapping[tuple[str, ...], float]) -> _Worker:
    context = _context()
    ours, theirs = context.Pipe()
    given = (theirs, dict(variants), dict(sample))
    process = context.Process(target=_serve, args=given, daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours, until=monotonic() + _STARTING_SECONDS)


def _context() -> ForkServerContext:
    """From a process that has imported the miners: a second is paid once, also when a worker has to be replaced."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED])
    return context


def _serve(connection: Connection, variants: Variants, sample: Mapping[tuple[str, ...], float]) -> None:
    """What a worker does: say that it is ready, and evaluate what it is given until nothing comes any more."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which ends its workers
    signal.signal(signal.SIGPROF, _stop)
    get_ready()
    connection.send(None)
    while True:
        try:
            candidate: Candidate = connection.recv()
            signal.alarm(_LONGEST_SECONDS)
            connection.send(_in_time(candidate, variants, sample))
        except (EOFError, BrokenPipeError):  # the run is gone
            return


def _in_time(candidate: Candidate, variants: Variants, sample: Mapping[tuple[str, ...], float]) -> Measured | Refused:
    """What becomes of a candidate in its seconds of processor time."""
    import signal

    try:
        signal.setitimer(signal.ITIMER_PROF, candidate.seconds)
        found = evaluated(candidate, variants, sample)
        signal.setitimer(signal.ITIMER_PROF, 0)
    except TookTooLongError as error:  # while it was measured
        found = Refused(candidate.name, str(error), candidate.seconds)
    return found


def _stop(*_: object) -> None:
    raise TookTooLongError("took too long")


def _give(one: _Worker, place: int, candidate: Candidate) -> None:
    one.place, one.candidate = place, candidate
    one.until = max(one.until, monotonic() + WALL_SECONDS * candidate.seconds)
    one.connection.send(candidate)


def _answer(one: _Worker, until: float) -> dict[int, Measured | Refused]:
    """What a worker has found, or that it is ended because it took too long; nothing if it is still at work."""
    name = one.candidate.name if one.candidate else ""
    if one.connection.poll():
        try:
            answer: Measured | Refused | None = one.connection.recv()
        except (EOFError, OSError):
            _end(one)
            return {one.place: Refused(name, "its process ended, perhaps for want of memory", 0.0)} if name else {}
        if answer is None:  # it is ready
            one.until = monotonic() + WALL_SECONDS * CANDIDATE_SECONDS
            return {}
        one.candidate, one.until = None, 0.0
        return {one.place: answer}
    if one.candidate and monotonic() > min(one.until, until):
        _end(one)
        return {one.place: Refused(name, "took too long", one.candidate.seconds)}
    return {}


def _end(one: _Worker) -> None:
    one.connection.close()
    one.process.kill()
    one.process.join()
