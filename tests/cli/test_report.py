"""The report of a whole run: its figures are the published ones, its queries are answered, the UI links to it."""

import json
import re
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from bpa_cli.launch import open_instance
from bpa_resources.home import Home
from tests.cli.commands import rows


def data_of(page: str) -> dict[str, Any]:
    """The object of the page."""
    found = re.search(r'<script type="application/json" id="report">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_the_report_of_a_run_shows_the_published_figures(first_home: Path) -> None:
    home = Home(first_home)
    page = home.report("orders").read_text()
    data = data_of(page)
    ((run_id, events),) = rows(first_home, "select run_id, events from dim_process")
    assert (data["process"]["run_id"], data["process"]["events"]) == (run_id, events)
    assert home.report("orders").with_name(f"{run_id}.html").read_text() == page
    for kpi, value in rows(first_home, "select kpi, value from kpi_process_latest"):
        assert data["kpis"][kpi] == (None if value is None else pytest.approx(value, rel=1e-5)), kpi


def test_the_days_of_the_report_are_the_published_ones(first_home: Path) -> None:
    time = data_of(Home(first_home).report("orders").read_text())["time"]
    published = rows(
        first_home, "select cast(day as varchar), arrivals, completions, wip from kpi_process_daily order by day"
    )
    assert time["unit"] == "day"
    assert published == [*zip(time["starts"], time["arrivals"], time["completions"], time["wip"], strict=True)]


def test_every_query_of_the_report_is_answered(first_home: Path) -> None:
    definitions = data_of(Home(first_home).report("orders").read_text())["definitions"]
    answers = {name: rows(first_home, one["sql"]) for name, one in definitions.items()}
    for name in ("cases", "rework_rate", "variants", "map", "bottlenecks", "arrivals", "wip", "fitness", "accounts"):
        assert answers[name], name


def test_the_dagster_ui_links_to_the_report(home: Path) -> None:
    with open_instance(Home(home)) as instance:
        event = instance.get_latest_materialization_event(dg.AssetKey("process_report"))
    assert event is not None
    assert event.asset_materialization is not None
    metadata = event.asset_materialization.metadata
    assert str(metadata["report"].value).startswith("http://127.0.0.1:3001/reports/orders/")
    assert Path(str(metadata["path"].value)).name == str(metadata["report"].value).rpartition("/")[2]
