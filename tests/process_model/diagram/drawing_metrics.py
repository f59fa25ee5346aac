"""What is wrong with a drawing, found without the code that draws: geometry alone, read from the file as written."""

import math
from dataclasses import dataclass
from itertools import combinations, pairwise
from xml.etree import ElementTree

Corner = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # left, top, right, bottom
_TINY = 1e-6
_NAMES = {
    "model": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
}


@dataclass
class Drawn:
    """The shapes and flows of a diagram by the ids of what they show; of a flow also its two ends."""

    shapes: dict[str, Rectangle]
    routes: dict[str, list[Corner]]
    ends: dict[str, tuple[str, str]]


def drawn(xml: bytes) -> Drawn:
    """The diagram in a BPMN file that we wrote; every node must have one shape and every flow one route."""
    root = ElementTree.fromstring(xml)  # noqa: S314 - our own bytes
    shapes, routes = {}, {}
    for shape in root.iterfind(".//di:BPMNShape", _NAMES):
        bounds = shape.find("dc:Bounds", _NAMES)
        assert bounds is not None
        x, y, width, height = (float(bounds.attrib[name]) for name in ("x", "y", "width", "height"))
        assert shape.attrib["bpmnElement"] not in shapes
        shapes[shape.attrib["bpmnElement"]] = (x, y, x + width, y + height)
    for edge in root.iterfind(".//di:BPMNEdge", _NAMES):
        points = [
            (float(point.attrib["x"]), float(point.attrib["y"])) for point in edge.iterfind("dd:waypoint", _NAMES)
        ]
        assert edge.attrib["bpmnElement"] not in routes
        routes[edge.attrib["bpmnElement"]] = points
    process = root.find("model:process", _NAMES)
    assert process is not None
    ends, nodes = {}, set()
    for element in process:
        if element.tag.endswith("sequenceFlow"):
            ends[element.attrib["id"]] = element.attrib["sourceRef"], element.attrib["targetRef"]
        else:
            nodes.add(element.attrib["id"])
    assert nodes == set(shapes)
    assert set(ends) == set(routes)
    return Drawn(shapes, routes, ends)


def faults(picture: Drawn) -> list[str]:
    """Every fault as a sentence."""
    return [
        *_bad_numbers(picture),
        *_overlaps(picture),
        *_slanted(picture),
        *_loose_ends(picture),
        *_through_shapes(picture),
        *_on_each_other(picture),
    ]


def _bad_numbers(picture: Drawn) -> list[str]:
    numbers = [number for shape in picture.shapes.values() for number in shape]
    numbers += [number for route in picture.routes.values() for point in route for number in point]
    return [f"{number} is no place" for number in numbers if not (math.isfinite(number) and number >= 0)]


def _overlaps(picture: Drawn) -> list[str]:
    return [
        f"{one} overlaps {two}"
        for (one, a), (two, b) in combinations(picture.shapes.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def _slanted(picture: Drawn) -> list[str]:
    return [
        f"{flow} is slanted or stands still"
        for flow, route in picture.routes.items()
        if len(route) < 2 or any((a[0] == b[0]) == (a[1] == b[1]) for a, b in pairwise(route))
    ]


def _loose_ends(picture: Drawn) -> list[str]:
    """A flow must touch its shapes in the middle of a side: there circles and diamonds reach their box."""
    loose = []
    for flow, route in picture.routes.items():
        for point, node in zip((route[0], route[-1]), picture.ends[flow], strict=True):
            left, top, right, bottom = picture.shapes[node]
            middle = (left + right) / 2, (top + bottom) / 2
            sides = [(left, middle[1]), (right, middle[1]), (middle[0], top), (middle[0], bottom)]
            if not any(math.dist(point, side) < _TINY for side in sides):
                loose.append(f"{flow} does not touch {node}")
    return loose


def _through_shapes(picture: Drawn) -> list[str]:
    """No part of a flow may lie in a shape or touch one, but where it ends; its own shapes it may only touch."""
    through = []
    for flow, route in picture.routes.items():
        for a, b in pairwise(route):
            low, high = (min(a[0], b[0]), min(a[1], b[1])), (max(a[0], b[0]), max(a[1], b[1]))
            for node, (left, top, right, bottom) in picture.shapes.items():
                room = -_TINY if node in picture.ends[flow] else 2.0
                inside = low[0] < right + room and high[0] > left - room
                if inside and low[1] < bottom + room and high[1] > top - room:
                    through.append(f"{flow} runs through {node}")
    return through


def _on_each_other(picture: Drawn) -> list[str]:
    """Flows may share a stretch only if they share their source or their target."""
    stretches: dict[tuple[bool, float], list[tuple[float, float, str]]] = {}
    for flow, route in picture.routes.items():
        for a, b in pairwise(route):
            upright = a[0] == b[0]
            low, high = sorted((a[upright], b[upright]))
            stretches.setdefault((upright, a[not upright]), []).append((low, high, flow))
    return [
        f"{one} lies on {two}"
        for line in stretches.values()
        for (low, high, one), (begin, end, two) in combinations(line, 2)
        if low < end and begin < high and not _share_an_end(picture.ends[one], picture.ends[two])
    ]


def _share_an_end(one: tuple[str, str], two: tuple[str, str]) -> bool:
    return one[0] == two[0] or one[1] == two[1]
