"""A model as PNML (ISO/IEC 15909-2), as other tools for process mining read it."""

from xml.etree import ElementTree

from bpa_assets.process_model.diagram.xml_text import as_text
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, PetriNet

_TYPE = "http://www.pnml.org/version-2009/grammar/pnmlcoremodel"
_TOOL = {"tool": "ProM", "version": "6.4"}
"""The way to say that a transition is silent which ProM, pm4py and r4pm know."""


def pnml(net: PetriNet, *, name: str) -> str:
    """The net as a PNML document; characters that XML cannot hold are replaced."""
    root = ElementTree.Element("pnml")
    element = ElementTree.SubElement(root, "net", id="net", type=_TYPE)
    _text(element, "name", name)
    page = ElementTree.SubElement(element, "page", id="page")
    for place in range(net.places):
        node = ElementTree.SubElement(page, "place", id=f"p{place}")
        _text(node, "name", "start" if place == FIRST else "end" if place == LAST else f"p{place}")
        if place == FIRST:
            _text(node, "initialMarking", "1")
    for number, label in enumerate(net.labels):
        node = ElementTree.SubElement(page, "transition", id=f"t{number}")
        _text(node, "name", label if label is not None else f"silent {number}")
        if label is None:
            ElementTree.SubElement(node, "toolspecific", {**_TOOL, "activity": "$invisible$"})
    arcs = [(f"p{place}", f"t{number}") for number, places in enumerate(net.inputs) for place in places]
    arcs += [(f"t{number}", f"p{place}") for number, places in enumerate(net.outputs) for place in places]
    for number, (source, target) in enumerate(arcs):
        ElementTree.SubElement(page, "arc", id=f"a{number}", source=source, target=target)
    final = ElementTree.SubElement(ElementTree.SubElement(element, "finalmarkings"), "marking")
    _text(ElementTree.SubElement(final, "place", idref=f"p{LAST}"), None, "1")
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _text(parent: ElementTree.Element, tag: str | None, text: str) -> None:
    element = parent if tag is None else ElementTree.SubElement(parent, tag)
    ElementTree.SubElement(element, "text").text = as_text(text)
