"""The reference model of a process: which process of the file it is, what it means, and that it is sound."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bpa_assets.process_model.conformance.bpmn_process import Process
from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.meaning import token_net
from bpa_assets.process_model.conformance.net_states import TooLargeError, net_states
from bpa_assets.process_model.conformance.token_net import TokenNet
from bpa_assets.process_model.discovery.state_space import StateSpace, UnsoundError
from bpa_resources.errors import InputError

REFERENCE = "reference.bpmn"


@dataclass(frozen=True)
class Translated:
    """A process as a net, with its states; proven sound."""

    net: TokenNet
    space: StateSpace


def check_reference(file: Path, *, name: str = "") -> None:
    """Read a reference model as far as that is possible without a log. Errors: InputError, one sentence.

    Of several pools, of which the log decides, one that can be used is enough.
    """
    refused = []
    for process in (processes := read_bpmn(file, name=name or file.name)):
        try:
            translated(process, {label: label for label in process.activity_labels}, name=name or file.name)
        except InputError as error:
            refused.append(error)
    if len(refused) == len(processes):
        raise refused[0]


def chosen_process(processes: Sequence[Process], shared: Callable[[Process], int]) -> tuple[Process, str]:
    """The process that shares most activities with the log (the first of several), and a sentence if one was left."""
    best = max(processes, key=lambda process: (shared(process), -processes.index(process)))
    if len(processes) == 1:
        return best, ""
    return best, (
        f"of {len(processes)} pools '{best.name}' is compared with the log: "
        f"it shares most activities with it ({shared(best)} of {len(best.activity_labels)})"
    )


def translated(process: Process, label_of: Mapping[str, str | None], *, name: str) -> Translated:
    """A process as a net whose labels are `label_of` those of the file; what is not in it is silent.

    Errors: InputError for a process that is not sound, or too large to tell, or has no meaning.
    """
    if process.refused:
        raise InputError(process.refused)
    try:
        try:
            return _translated(process, label_of, name=name, ends_empty=False)
        except TooLargeError:
            raise
        except UnsoundError:  # several ends may be reached at once: then it ends when nothing is left to do
            return _translated(process, label_of, name=name, ends_empty=True)
    except TooLargeError as error:
        raise InputError(
            f"{name}: the model cannot be judged: {error}; leave out parallel or optional parts"
        ) from error
    except UnsoundError as error:
        raise InputError(f"{name}: the model is not sound: {error}; correct it there") from error


def _translated(process: Process, label_of: Mapping[str, str | None], *, name: str, ends_empty: bool) -> Translated:
    net = token_net(process, name=name, ends_empty=ends_empty)
    net = net.relabelled(lambda step: label_of.get(step.label) if step.label is not None else None).reduced()
    return Translated(net, net_states(net))
