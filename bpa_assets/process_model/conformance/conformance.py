"""A log aligned with its reference model, and the discovered model compared with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bpa_assets.process_model.conformance.bpmn_process import Process
from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.label_matching import LabelMatch, match_labels
from bpa_assets.process_model.conformance.languages import jaccard, overlap, relations
from bpa_assets.process_model.conformance.reference import REFERENCE, chosen_process, translated
from bpa_assets.process_model.discovery.alignments import Alignment, align
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.quality import Quality, quality
from bpa_assets.process_model.discovery.state_space import StateSpace, UnsoundError, state_space
from bpa_resources.errors import InputError

ALIGNING_SECONDS = 20.0
_SHOWN = 3


@dataclass(frozen=True)
class Conformance:
    """How a log follows its reference model: `variants` and their `alignments` in one order, and all figures.

    `notes`: what was assumed to read the model, in sentences.
    """

    process: str
    net: PetriNet
    space: StateSpace
    quality: Quality
    variants: tuple[tuple[str, ...], ...]
    alignments: tuple[Alignment | None, ...]
    matches: tuple[LabelMatch, ...]
    matched_activities: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Accuracy:
    """What the discovered and the reference model have in common; relations are None where that is not known."""

    activities: float
    relations: float | None


def conform(
    file: Path, variants: Variants, label_matches: Mapping[str, str], *, seconds: float = ALIGNING_SECONDS
) -> Conformance:
    """Align the variants of a log (sequence of activities → cases) with a reference model, frequent ones first.

    `label_matches`: label of the model → activity of the log. Errors: InputError for a model that cannot be used.
    """
    activities = sorted({activity for variant in variants for activity in variant})

    def shared(one: Process) -> int:
        told = {label: name for label, name in label_matches.items() if label in one.activity_labels}
        return _shared(match_labels(one.activity_labels, activities, told))

    process, left_out = chosen_process(read_bpmn(file, name=REFERENCE), shared)
    matches = match_labels(process.activity_labels, activities, label_matches, events=process.event_labels)
    matched = _shared(matches[: len(process.activity_labels)])
    if not _shared(matches):
        raise InputError(_nothing_shared(process, activities))
    found = translated(process, _names(matches, process, activities), name=REFERENCE)
    by_cases = tuple(sorted(variants, key=lambda one: (-variants[one], one)))
    alignments = tuple(align(found.space, by_cases, until=monotonic() + seconds))
    net = found.net.petri_net()
    measured = quality(net, found.space, {one: float(variants[one]) for one in by_cases}, alignments)
    notes = tuple(note for note in (left_out, *process.notes, *_repeated(process)) if note)
    return Conformance(
        process.name, net, found.space, measured, by_cases, alignments, _shown(matches, process), matched, notes
    )  # fmt: skip


def accuracy(reference: Conformance, discovered: PetriNet) -> Accuracy:
    """Jaccard of the activities, and F1 of the pairs that follow each other directly, of the two models."""
    activities = jaccard(reference.net.activities, discovered.activities)
    try:
        theirs = relations(state_space(discovered))
    except UnsoundError:  # too many states: what follows what was not found out
        return Accuracy(activities, None)
    return Accuracy(activities, overlap(relations(reference.space), theirs))


def _shared(matches: Sequence[LabelMatch]) -> int:
    return sum(match.activity is not None for match in matches)


def _names(matches: Sequence[LabelMatch], process: Process, activities: Sequence[str]) -> dict[str, str | None]:
    """What each label is called in the net: the activity it means; an activity without one keeps a name of its own.

    What process.yaml says nothing in the log is, the log does not record: it is silent, as are events without a match.
    """
    own = set(process.activity_labels)
    taken = set(activities)
    names: dict[str, str | None] = {}
    for match in matches:
        name = match.activity
        if name is None and match.how is None and match.label in own:
            name = match.label
            while name in taken:
                name += " (reference)"
            taken.add(name)
        names[match.label] = name
    return names


def _shown(matches: Sequence[LabelMatch], process: Process) -> tuple[LabelMatch, ...]:
    """The matches of activities, and of events only those there are: most events are in no log."""
    own = set(process.activity_labels)
    return tuple(one for one in matches if one.label in own or one.how is not None)


def _repeated(process: Process) -> list[str]:
    repeated = [node.label for node in process.all_nodes() if node.repeats != "never" and node.label.strip()]
    if not repeated:
        return []
    more = f" and {len(repeated) - _SHOWN} more" if len(repeated) > _SHOWN else ""
    return [f"{', '.join(map(repr, repeated[:_SHOWN]))}{more} may be done several times in a row (loop markers)"]


def _nothing_shared(process: Process, activities: Sequence[str]) -> str:
    labels = ", ".join(repr(one[:60]) for one in process.activity_labels[:_SHOWN])
    known = ", ".join(repr(one[:60]) for one in activities[:_SHOWN])
    return (
        f"{REFERENCE}: none of its activities ({labels}, …) is in the log ({known}, …): is it of another process? "
        f"Match them by label_matches in process.yaml, or remove {REFERENCE} from the inbox"
    )
