"""The report as a person uses it, in a real browser: filter, drill-down, charts, keyboard, both themes, a phone."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.report.report import build_report
from bpa_assets.report.short_duration import short_duration
from tests.optimized_plan.small_plans import FOUND
from tests.report.browser import Opened, opener
from tests.report.stored_run import (
    FACTS,
    LEDGER,
    log_of,
    stored_run,
    with_actions,
    with_factors,
    with_plans,
    with_rules,
)
from tests.report.test_page import HOSTILE

# pytest turns what playwright says about the event loop it leaves behind into an error; it is not about us.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")

TASKS = ("Receive order", "Check credit", "Approve order", "Ship goods", "Receive payment")


@pytest.fixture(scope="module")
def demo_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of sixty cases of the demo log."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo_log(folder / "orders.csv", cases=60, with_truth=False)
    run = with_factors(stored_run(folder / "orders.csv", tasks=TASKS), "Approve order", folder)
    cases = run.tables.table("cases", ["case_id"])["case_id"].to_pylist()[:12]
    run = with_rules(run, "Approve order → Ship goods | end", "Check credit", cases, folder)
    run = with_plans(run, FOUND, folder)
    path = folder / "report.html"
    run = with_actions(run, folder)
    path.write_bytes(build_report(run.tables, FACTS, bpmn=run.bpmn, ledger=LEDGER))
    return path


def shown(opened: Opened) -> Opened:
    """The page, once it can be used."""
    opened.page.wait_for_selector("html[data-drawn]", state="attached")
    return opened


@pytest.fixture(scope="module")
def used(browser: Any, demo_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """The report, open for all tests that only look or leave it as it was."""
    return shown(opener(browser, tmp_path_factory.mktemp("page"), lambda _: None)(demo_page))


def text(opened: Opened, selector: str) -> str:
    return str(opened.page.inner_text(selector))


def test_it_opens_quickly_and_asks_for_nothing(used: Opened) -> None:
    assert used.page.evaluate("() => Number(document.documentElement.dataset.ready)") < 6000
    assert (used.messages, used.requests) == ([], [])


def test_every_section_shows_something(used: Opened) -> None:
    assert used.page.locator("#model-view .djs-shape").count() >= len(TASKS)
    assert used.page.locator("#process-map svg").count() > 0
    assert used.page.locator("#bottleneck-list tbody tr").count() >= 5
    assert used.page.locator(".variant").count() == 10
    assert used.page.locator(".plot .main-svg").count() >= 5
    assert used.page.locator("table.week td.heat").count() == 4
    assert "Reference model" in text(used, "#conformance-figures")
    simulation = text(used, "#simulation-figures")
    for said in (
        "may not be asked",
        "Mean cycle time",
        "2 h",
        "2 h 30 min",
        "+25 %",
        "−2 points",
        "One resource does all the work.",
    ):
        assert said in simulation
    actions = text(used, "#action-list")
    for said in (
        "1 new (only shown: push.enabled is off in process.yaml)",
        "desk.create_ticket",
        "2026-01-02 03:00",
        "75 % of 40",
        "−55 %",
        "less",
    ):
        assert said in actions
    assert "60" in text(used, "#kpis")
    assert "records read" in text(used, "#quality-figures")
    assert used.page.locator("#rule-list .rule").count() == 5
    assert FACTS.run_id in text(used, "#provenance")


def test_a_plan_says_what_to_change_what_that_does_and_what_could_go_wrong(used: Opened) -> None:
    said = " ".join(text(used, "#plan-list").split())
    assert "With 8 changes cost falls by 30 % (29.6 to 30.4 %) and the mean cycle time by 24 % (22 to 26 %)." in said
    assert "19,100 EUR → 13,370 EUR" in said
    assert "Clerk: 4 people (now: 6)" in said
    assert "The plan breaks a goal or a limit from +35 % cases on." in said
    assert "Shifts of at most 9 h are taken." in said
    lines = used.page.locator("#plan-list .rule").all_inner_texts()
    assert len(lines) == 8
    assert "−9 % −11 to −7.5 %" in " ".join(lines[0].split())
    assert "It is 22 % of the work of Clerk" in lines[0]
    assert "not what was measured" in lines[0]


def test_another_plan_of_the_front_can_be_looked_at(used: Opened) -> None:
    used.page.locator("#plan-list select").select_option(label="C Cheapest")
    said = " ".join(text(used, "#plan-list .plan-detail").split())
    assert "Not accepted: cycle time falls by 5 % (3 to 7 %), less than the goal of 20 %" in said
    assert used.page.locator("#plan-list .rule").count() == 1
    used.page.locator("#plan-list select").select_option(label="B Balanced (recommended)")
    assert used.page.locator("#plan-list .rule").count() == 8


def test_every_plan_is_a_point_of_the_chart_and_the_goal_a_box(used: Opened) -> None:
    chart = used.page.locator("#plan-list .plot")
    assert chart.locator(".scatterlayer .point").count() == 7
    assert chart.locator(".errorbars .errorbar, .errorbars path").count() >= 7
    assert chart.locator(".shapelayer path").count() == 1
    assert sorted(filter(None, chart.locator(".textpoint").all_text_contents())) == ["1", "2", "3", "A", "B", "C"]


def test_a_rule_says_when_if_and_then_how_right_it_is_and_what_is_wrong_with_it(used: Opened) -> None:
    rules = used.page.locator(".rule").all_inner_texts()
    said = " ".join(rules[1].split())  # after the one that an analyst accepted
    assert "After Approve order, if order_value > 500 and region in ('East', 'West') → then pay" in said
    assert "Right in later cases 92 % of 12, surely 65 % or more" in said
    assert "Without it 60 % of all that are asked" in said
    assert "found in the log" in said
    assert "accepted by Ann" in rules[0]
    assert "fires together with a rule that asks for what contradicts it: rule 2." in rules[2]
    assert "found in 30 % of the resampled logs" in rules[2]
    assert "At the start of the case, if open_cases > 9" in " ".join(rules[3].split())
    assert "No case of the log meets its condition." in rules[4]
    assert "refused" in rules[4]
    figures = text(used, "#rule-list .cards")
    assert "92 %" in figures
    assert "kept of 40 candidates" in figures
    refused = used.page.get_by_role("region", name="Proposals that were refused")
    assert "there is no amout; did you mean amount?" in refused.inner_text()
    assert "where no rule fires, nothing tells the ways apart" in text(used, "#rule-list")


def test_a_rule_opens_to_cases_for_and_against_and_those_to_their_events(used: Opened) -> None:
    rule = used.page.locator(".rule").nth(1)
    rule.get_by_role("button", name="Cases for and against").click()
    assert rule.locator(".case-id").count() == 12
    assert "after its event 2, a later case" in rule.inner_text()
    rule.locator("details.case > summary").first.click()
    rule.locator("details.case tbody tr").nth(2).wait_for()
    rule.get_by_role("button", name="Cases for and against").click()
    rule.locator(".case-id").first.wait_for(state="detached")


def test_a_rule_shows_where_it_is_asked_in_the_model_and_the_way_back_by_keyboard(used: Opened) -> None:
    page = used.page
    assert page.locator(".bpa-rule-badge").count() == 3
    page.get_by_role("button", name="Show in the model: rule 2").click()
    assert "Approve" in page.locator(".bpa-rule-here").text_content()
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("Approve order")
    page.get_by_role("button", name="Show in the model: rule 4").click()
    assert page.locator(".bpa-rule-here").count() == 1
    page.get_by_role("button", name="3 rules asked here: show them").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "rule-r-000000000001"


def test_a_filter_counts_everything_again_and_can_be_cleared(used: Opened) -> None:
    page = used.page
    before = text(used, "#kpis")
    page.click(".filter-panel summary")
    page.select_option("select[aria-label='Cases that']", "lacks")
    page.select_option("select[aria-label='Activity']", label="Ship goods")
    page.click(".filter-form button")
    without = page.evaluate(
        "() => { const ship = bpa.report.activities.findIndex((one) => one.name === 'Ship goods');"
        "return bpa.sum(bpa.report.variants, (one) => (one.path.includes(ship) ? 0 : one.cases)); }"
    )
    assert 0 < without < 60
    assert text(used, ".filter-status") == f"{without} of 60 cases"
    assert "do not contain “Ship goods”" in text(used, ".criteria")
    assert text(used, "#kpis") != before
    assert "all cases: 60" in text(used, "#kpis")
    drawn = page.evaluate("() => bpa.sum(document.querySelectorAll('#time .plot')[1].data[0].y, (one) => one)")
    assert drawn == without  # arrivals
    page.click("text=Clear filter")
    assert text(used, ".filter-status") == "All 60 cases"
    assert text(used, "#kpis") == before


def test_all_variants_chosen_give_the_figures_of_all_cases(used: Opened) -> None:
    """What is put together from the variants is what Python counted."""
    cycle = "const {mean, median, p90, closed, bars} = bpa.cycleTimes(bpa.report, bpa.filter);"
    figures = f"() => {{ {cycle} return {{mean, median, p90, closed, bars}}; }}"
    whole = used.page.evaluate(figures)
    used.page.evaluate(
        "() => bpa.filter.add({kind: 'chosen', numbers: bpa.report.variants.map((_, number) => number)})"
    )
    together = used.page.evaluate(figures)
    used.page.evaluate("() => bpa.filter.clear()")
    assert together.pop("bars") == whole.pop("bars")
    assert together == pytest.approx(whole, rel=1e-4)


def test_a_path_and_the_fit_to_a_model_are_criteria_too(used: Opened) -> None:
    counts = used.page.evaluate(
        """() => {
          const { report, filter } = bpa;
          const number = (name) => report.activities.findIndex((one) => one.name === name);
          report.variants[0].fits = true;
          const asked = [
            { kind: 'follows', activity: number('Receive order'), next: number('Check credit') },
            { kind: 'starts', activity: number('Receive order') },
            { kind: 'ends', activity: number('Cancel order') },
            { kind: 'fits' },
          ];
          const cases = (one) => { filter.add(one); const found = filter.cases; filter.clear(); return found; };
          const found = asked.map(cases);
          report.variants[0].fits = null;
          const paths = report.variants.map((one) => [one.path.map((step) => report.activities[step].name), one.cases]);
          return { found, paths };
        }"""
    )
    paths = counts["paths"]
    assert counts["found"] == [
        sum(cases for path, cases in paths if ("Receive order", "Check credit") in pairwise(path)),
        sum(cases for path, cases in paths if path[0] == "Receive order"),
        sum(cases for path, cases in paths if path[-1] == "Cancel order"),
        paths[0][1],
    ]


def test_the_page_and_python_say_durations_alike(used: Opened) -> None:
    seconds = [0, 0.4, 1, 59.99, 60, 90, 3599, 3600, 5400, 86_399, 86_400, 99.95 * 86_400, 1e7, 31_557_600, 1e9, -7200]
    said = used.page.evaluate("(seconds) => seconds.map(bpa.wording.shortDuration)", seconds)
    assert said == [short_duration(one) for one in seconds]


def test_no_share_but_all_is_a_hundred_percent(used: Opened) -> None:
    shares = [1, 0.9999, 0.995, 0.9949, 0.42, 0.061, 0.0004, 0]
    said = used.page.evaluate("(shares) => shares.map(bpa.wording.share)", shares)
    assert said == ["100 %", "99.9 %", "99.5 %", "99 %", "42 %", "6.1 %", "< 0.1 %", "0 %"]


def test_a_variant_opens_to_its_cases_and_these_to_their_events(used: Opened) -> None:
    page = used.page
    variant = page.locator(".variant").first
    variant.get_by_role("button", name="Cases of variant 1").click()
    case = variant.locator("details.case").first
    case.locator("summary").click()
    rows = case.locator("tbody tr")
    rows.first.wait_for()
    steps = page.evaluate("() => bpa.report.variants[0].path.length")
    assert rows.count() == steps
    assert rows.first.locator("th").inner_text() == "Receive order"
    variant.get_by_role("button", name="Cases of variant 1").click()
    page.locator("details.case").first.wait_for(state="detached")


def test_chosen_variants_become_a_filter(used: Opened) -> None:
    page = used.page
    page.get_by_label("Variant 1", exact=True).check()
    page.get_by_label("Variant 2", exact=True).check()
    page.get_by_role("button", name="Filter by the 2 chosen variants").click()
    cases = page.evaluate("() => bpa.report.variants[0].cases + bpa.report.variants[1].cases")
    assert text(used, ".filter-status") == f"{cases} of 60 cases"
    assert page.locator(".variant").count() == 2
    page.get_by_role("button", name="Remove: cases that are of 2 chosen variants").click()
    assert text(used, ".filter-status") == "All 60 cases"


def test_a_figure_says_what_it_is_by_keyboard_alone(used: Opened) -> None:
    page = used.page
    sign = page.get_by_role("button", name="What is this: Rework")
    sign.focus()
    page.keyboard.press("Enter")
    panel = page.locator(".definition:popover-open")
    assert "more than once" in panel.inner_text()
    assert "kpi = 'rework_rate'" in panel.inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".definition:popover-open").count() == 0


def test_the_queries_of_the_definitions_name_the_process(used: Opened) -> None:
    queries = used.page.evaluate("() => Object.values(bpa.report.definitions).map((one) => one.sql)")
    assert all("process = 'orders'" in query for query in queries)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)], ids=["light", "dark and narrow"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    width: int, dark: bool, browser: Any, demo_page: Path, tmp_path: Path
) -> None:
    """Contrast in both themes is computed elsewhere; here are names, roles, and all that can be opened."""
    windows: list[Any] = []
    opened = shown(opener(browser, tmp_path, windows.append)(demo_page, width=width, dark=dark))
    page = opened.page
    page.evaluate("() => { bpa.filter.add({kind: 'repeats'}); document.querySelector('.variant button').click(); }")
    # All that can be opened on a wide window; on a phone the cases of a variant: axe takes 2 ms an element.
    opens = "section:not(#about, #time) details" if width > 1000 else "#filter-bar details, details.case"
    page.evaluate(f"() => document.querySelectorAll('{opens}').forEach((one) => {{ one.open = true; }})")
    page.wait_for_timeout(200)
    assert opened.violations() == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate("() => document.documentElement.dataset.theme") == ("dark" if dark else "light")
    assert (opened.messages, opened.requests) == ([], [])
    windows[0].close()


def test_the_theme_can_be_changed_and_paper_is_light(browser: Any, demo_page: Path, tmp_path: Path) -> None:
    windows: list[Any] = []
    opened = shown(opener(browser, tmp_path, windows.append)(demo_page))
    opened.page.get_by_role("button", name="Dark colours").click()
    assert opened.page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    opened.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    assert opened.page.evaluate("() => document.documentElement.dataset.theme") == "light"
    assert len(opened.page.pdf()) > 50_000
    opened.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    assert opened.page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    windows[0].close()


def test_hostile_names_are_shown_as_text_and_nothing_runs(browser: Any, tmp_path: Path) -> None:
    steps = [(name, f"01-05 {8 + place:02}:00", f"01-05 {8 + place:02}:30", name) for place, name in enumerate(HOSTILE)]
    run = stored_run(log_of(tmp_path, dict.fromkeys(HOSTILE, steps)), tasks=HOSTILE)
    html = build_report(run.tables, FACTS, bpmn=run.bpmn).decode()
    windows: list[Any] = []
    opened = shown(opener(browser, tmp_path, windows.append)(html))
    page = opened.page
    page.evaluate("() => document.querySelectorAll('.variant button[aria-expanded]').forEach((one) => one.click())")
    page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.hacked") is None
    chips = page.locator(".chip bdi").all_inner_texts()
    assert HOSTILE[0] in chips
    assert HOSTILE[1] in chips
    assert page.locator("main img, main b").count() == 0
    assert (opened.messages, opened.requests) == ([], [])
    windows[0].close()
