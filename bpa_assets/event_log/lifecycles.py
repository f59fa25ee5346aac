"""Lifecycle models: what the states of BPAF are in the standard transitions of XES, by which records are paired.

Add a model here when logs declare one whose names are not those of the standard. Sources: IEEE 1849 (lifecycle
extension), WfMC Business Process Analytics Format (its states).
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

KNOWN_MODELS: Final = ("standard", "bpaf")
RUNNING: Final = "start or resume"
"""What the state of being at work is: which of the two, the state before it says."""

# What else tools call the two that matter; XES has no such transitions.
ALSO: Final = {
    **dict.fromkeys(("begin", "started", "begun"), "start"),
    **dict.fromkeys(("end", "ended", "completed", "finish", "finished", "done"), "complete"),
}
STANDARD: Final = (
    *("schedule", "scheduled", "assign", "assigned", "reassign", "withdraw", "start", "suspend", "resume", "complete"),
    *("pi_abort", "ate_abort", "abort", "manualskip", "autoskip", "unknown"),
)

# A longer state is what the longest of these is that it begins with.
_BPAF: Final = {
    "open.notrunning": "schedule",
    "open.notrunning.assigned": "assign",
    "open.notrunning.reserved": "assign",
    "open.running": RUNNING,
    "open.running.suspended": "suspend",
    "closed.completed": "complete",
    "closed.cancelled": "ate_abort",
}


def transition(name: str) -> str:
    """The standard transition that a transition or state stands for, in lower case; an unknown name stays."""
    plain = name.lower()
    if plain in ALSO:
        return ALSO[plain]
    parts = plain.split(".")
    beginnings = (".".join(parts[:length]) for length in range(min(len(parts), 3), 1, -1))
    return next((_BPAF[state] for state in beginnings if state in _BPAF), plain)


def transitions(names: Collection[str]) -> frozenset[str]:
    """The standard transitions that occur in a log with these names."""
    found = {transition(name) for name in names}
    return frozenset(found - {RUNNING} | {"start"} if RUNNING in found else found)


def lifecycle_findings(names: Collection[str], models: Mapping[str, str]) -> Iterator[str]:
    """What was made of the lifecycle. `names`: of its transitions, lower case; `models`: file → what it declares."""
    states = {name: read for name in sorted(names) if (read := transition(name)) != name}
    if states:
        yield f"states are read as transitions: {', '.join(f'{name} = {read}' for name, read in states.items())}"
    for file, model in models.items():
        if model.lower() not in KNOWN_MODELS:
            yield f"{file}: the lifecycle model '{model[:60]}' is not known: its transitions are taken by their names"
