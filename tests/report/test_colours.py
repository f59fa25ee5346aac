"""The contrast of every pair of colours the report puts on one another, in both themes (WCAG 2.1, 1.4.3, 1.4.11)."""

import re
from itertools import product

import pytest

from tests.conftest import REPOSITORY

_STYLES = (REPOSITORY / "bpa_assets" / "report" / "page" / "colours.css").read_text()
SURFACES = ("bg", "surface")
TEXTS = ("text", "muted", "accent", "good", "warn", "bad")
LINES = ("line", "accent", *(f"series-{number}" for number in range(1, 7)))


def theme(selector: str) -> dict[str, str]:
    """The colours of a theme by name; the dark one has all that the light one has."""
    block = _STYLES[_STYLES.index(selector + " {") :]
    return dict(re.findall(r"--bpa-([\w-]+): (#[0-9a-f]{6});", block[: block.index("}")]))


THEMES = {"light": theme(":root"), "dark": theme(':root[data-theme="dark"]')}


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#1a5fa8", "#1a5fa8") == 1


def test_both_themes_have_all_colours() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()
    assert len(THEMES["light"]) > 40


@pytest.mark.parametrize("name", THEMES)
def test_text_can_be_read(name: str) -> None:
    colours = THEMES[name]
    pairs = [
        *product(TEXTS, SURFACES),
        ("accent-text", "accent"),
        *((f"{scale}-text-{step}", f"{scale}-{step}") for scale in ("heat", "cool") for step in range(6)),
        *(("text", f"chip-{number}") for number in range(12)),
        *(("surface", f"series-{number}") for number in range(1, 7)),  # written in the bars of the causes
    ]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in pairs}
    assert {pair: value for pair, value in weak.items() if value < 4.5} == {}


@pytest.mark.parametrize("name", THEMES)
def test_lines_of_charts_and_controls_can_be_seen(name: str) -> None:
    colours = THEMES[name]
    weak = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in product(LINES, SURFACES)}
    assert {pair: value for pair, value in weak.items() if value < 3} == {}
