"""What the files of a log say about the log as a whole: their attributes, and the name of the process."""

from collections.abc import Sequence
from dataclasses import dataclass

from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.xes.placeholders import names_a_process


@dataclass(frozen=True)
class Described:
    """The attributes of a log, and its name for people; empty if it has none that is one."""

    attributes: dict[str, str]
    name: str


def described_by(sources: Sequence[Source]) -> Described:
    """The attributes of all files of a log; where two say different things, the first file's."""
    attributes: dict[str, str] = {}
    for source in reversed(sources):
        attributes = {**attributes, **source.log_attributes}
    name = attributes.get("concept:name", "").strip()
    return Described(attributes, name if names_a_process(name) else "")
