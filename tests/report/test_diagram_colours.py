"""The colours of the diagrams can be told apart and read: WCAG 2.1, 1.4.3 and 1.4.11, computed from the style."""

import re

import pytest

from tests.report.harness import PAGE


def palettes() -> dict[str, dict[str, str]]:
    """The variables of the style, by theme; dark ones stand over the light ones."""
    light, dark = re.findall(r":where\(:root[^{]*\{(.*?)\}", (PAGE / "diagram_colours.css").read_text(), re.S)
    light, dark = (dict(re.findall(r"--bpa-([\w-]+): (#[0-9a-f]{6})", text)) for text in (light, dark))
    assert light.keys() == dark.keys()
    return {"light": light, "dark": dark}


PALETTES = palettes()


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("scale", ["heat", "cool"])
def test_text_on_every_step_of_a_scale_can_be_read(theme: str, scale: str) -> None:
    colours = PALETTES[theme]
    ratios = [contrast(colours[f"{scale}-{step}"], colours[f"{scale}-text-{step}"]) for step in range(6)]
    assert min(ratios) >= 4.5, ratios


@pytest.mark.parametrize("theme", PALETTES)
def test_text_lines_and_focus_can_be_seen_on_the_ground(theme: str) -> None:
    colours = PALETTES[theme]
    for ground in ("bg", "surface"):
        assert contrast(colours["text"], colours[ground]) >= 7
        assert contrast(colours["muted"], colours[ground]) >= 4.5
        assert contrast(colours["accent"], colours[ground]) >= 4.5
        assert contrast(colours["line"], colours[ground]) >= 3


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("scale", ["heat", "cool"])
def test_the_steps_of_a_scale_go_one_way(theme: str, scale: str) -> None:
    """So that more is darker on paper and lighter on a dark screen, also for those who see no colours."""
    values = [luminance(PALETTES[theme][f"{scale}-{step}"]) for step in range(6)]
    assert values == sorted(values, reverse=theme == "light")
