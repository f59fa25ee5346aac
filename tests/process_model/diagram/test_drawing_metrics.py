"""The metrics find what they are for: each fault, planted in a sound drawing, is told."""

import pytest

from tests.process_model.diagram.drawing_metrics import Corner, Drawn, Rectangle, faults

SHAPES: dict[str, Rectangle] = {"a": (0, 0, 100, 80), "b": (200, 0, 300, 80), "c": (400, 0, 500, 80)}
ENDS = {"ab": ("a", "b"), "bc": ("b", "c")}
ROUTES: dict[str, list[Corner]] = {"ab": [(100, 40), (200, 40)], "bc": [(300, 40), (400, 40)]}


def test_a_sound_drawing_has_no_fault() -> None:
    assert faults(Drawn(SHAPES, ROUTES, ENDS)) == []


@pytest.mark.parametrize(
    ("shapes", "routes", "told"),
    [
        ({"d": (90, 70, 120, 90)}, {}, "a overlaps d"),
        ({"d": (150, 0, 160, 80)}, {}, "ab runs through d"),
        ({"d": (150, 41, 160, 80)}, {}, "ab runs through d"),
        ({"d": (600, -5, 610, 5)}, {}, "-5 is no place"),
        ({"d": (float("nan"), 0, 1, 1)}, {}, "nan is no place"),
        ({}, {"ab": [(100, 40), (200, 41)]}, "ab is slanted or stands still"),
        ({}, {"ab": [(100, 40), (100, 40), (200, 40)]}, "ab is slanted or stands still"),
        ({}, {"ab": [(110, 40), (200, 40)]}, "ab does not touch a"),
        ({}, {"ab": [(100, 70), (200, 70)]}, "ab does not touch b"),
        ({}, {"ab": [(100, 40), (150, 40), (150, 90), (250, 90), (250, 0)]}, "ab runs through b"),
    ],
)
def test_a_planted_fault_is_told(shapes: dict[str, Rectangle], routes: dict[str, list[Corner]], told: str) -> None:
    assert told in faults(Drawn({**SHAPES, **shapes}, {**ROUTES, **routes}, ENDS))


def test_flows_on_each_other_are_told_unless_they_share_an_end() -> None:
    shapes: dict[str, Rectangle] = {**SHAPES, "d": (0, 200, 100, 280)}
    line: list[Corner] = [(100, 240), (150, 240), (150, 40), (200, 40)]
    assert faults(Drawn(shapes, {**ROUTES, "db": line}, {**ENDS, "db": ("d", "b")})) == []
    far: list[Corner] = [*line[:3], (180, 40), (180, 100), (450, 100), (450, 80)]
    assert faults(Drawn(shapes, {**ROUTES, "dc": far}, {**ENDS, "dc": ("d", "c")})) == ["ab lies on dc"]
