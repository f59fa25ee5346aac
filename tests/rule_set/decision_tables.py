"""An independent reader of our DMN files: dmn-js reads and shows them, feelin evaluates their cells, in a browser.

Both are of bpmn.io and committed in `vendor/` (see scripts/vendor). What a hit policy means is all that is said here.
"""

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
_SCRIPTS = ("vendor/dmn-navigated-viewer.production.min.js", "vendor/feelin.min.js", "decision_tables.js")


def opened(browser: Any, xml: bytes) -> tuple[Any, dict[str, Any]]:
    """A page with the file in dmn-js; what it told, and its views: type, name, rows of the table, shapes."""
    page = browser.new_page()
    page.set_content('<!doctype html><title>DMN</title><div id="canvas" style="width:900px;height:600px"></div>')
    for name in _SCRIPTS:
        page.add_script_tag(path=str(FOLDER / name))
    return page, page.evaluate("(xml) => openTables(xml)", xml.decode())


def answers(page: Any, moments: list[dict[str, Any]], times: list[str]) -> list[dict[str, list[list[str | None]]]]:
    """Of each moment (FEEL name → value), by decision: the outputs of the rules that its hit policy leaves."""
    found: list[dict[str, list[list[str | None]]]] = page.evaluate("(asked) => decide(asked)", [moments, times])
    return found
