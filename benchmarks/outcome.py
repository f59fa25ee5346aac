"""What a task found out, and the table of it all."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.measure import Measured

Agreement = Literal["yes", "NO", "peer is wrong", ""]
"""Whether the peer's results and ours are equal; empty where nothing is compared."""


def agreement(equal: object) -> Agreement:
    """Of a comparison."""
    return "yes" if equal else "NO"


@dataclass(frozen=True)
class Requirement:
    """What the issue asks: so many times less CPU, so many times less memory."""

    cpu: float | None = None
    memory: float | None = None

    def __str__(self) -> str:
        parts = [f"≥ {self.cpu:g}× CPU"] if self.cpu else []
        return ", ".join([*parts, *([f"≥ {self.memory:g}× MB"] if self.memory else [])]) or "–"


@dataclass(frozen=True)
class Outcome:
    """One row of the table. `missed`: a requirement that does not hold."""

    task: str
    peer: str
    required: str
    peer_used: Measured | None = None
    ours: Measured | None = None
    agreed: Agreement = ""
    missed: bool = False
    note: str = ""


def compared(
    task: str,
    peer: str,
    peer_used: Measured,
    ours: Measured,
    *,
    required: Requirement,
    agreed: Agreement,
    note: str = "",
) -> Outcome:
    """An outcome of the two measured side by side."""
    missed = bool(required.cpu and peer_used.cpu_seconds < required.cpu * ours.cpu_seconds) or bool(
        required.memory and peer_used.peak_megabytes < required.memory * ours.peak_megabytes
    )
    return Outcome(task, peer, str(required), peer_used, ours, agreed, missed, note)


_CPU, _MEMORY = ("peer CPU s", "ours CPU s", "ratio"), ("peer MB", "ours MB", "ratio")
_HEAD = ("task", "peer", *_CPU, *_MEMORY, "required", "met?", "equal?")
_LEFT = (0, 1, 8)


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the table, then the notes."""
    rows = [_HEAD, *(_cells(outcome) for outcome in outcomes)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_HEAD))]
    for number, row in enumerate(rows):
        print("  ".join(_padded(cell, widths[index], index) for index, cell in enumerate(row)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    print()
    for outcome in outcomes:
        if outcome.note:
            print(f"* {outcome.task}{f', {outcome.peer}' if outcome.peer else ''}: {outcome.note}")
    sys.stdout.flush()


def status(outcomes: Iterable[Outcome], *, strict: bool) -> int:
    """1 when results differ, or with `strict` when a requirement is missed; else 0."""
    return int(any(outcome.agreed == "NO" or (strict and outcome.missed) for outcome in outcomes))


def _cells(outcome: Outcome) -> tuple[str, ...]:
    peer, ours = outcome.peer_used, outcome.ours
    return (
        outcome.task,
        outcome.peer,
        f"{peer.cpu_seconds:.2f}" if peer else "",
        f"{ours.cpu_seconds:.2f}" if ours else "",
        f"{peer.cpu_seconds / ours.cpu_seconds:.1f}×" if peer and ours else "",
        f"{peer.peak_megabytes:,.0f}" if peer else "",
        f"{ours.peak_megabytes:,.0f}" if ours else "",
        f"{peer.peak_megabytes / ours.peak_megabytes:.1f}×" if peer and ours else "",
        outcome.required,
        "" if outcome.required == "–" else "MISSED" if outcome.missed else "yes",
        outcome.agreed,
    )


def _padded(cell: str, width: int, index: int) -> str:
    return cell.ljust(width) if index in _LEFT else cell.rjust(width)
