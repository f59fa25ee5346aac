"""Which processes are to be retired: decided from looks at the folder of inboxes. Pure functions.

A folder that cannot be read, or lies on another file system than before (a disk that is not mounted leaves an empty
folder in its place), says nothing about what was in it.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

REST_SECONDS = 60
"""How long an inbox must be gone: time to rename a folder, or to put another in its place."""


@dataclass(frozen=True)
class Memory:
    """What is kept between two looks: the file system that the inboxes were on, and since when which are gone."""

    device: int | None = None
    gone_since: Mapping[str, float] = field(default_factory=dict)

    def to_cursor(self) -> str:
        """As the text that Dagster keeps between two looks."""
        return json.dumps(asdict(self))


def from_cursor(cursor: str | None) -> Memory:
    """What `to_cursor` wrote; nothing for a cursor of another version: then the waiting begins anew."""
    try:
        return Memory(**json.loads(cursor or "{}"))
    except (ValueError, TypeError):
        return Memory()


def after_look(memory: Memory, *, device: int, folders: Collection[str], known: Collection[str], now: float) -> Memory:
    """The memory after a look that could read the folder of inboxes.

    The file system is the one on which an inbox was seen; on another, or before any was seen, nothing is gone.
    """
    if any(process in folders for process in known):
        memory = Memory(device, memory.gone_since)
    if memory.device != device:
        return Memory(memory.device)
    gone = {process: memory.gone_since.get(process, now) for process in known if process not in folders}
    return Memory(device, gone)


def to_retire(memory: Memory, *, in_flight: Collection[str], now: float) -> list[str]:
    """Processes that have been gone for long enough, and of which no run is queued or at work."""
    return sorted(
        process
        for process, since in memory.gone_since.items()
        if now - since >= REST_SECONDS and process not in in_flight
    )
