"""The file: what stands in it, whatever the log says, and that nothing else can be loaded or run."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import pytest

from bpa_assets.report import page as page_parts
from bpa_assets.report.charts import charts_payload
from bpa_assets.report.definitions import DEFINITIONS
from bpa_assets.report.page import page
from bpa_assets.report.payload import report_payload
from tests.conftest import REPOSITORY
from tests.report.stored_run import FACTS, StoredRun, log_of, stored_run

HOSTILE = (
    '</script><script>window.hacked=1</script>', '<img src=x onerror="window.hacked=1">',
    "quotes \" ' `", "&amp; <b>bold</b>",
    "🧾 emoji 👩🏽‍⚕️", "\u05d0\u05d9\u05e9\u05d5\u05e8 \u202e rtl", "long " * 400, "<!--", "${alert(1)}", "]]>",
)  # fmt: skip


class Elements(HTMLParser):
    """Every element of a page with its attributes, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._script = tag == "script"
        if self._script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser gives it
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> StoredRun:
    """A log in which every text is one that a careless page would run or break at."""
    steps = [(name, f"01-05 {8 + place:02}:00", f"01-05 {8 + place:02}:30", name) for place, name in enumerate(HOSTILE)]
    cases = {f"{name} {place}": steps for place, name in enumerate(HOSTILE)}
    return stored_run(log_of(tmp_path_factory.mktemp("hostile"), cases), tasks=HOSTILE)


@pytest.fixture(scope="module")
def payload(hostile: StoredRun) -> dict[str, Any]:
    return report_payload(hostile.tables, FACTS)


@pytest.fixture(scope="module")
def elements(payload: dict[str, Any]) -> Elements:
    return Elements(page({**payload, "process": {**payload["process"], "name": HOSTILE[0]}}).decode())


def test_whatever_a_log_says_is_data(elements: Elements, payload: dict[str, Any]) -> None:
    # The JSON comes first; all others are ours.
    data, *others = elements.scripts
    assert len(others) == len(page_parts.LIBRARIES) + len(page_parts.SCRIPTS)
    assert not any("window.hacked" in script for script in others)
    assert "<" not in data
    read = json.loads(data)
    assert sorted(one["name"] for one in read["activities"]) == sorted(HOSTILE)
    assert read["variants"] == json.loads(json.dumps(payload["variants"]))
    assert not [attributes for tag, attributes in elements.found if tag == "img" or "onerror" in attributes]


def test_a_name_becomes_the_title_as_text(elements: Elements) -> None:
    assert [tag for tag, _ in elements.found].count("title") == 1
    assert [tag for tag, _ in elements.found].count("h1") == 1


def test_nothing_is_fetched_and_nothing_else_can_run(elements: Elements) -> None:
    for tag, attributes in elements.found:
        assert tag not in ("iframe", "object", "embed", "base", "form")
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith(("#", "data:,"))
    (policy,) = [
        attributes["content"]
        for tag, attributes in elements.found
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["connect-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    hashes = {f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in elements.scripts[1:]}
    assert set(rules["script-src"].split()) == hashes


def test_all_scripts_and_styles_of_the_page_are_in_it() -> None:
    folder = REPOSITORY / "bpa_assets" / "report" / "page"
    ours = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix in (".js", ".css")}
    assert ours == {*page_parts.STYLES, *page_parts.LIBRARIES, *page_parts.SCRIPTS}


def test_the_page_itself_is_small(payload: dict[str, Any]) -> None:
    assert len(page(payload)) < 2_200_000


def test_every_library_is_named_with_its_licence() -> None:
    found = {one["name"]: one for one in page_parts.libraries()}
    assert found.keys() == {"bpmn-js", "@dagrejs/dagre", "plotly.js-basic-dist-min"}
    assert "watermark" in found["bpmn-js"]["text"]


def test_every_figure_that_the_page_explains_is_defined_and_every_definition_is_used() -> None:
    folder = REPOSITORY / "bpa_assets" / "report" / "page"
    scripts = "\n".join(path.read_text() for path in folder.glob("*.js"))
    unused = [name for name in DEFINITIONS if not re.search(rf"'{name}'", scripts)]
    assert unused == []


def test_a_chart_holds_its_data_in_plain_lists_and_no_markup(payload: dict[str, Any]) -> None:
    figures = charts_payload(payload)
    text = json.dumps(figures)
    assert "bdata" not in text
    for trace in (trace for figure in figures.values() for trace in figure["data"]):
        assert trace["type"] in ("bar", "scatter")  # all that the basic bundle draws
        assert trace["meta"]["color"].startswith("--bpa-")
