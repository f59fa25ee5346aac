"""Ctrl-C, or the signal to end, while a run is at work: none is lost, and it is known that there was one.

Dagster lets the handler of a signal raise. What is raised in a weakref callback (the import system and thread pools
have many) is thrown away by Python: 4 of 48 runs went on as if nothing had been pressed. And libraries turn what is
raised while they are at work into errors of their own, such as DuckDB's "Query interrupted".
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_AGAIN_SECONDS = 0.05
"""After which a signal that was thrown away is sent again: by then the callback is over."""

_AT_ONCE = 64
_STOP: frozenset[int] = frozenset({signal.SIGINT, signal.SIGTERM})


class StopSignals:
    """What came so far."""

    def __init__(self, heard: socket.socket) -> None:
        self._heard = heard
        self._any = False

    @property
    def any(self) -> bool:
        """Whether there was one."""
        with suppress(BlockingIOError):
            self._any |= not _STOP.isdisjoint(self._heard.recv(_AT_ONCE))
        return self._any


@contextmanager
def stop_signals(raised: type[BaseException] = KeyboardInterrupt) -> Iterator[StopSignals]:
    """Listen for them; in the main thread, as Python gives signals to no other. `raised`: what their handler raises."""
    with _pair() as (heard, hears), _pair() as (asked, asks):
        heard.setblocking(False)
        hears.setblocking(False)
        found = StopSignals(heard)
        if threading.current_thread() is not threading.main_thread():
            yield found
            return
        before, hook = signal.set_wakeup_fd(hears.fileno(), warn_on_full_buffer=False), sys.unraisablehook
        sender = threading.Thread(target=_send_again, args=(asked,), daemon=True)
        sender.start()

        def thrown_away(what: "UnraisableHookArgs") -> None:
            if not isinstance(what.exc_value, KeyboardInterrupt | raised):
                hook(what)
                return
            sent = 0
            while not sent:  # no lock is taken: what is raised here, of all places, would leave it closed
                with suppress(KeyboardInterrupt, raised):
                    sent = asks.send(b"!")

        sys.unraisablehook = thrown_away
        try:
            yield found
        finally:
            sys.unraisablehook = hook
            signal.set_wakeup_fd(before)
            asks.shutdown(socket.SHUT_WR)
            sender.join()


@contextmanager
def held_back() -> Iterator[None]:
    """Let a signal wait: nanobind ends the process where a handler raises while DuckDB is being imported."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {one: signal.signal(one, lambda number, _: came.append(number)) for one in _STOP}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
        for number in came[:1]:
            signal.raise_signal(number)


@contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def _send_again(asked: socket.socket) -> None:
    """A thread of its own: what the hook does may be interrupted by the very signal that it asks for."""
    while asked.recv(1):
        sleep(_AGAIN_SECONDS)
        os.kill(os.getpid(), signal.SIGINT)
