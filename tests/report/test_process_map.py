"""The process map in a real browser: counted as by hand, never cut off, as quick as a slider is dragged."""

import random
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.report import map_oracle as oracle
from tests.report.browser import Opened, OpenPage
from tests.report.harness import page
from tests.report.map_oracle import END, START
from tests.report.small_report import small_report

PROJECTED = """
([report, shown, taken]) => {
  const graph = bpa.processMapProjection.project(report, shown, taken);
  return {
    nodes: [...graph.nodes].map(([activity, one]) => [activity, one.frequency, one.cases]),
    edges: graph.edges.map((one) => [one.source, one.target, one.frequency, one.cases, one.seconds]),
    chosen: [0, .3, 1].map((share) => bpa.processMapProjection.choosePaths(graph.edges, share))
      .map((chosen) => chosen.map((one) => [one.source, one.target])),
  };
}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return small_report(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def shared(report: dict[str, Any], open_shared_page: OpenPage) -> Opened:
    """A page for tests that call its scripts or leave it as they find it."""
    return drawn(open_shared_page(page(report)))


@pytest.fixture
def opened(report: dict[str, Any], open_page: OpenPage) -> Opened:
    return drawn(open_page(page(report)))


def drawn(opened: Opened) -> Opened:
    assert opened.page.evaluate("window.ready") == []
    assert opened.messages == []
    assert opened.requests == []
    return opened


def slide(opened: Opened, slider: str, value: int) -> None:
    """Move a slider and wait for the layout that follows."""
    opened.page.get_by_label(slider, exact=False).first.evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", value
    )
    opened.page.wait_for_selector(".bpa-map-svg[aria-busy=false]")


def paths(opened: Opened) -> set[tuple[int, int]]:
    """The paths that are drawn."""
    names = opened.page.locator("#map [data-edge]").evaluate_all("(all) => all.map((one) => one.dataset.edge)")
    return {(int(name.split()[0]), int(name.split()[1])) for name in names}


def activities(opened: Opened) -> set[int]:
    nodes = opened.page.locator("#map .bpa-node")
    return set(nodes.evaluate_all("(all) => all.map((one) => Number(one.dataset.activity))"))


def test_the_map_is_counted_as_a_loop_over_all_cases_counts_it(shared: Opened) -> None:
    for seed in range(40):
        report = oracle.random_report(seed)
        chance = random.Random(seed)
        shown = [chance.random() < 0.7 for _ in report["activities"]]
        taken = [chance.random() < 0.6 for _ in report["variants"]] if seed % 2 else None
        found = shared.page.evaluate(PROJECTED, [report, shown, taken])
        wanted = oracle.graph(report, shown, taken)
        assert {one: (frequency, cases) for one, frequency, cases in found["nodes"]} == wanted["nodes"]
        assert {(a, b): tuple(figures) for a, b, *figures in found["edges"]} == {
            pair: (count, cases, None if seconds is None else pytest.approx(seconds))
            for pair, (count, cases, seconds) in wanted["edges"].items()
        }


def test_the_paths_kept_connect_everything_over_the_widest_ways(shared: Opened) -> None:
    for seed in range(40):
        report = oracle.random_report(seed)
        found = shared.page.evaluate(PROJECTED, [report, [True] * len(report["activities"]), None])
        edges = {(a, b): frequency for a, b, frequency, *_ in found["edges"]}
        for chosen in ([tuple(pair) for pair in one] for one in found["chosen"]):
            nodes = set(range(len(report["activities"])))
            assert nodes <= oracle.reached(chosen, START)
            assert nodes <= oracle.reached(chosen, END, back=True)
            kept = {pair: edges[pair] for pair in chosen}
            for node in nodes:
                assert oracle.width(kept, START, node) == oracle.width(edges, START, node)
                assert oracle.width(kept, node, END) == oracle.width(edges, node, END)
        assert set(map(tuple, found["chosen"][2])) == set(edges)


def test_variants_that_are_only_known_by_their_pairs_count_where_nothing_is_filtered(shared: Opened) -> None:
    for seed in range(20):
        whole = oracle.random_report(seed)
        kept = {**whole, "variants": whole["variants"][::2]}
        others = oracle.graph({**whole, "variants": whole["variants"][1::2]}, [True] * len(whole["activities"]), None)
        kept["rest_edges"] = [
            [START if a == START else a, -1 if b == END else b, count, (seconds or 0) / count]
            for (a, b), (count, _, seconds) in others["edges"].items()
        ]
        shown = [True] * len(whole["activities"])
        found = shared.page.evaluate(PROJECTED, [kept, shown, None])
        wanted = oracle.graph(whole, shown, None)
        assert {(a, b): frequency for a, b, frequency, *_ in found["edges"]} == {
            pair: count for pair, (count, *_) in wanted["edges"].items()
        }
        assert {one: frequency for one, frequency, _ in found["nodes"]} == {
            one: frequency for one, (frequency, _) in wanted["nodes"].items()
        }


def test_the_sliders_change_what_is_drawn_and_everything_stays_connected(opened: Opened) -> None:
    counts = []
    for share in (100, 30, 0):
        slide(opened, "Paths", share)
        now = paths(opened)
        counts.append(len(now))
        assert activities(opened) <= oracle.reached(list(now), START) & oracle.reached(list(now), END, back=True)
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    slide(opened, "Activities", 3)
    assert activities(opened) == {0, 1, 2}
    assert "3 of 6 activities" in opened.page.locator("#map .bpa-whole [role=status]").text_content()


def test_the_map_obeys_the_filter_and_offers_one(opened: Opened, report: dict[str, Any]) -> None:
    slide(opened, "Paths", 100)
    opened.page.evaluate("bpaFilter.set(report.variants.map((_, number) => number === 3))")
    opened.page.wait_for_selector(".bpa-map-svg[aria-busy=false]")
    names = [one["name"] for one in report["activities"]]
    register, decide, pay = (names.index(name) for name in ("register", "decide", "pay"))
    assert paths(opened) == {(START, register), (register, decide), (decide, pay), (pay, END)}
    opened.page.locator(f"#map .bpa-node[data-activity='{decide}']").click()
    told = opened.page.locator("#map .bpa-details")
    assert "2 times in 2 cases" in told.text_content()
    told.get_by_role("button", name="Only cases").click()
    told.get_by_role("button", name="pay").click()
    assert "2 h on average" in told.text_content()
    told.get_by_role("button", name="Only cases").click()
    assert opened.page.evaluate("bpaFilter.required") == [
        {"kind": "contains", "activity": decide},
        {"kind": "follows", "activity": decide, "next": pay},
    ]


def test_keys_choose_activities_and_move_the_map(opened: Opened) -> None:
    opened.page.locator("#map .bpa-map-svg").focus()
    group = opened.page.locator("#map .bpa-map-svg > g")
    before = group.get_attribute("transform")
    opened.page.keyboard.press("ArrowDown")
    assert group.get_attribute("transform") != before
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    chosen = opened.page.locator("#map .bpa-node[aria-pressed=true]")
    assert chosen.count() == 1
    assert opened.page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    assert "19 times in 19 cases" in opened.page.locator("#map .bpa-details").text_content()


def test_the_measure_changes_what_paths_say_and_the_table_says_the_same(opened: Opened, report: dict[str, Any]) -> None:
    slide(opened, "Paths", 100)
    opened.page.get_by_role("combobox", name="Show").select_option("time")
    opened.page.wait_for_selector(".bpa-map-svg[aria-busy=false]")
    labels = opened.page.locator("#map .bpa-edge-label").all_text_contents()
    assert {"1 d", "1 h", "2 h"} <= set(labels)
    opened.unfold("#map details.bpa-alternative")
    rows = [row.split("\t") for row in opened.page.locator("#map tbody tr").all_inner_texts()]
    assert len(rows) == len(paths(opened))
    assert ["check", "decide", "14", "14", "1 d"] in rows
    assert ["check", "check", "4", "3", "1 h"] in rows


def test_the_map_can_be_saved_as_a_picture(shared: Opened) -> None:
    with shared.page.expect_download() as download:
        shared.page.locator("#map").get_by_text("Save picture").click()
    picture = Path(download.value.path()).read_text()
    assert "register" in picture
    assert "var(--" not in picture


@pytest.fixture(scope="module")
def wide(open_shared_page: OpenPage) -> Opened:
    return drawn(open_shared_page(page(wide_report())))


def test_a_slider_answers_within_a_tenth_of_a_second_at_fifty_activities_and_five_hundred_paths(wide: Opened) -> None:
    """The work of the page's thread until the answer is painted, so that a busy machine is no failure."""
    session = wide.page.context.new_cdp_session(wide.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    took = []
    for slider, value in (("Activities", 50), ("Paths", 100), ("Paths", 40), ("Activities", 30), ("Activities", 50)):
        before = worked()
        wide.page.get_by_label(slider).evaluate(
            """(input, value) => new Promise((painted) => {
              input.value = value;
              input.dispatchEvent(new Event('input'));
              requestAnimationFrame(() => setTimeout(painted));
            })""",
            value,
        )
        took.append(worked() - before)
        wide.page.wait_for_selector(".bpa-map-svg[aria-busy=false]")
    assert "50 of 50 activities" in wide.page.locator("#map .bpa-whole [role=status]").text_content()
    assert max(took) < 0.1, took


def wide_report() -> dict[str, Any]:
    """Fifty activities and at least five hundred pairs that follow each other."""
    chance = random.Random(1)
    pairs: set[tuple[int, int]] = set()
    variants: list[dict[str, Any]] = []
    while len(pairs) < 500:
        path = [min(49, max(0, number + chance.randint(-6, 6))) for number in range(0, 50, 2)]
        pairs |= set(pairwise(path))
        cases = 1 + 300 // (len(variants) + 1)
        variants.append({"path": path, "cases": cases, "step_seconds": [60.0] * (len(path) - 1)})
    named = [{"name": f"Activity number {number}", "mean_processing_seconds": 0.0} for number in range(50)]
    return oracle.with_counts({"activities": named, "variants": variants, "rest_edges": [], "model": None})


def test_no_two_activities_lie_on_each_other(wide: Opened) -> None:
    for slider, value in (("Activities", 50), ("Paths", 100), ("Paths", 0)):
        slide(wide, slider, value)
        boxes = wide.page.locator("#map .bpa-node rect").evaluate_all(
            "(all) => all.map((one) => ['x', 'y', 'width', 'height'].map((name) => Number(one.getAttribute(name))))"
        )
        assert len(boxes) == 50
        for (x, y, width, height), (other_x, other_y, other_width, other_height) in combinations(boxes, 2):
            apart = x + width <= other_x or other_x + other_width <= x
            assert apart or y + height <= other_y or other_y + other_height <= y


def test_what_is_hidden_between_is_part_of_the_time(shared: Opened) -> None:
    """As worked out in docs/contracts.md: 3 h, 10 min of processing, 2 h."""
    activities = [{"name": name, "mean_processing_seconds": 600.0} for name in ("register", "check", "pay")]
    variant = {"path": [0, 1, 2], "cases": 2, "step_seconds": [3 * 3600.0, 2 * 3600.0]}
    report = {"activities": activities, "variants": [variant], "rest_edges": []}
    found = shared.page.evaluate(PROJECTED, [report, [True, False, True], None])
    (edge,) = (edge for edge in found["edges"] if edge[:2] == [0, 2])
    assert edge[2:] == [2, 2, 2 * (5 * 3600 + 600)]
