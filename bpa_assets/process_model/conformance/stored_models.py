"""The models that a run has stored, read back: the net of its PNML file, the states of its BPMN file."""

from collections.abc import Iterable
from pathlib import Path

from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.languages import Comparison, compare
from bpa_assets.process_model.conformance.reference import translated
from bpa_assets.process_model.conformance.xml_elements import Element, read_elements
from bpa_assets.process_model.diagram.xml_text import as_text
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space

_MOST_STATES = 20_000
"""Of the model, beyond which its two files are not compared: that would take longer than mining it."""


def stored_net(pnml: Path, activities: Iterable[str] = ()) -> PetriNet:
    """The net of a PNML file as `pnml.py` writes it.

    `activities`: names of which the file may hold another form, because XML cannot hold all characters.
    """
    names = {_as_stored(one): one for one in activities}
    (net,) = read_elements(pnml, name=pnml.name).all("net")
    (page,) = net.all("page")
    places = {place.attributes["id"]: number for number, place in enumerate(page.all("place"))}
    transitions = {one.attributes["id"]: number for number, one in enumerate(page.all("transition"))}
    takes: list[list[int]] = [[] for _ in transitions]
    gives: list[list[int]] = [[] for _ in transitions]
    for arc in page.all("arc"):
        source, target = arc.attributes["source"], arc.attributes["target"]
        if source in places:
            takes[transitions[target]].append(places[source])
        else:
            gives[transitions[source]].append(places[target])
    labels = [_label(one) for one in page.all("transition")]
    return PetriNet(
        len(places),
        tuple(None if label is None else names.get(label, label) for label in labels),
        tuple(map(tuple, takes)),
        tuple(map(tuple, gives)),
    )


def compare_files(bpmn: Path, pnml: Path) -> Comparison:
    """Whether a BPMN file of ours, read as any other, allows what the PNML file of the same model allows."""
    (process,) = read_bpmn(bpmn, name=bpmn.name)
    drawn = translated(process, {label: _as_stored(label) for label in process.activity_labels}, name=bpmn.name)
    try:
        stored = state_space(stored_net(pnml), most_states=_MOST_STATES)
    except UnsoundError:  # it was proven sound when it was mined: it is too large
        return Comparison(None)
    return compare(drawn.space, stored)


def _as_stored(activity: str) -> str:
    return as_text(activity).replace("\r\n", "\n").replace("\r", "\n")


def _label(transition: Element) -> str | None:
    if transition.all("toolspecific"):
        return None
    (name,) = transition.all("name")
    (text,) = name.all("text")
    return text.text
