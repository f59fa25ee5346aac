"""The model view in a real browser: drawn without a warning, told by keys, colours, badges, words and a table."""

from pathlib import Path
from typing import Any

import pytest

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.stable_ids import stable_ids
from tests.report.browser import LEVELS, Opened, OpenPage
from tests.report.harness import page
from tests.report.small_report import TASKS, small_report

_SEEN = """{
  const at = document.querySelector('.bpa-map-svg > g').transform.baseVal.consolidate().matrix;
  return { x: -at.e / at.a, y: -at.f / at.a };
}"""

NAMES = {
    "register": "<script>window.hacked = 1</script>",
    "check": '"quoted" & \'single\' <b>bold</b> <img src=x onerror="window.hacked=1">',
    "decide": "قرار: يحتاج الطلب إلى موافقة",
    "pay": "pay 💶 👩🏽‍💻 " + "&amp; </script> {{x}} ${x}",
    "reject": "very long " + "word " * 395 + "end of it",
    "call": "javascript:window.hacked=1",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return small_report(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def opened(report: dict[str, Any], open_shared_page: OpenPage) -> Opened:
    return shown(open_shared_page(page(report)))


def shown(opened: Opened) -> Opened:
    """The page once both diagrams are drawn, without a warning."""
    assert opened.page.evaluate("window.ready") == []
    assert opened.messages == []
    assert opened.requests == []
    return opened


def task(opened: Opened, name: str) -> Any:
    return opened.page.locator(f"#model .djs-element[role=button][aria-label^='{name}']")


def badges(opened: Opened) -> list[str]:
    """The texts of the badges, in the order of the tasks."""
    texts: list[str] = opened.page.locator("#model .bpa-badges text").all_text_contents()
    return texts


def changed(opened: Opened, state: str, before: object) -> Any:
    """What a script gives as soon as it is no longer what it was: the browser answers the wheel in its own time."""
    for _ in range(100):
        now = opened.page.evaluate(state)
        if now != before:
            return now
        opened.page.wait_for_timeout(50)
    raise AssertionError("the wheel did nothing")


def details(opened: Opened) -> str:
    return str(opened.page.locator("#model .bpa-details").text_content())


def test_every_task_has_a_place_of_its_own_and_they_are_in_the_order_of_the_flow(opened: Opened) -> None:
    boxes = opened.page.locator("#model .djs-element[role=button]")
    places = [boxes.nth(number).bounding_box() for number in range(boxes.count())]
    assert len({(box["x"], box["y"]) for box in places}) == len(TASKS)
    labels = [boxes.nth(number).get_attribute("aria-label") for number in range(boxes.count())]
    assert [label.partition(",")[0] for label in labels[:3]] == ["register", "check", "decide"]
    assert {label.partition(",")[0] for label in labels[3:]} == {"pay", "reject"}


def test_a_click_tells_all_that_is_known_of_a_task(opened: Opened) -> None:
    task(opened, "check").click()
    told = details(opened)
    assert "21 times in 17 cases" in told
    assert "waits 1 h on average before it" in told
    assert "10 min (median)" in told
    assert "2 cases skip it" in told
    assert "3 cases have it where the model does not expect it" in told
    assert task(opened, "check").get_attribute("aria-pressed") == "true"
    task(opened, "decide").click()
    assert "60 % – unavailability" in details(opened)
    assert "number 1" in details(opened)
    assert task(opened, "check").get_attribute("aria-pressed") == "false"


def test_keys_do_what_the_mouse_does(opened: Opened) -> None:
    task(opened, "register").focus()
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    assert "21 times in 17 cases" in details(opened)
    opened.page.keyboard.press("ArrowRight")
    opened.page.keyboard.press(" ")
    assert "waits 1 d on average" in details(opened)
    opened.page.keyboard.press("ArrowLeft")
    assert opened.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("check")


def test_what_it_is_coloured_by_changes_colours_badges_and_legend(opened: Opened) -> None:
    choice = opened.page.get_by_label("Colour by")
    assert choice.input_value() == "total_waiting"
    assert badges(opened)[:3] == ["0 s", "21 h", "19 d"]
    choice.select_option("frequency")
    assert badges(opened)[:3] == ["19", "21", "19"]
    assert "How often" in opened.page.locator("#model .bpa-legend").text_content()
    choice.select_option("deviations")
    assert badges(opened)[:3] == ["0", "−2 +3 ↔3", "0"]
    fill = "document.querySelector('#model .djs-element[aria-label^={}] .djs-visual rect').style.fill"
    assert opened.page.evaluate(fill.format("check")) == "var(--bpa-heat-5)"
    assert opened.page.evaluate(fill.format("pay")) == "var(--bpa-heat-0)"
    choice.select_option("processing")
    assert set(badges(opened)) == {"10 min"}
    choice.select_option("total_waiting")


def test_the_table_says_what_the_diagram_shows(opened: Opened) -> None:
    opened.unfold("#model details.bpa-alternative")
    rows = opened.page.locator("#model tbody tr").all_inner_texts()
    assert len(rows) == len(TASKS) + 1
    assert rows[1].split("\t")[:6] == ["check", "17", "21", "10 min", "1 h", "21 h"]
    assert "not in the model: 1 case" in rows[-1]


def test_the_mark_of_bpmn_io_is_seen_whole_and_nothing_lies_over_it(opened: Opened) -> None:
    covered = opened.page.evaluate(
        """() => {
          const mark = document.querySelector('#model .bjs-powered-by');
          mark.scrollIntoView({block: 'center'});
          const box = mark.getBoundingClientRect();
          const parts = [.1, .5, .9];
          const at = (x, y) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
          const over = parts.flatMap((x) => parts.map((y) => at(x, y))).filter((one) => !mark.contains(one));
          return [box.width, over.length];
        }"""
    )
    assert covered[0] > 40
    assert covered[1] == 0


def test_the_model_can_be_saved_as_it_is_and_as_a_picture_of_its_own(report: dict[str, Any], opened: Opened) -> None:
    with opened.page.expect_download() as download:
        opened.page.get_by_text("Download BPMN").click()
    assert download.value.suggested_filename == "small.bpmn"
    assert Path(download.value.path()).read_text() == report["model"]["xml"]
    with opened.page.expect_download() as download:
        opened.page.locator("#model").get_by_text("Save picture").click()
    picture = Path(download.value.path()).read_text()
    assert "var(--" not in picture
    assert "bpmn.io" in picture.rpartition("</text>")[0].rpartition(">")[2]


def test_paper_shows_the_whole_diagram_and_the_screen_is_then_as_before(opened: Opened) -> None:
    state = """() => {
      const drawing = document.querySelector('#model .djs-container svg');
      return [drawing.getAttribute('viewBox'), drawing.querySelector('.viewport').getAttribute('transform')];
    }"""
    before = opened.page.evaluate(state)
    opened.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    box, transform = opened.page.evaluate(state)
    assert box is not None
    assert transform is None
    opened.page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate(state) == before


@pytest.mark.parametrize("diagram", ["#model .bpa-canvas", "#map .bpa-canvas"])
def test_the_wheel_moves_the_page_and_zooms_only_with_ctrl(opened: Opened, diagram: str) -> None:
    state = """() => {
      const drawings = [...document.querySelectorAll('.viewport, .bpa-map-svg > g')];
      return [window.scrollY, ...drawings.map((one) => one.getAttribute('transform'))];
    }"""
    opened.page.evaluate("window.scrollTo(0, 0)")
    opened.page.locator(diagram).scroll_into_view_if_needed()
    opened.page.locator(diagram).hover(position={"x": 200, "y": 40})
    before = opened.page.evaluate(state)
    opened.page.keyboard.down("Control")
    opened.page.mouse.wheel(0, -240)
    opened.page.keyboard.up("Control")
    zoomed = changed(opened, state, before)
    assert zoomed[0] == before[0]
    opened.page.mouse.wheel(0, -40 if before[0] else 40)
    moved = changed(opened, state, zoomed)
    assert moved[0] != zoomed[0]
    assert moved[1:] == zoomed[1:]


def test_a_filter_is_said_not_to_change_the_model(opened: Opened) -> None:
    note = opened.page.locator("#model .bpa-note").first
    assert note.text_content() == ""
    opened.page.evaluate("bpaFilter.set(report.variants.map((_, number) => number < 2))")
    assert "all cases" in note.text_content()
    opened.page.evaluate("bpaFilter.set(null)")
    assert note.text_content() == ""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(report: dict[str, Any], open_page: OpenPage, dark: bool) -> None:
    opened = shown(open_page(page(report), dark=dark))
    task(opened, "check").click()
    for summary in opened.page.locator("summary").all():
        summary.click()
    assert opened.violations(*LEVELS, "best-practice") == []


def test_names_are_text_whatever_they_hold(open_page: OpenPage, tmp_path: Path) -> None:
    opened = shown(open_page(page(small_report(tmp_path, NAMES)), width=390))
    for name in NAMES.values():
        node = opened.page.locator("#map .bpa-node").nth(list(NAMES.values()).index(name))
        node.dispatch_event("click")
    told = set()
    for box in opened.page.locator("#model .djs-element[role=button]").all():
        box.dispatch_event("focus")
        box.press("Enter")
        told.add(opened.page.locator("#model .bpa-details h3").text_content())
    assert told == {NAMES[name].strip() for name in TASKS}
    assert opened.page.evaluate("window.hacked") is None
    assert opened.page.locator("#model img, #model b, #map img, #map b, #map script, #model script").count() == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert opened.violations() == []
    assert opened.messages == []


def test_a_model_of_a_hundred_and_twenty_tasks_opens_readable_at_its_start(open_page: OpenPage) -> None:
    opened = shown(open_page(page(chain_report(120))))
    scale = opened.page.evaluate("model.viewer.get('canvas').zoom()")
    assert scale >= 0.75
    assert task(opened, "step 0,").is_visible()
    opened.page.locator("#model").get_by_role("button", name="Fit").click()
    assert opened.page.evaluate("model.viewer.get('canvas').zoom()") < scale
    task(opened, "step 119").focus()
    box = task(opened, "step 119").bounding_box()
    assert box["x"] > 0
    assert box["x"] + box["width"] < 1280


def test_a_small_picture_shows_the_whole_where_the_window_shows_a_part_and_leads_there(open_page: OpenPage) -> None:
    opened = shown(open_page(page(chain_report(120))))
    for diagram, step in (("#model", "model.viewer.get('canvas').viewbox().x"), ("#map", "bpaMapSeen().y")):
        opened.page.evaluate(f"window.bpaMapSeen = () => {_SEEN}")
        picture = opened.page.locator(f"{diagram} .bpa-small-picture svg")
        picture.scroll_into_view_if_needed()
        before = opened.page.evaluate(step)
        box = picture.bounding_box()
        corner = (box["x"] + box["width"] * 0.9, box["y"] + box["height"] * 0.9)
        opened.page.mouse.click(*corner)
        assert changed(opened, step, before) > before
        frame = opened.page.locator(f"{diagram} .bpa-seen").bounding_box()
        assert frame["x"] - 1 <= corner[0] <= frame["x"] + frame["width"] + 1
        assert frame["y"] - 1 <= corner[1] <= frame["y"] + frame["height"] + 1
        opened.page.locator(diagram).get_by_role("button", name="Fit").click()
        opened.page.wait_for_selector(f"{diagram} .bpa-small-picture", state="hidden")
    assert opened.messages == []


def test_tasks_of_the_same_name_have_their_own_figures_and_the_worst_of_them_is_named(open_page: OpenPage) -> None:
    report = chain_report(4)
    first, _, third, _ = report["model"]["elements"].values()
    for one in (first, third):
        one |= {"name": "step 0", "tasks": 2, "rank": 1, "share_of_waiting": 1.0}
    third |= {"frequency": 3, "total_waiting_seconds": 70.0}
    opened = shown(open_page(page(report)))
    legend = opened.page.locator("#model .bpa-legend")
    assert "have their own figures; what fits none of them is not in them" in legend.text_content()
    assert details(opened).count("100 % of all waiting") == 1
    opened.page.locator("#model .bpa-details").get_by_role("button", name="step 0").click()
    assert "The model has it in 2 places. How often, processing and waiting are of this one" in details(opened)
    assert "3 times in 7 cases" in details(opened)  # the one that waits longer in all
    opened.page.get_by_label("Colour by").select_option("deviations")
    assert "show the deviations of all of them together" in legend.text_content()
    opened.unfold("#model details.bpa-alternative")
    names = [row.split("\t")[0] for row in opened.page.locator("#model tbody tr").all_inner_texts()]
    assert names == ["step 0", "step 1", "step 0", "step 3"]
    assert opened.messages == []


def chain_report(tasks: int) -> dict[str, Any]:
    """The report of a model of tasks one after the other."""
    nodes = (
        BpmnNode(0, "start"),
        *(BpmnNode(number + 1, "task", f"step {number}") for number in range(tasks)),
        BpmnNode(tasks + 1, "end"),
    )
    model = BpmnModel(nodes, tuple((number, number + 1) for number in range(tasks + 1)))
    xml = bpmn_xml(model, lay_out(model, {}, {}), name="chain")
    ids, flows = stable_ids(model)
    figures = {"frequency": 7, "cases": 7, "mean_waiting_seconds": 5.0, "total_waiting_seconds": 35.0}
    activities = [{"name": f"step {number}", **figures} for number in range(tasks)]
    elements = {ids[number + 1]: one for number, one in enumerate(activities)}
    return {
        "activities": activities,
        "variants": [{"path": list(range(tasks)), "cases": 7, "step_seconds": [5.0] * (tasks - 1)}],
        "rest_edges": [],
        "model": {"xml": xml.decode(), "elements": elements, "flows": dict.fromkeys(flows.values(), 7), "left_out": []},
    }
