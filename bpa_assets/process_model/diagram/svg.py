"""A laid out model as a picture (SVG 1.1): small, for a preview; the BPMN file is what other tools open."""

from collections.abc import Iterator
from textwrap import wrap
from xml.etree import ElementTree

from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.shapes import Box, Layout, Point
from bpa_assets.process_model.diagram.xml_text import as_text, number_text

_MARGIN = 20.0
_LETTER, _LINE = 6.6, 14.0
_SIGNS = {"exclusive": "×", "parallel": "+", "inclusive": "○"}
_ARROW = {"viewBox": "0 0 8 8", "refX": "8", "refY": "4", "markerWidth": "7", "markerHeight": "7", "orient": "auto"}
_DRAWN = {"fill": "white", "stroke": "#333", "stroke-width": "1.5"}


def svg(model: BpmnModel, layout: Layout) -> bytes:
    """The picture; labels are text in it, whatever they contain."""
    right = max((box.right for box in layout.boxes.values()), default=0.0)
    bottom = max((box.bottom for box in layout.boxes.values()), default=0.0)
    corners = [point for route in layout.routes.values() for point in route]
    width = max([right, *(x for x, _ in corners)]) + _MARGIN
    height = max([bottom, *(y for _, y in corners)]) + _MARGIN
    root = ElementTree.Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {number_text(width)} {number_text(height)}"},
        width=number_text(width),
        height=number_text(height),
    )
    root.attrib |= {"font-family": "sans-serif", "font-size": "12", "text-anchor": "middle"}
    arrow = ElementTree.SubElement(ElementTree.SubElement(root, "defs"), "marker", {"id": "arrow", **_ARROW})
    ElementTree.SubElement(arrow, "path", d="M0 0 8 4 0 8z", fill="#666")
    ElementTree.SubElement(root, "rect", width="100%", height="100%", fill="white")
    lines = ElementTree.SubElement(root, "g", {"fill": "none", "stroke": "#666", "marker-end": "url(#arrow)"})
    for edge in model.edges:
        ElementTree.SubElement(lines, "polyline", {"points": _points(layout.routes[edge]), "marker-end": "url(#arrow)"})
    for node in model.nodes:
        for tag, attributes, text in _shapes(node, layout.boxes[node.id]):
            ElementTree.SubElement(root, tag, attributes).text = text
    found: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=False)
    return found


def _shapes(node: BpmnNode, box: Box) -> Iterator[tuple[str, dict[str, str], str | None]]:
    """The tags that draw a node, with their attributes and text."""
    x, y = box.middle
    if node.kind in GATEWAYS:
        points = [(x, box.y), (box.right, y), (x, box.bottom), (box.x, y)]
        yield "polygon", {**_DRAWN, "points": _points(points)}, None
        yield _text(x, y + _LINE / 2, _SIGNS[node.kind], {"font-size": "22"})
    elif node.kind in ("start", "end"):
        border = {"stroke-width": "4"} if node.kind == "end" else {}
        place = {"cx": number_text(x), "cy": number_text(y), "r": number_text(box.width / 2)}
        yield "circle", {**_DRAWN, **border, **place}, None
    else:
        sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": 8.0}
        yield "rect", {**_DRAWN, **{side: number_text(size) for side, size in sizes.items()}}, None
        lines = wrap(as_text(node.label), max(4, int(box.width / _LETTER)))[: int(box.height / _LINE)]
        for number, line in enumerate(lines):
            yield _text(x, y + (number - (len(lines) - 1) / 2) * _LINE + _LINE / 3, line, {})


def _text(x: float, y: float, text: str, attributes: dict[str, str]) -> tuple[str, dict[str, str], str]:
    return "text", {"x": number_text(x), "y": number_text(y), **attributes}, text


def _points(points: "list[Point] | tuple[Point, ...]") -> str:
    return " ".join(f"{number_text(x)},{number_text(y)}" for x, y in points)
