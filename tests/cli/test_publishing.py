"""The KPI database: the tables of the contract, swapped in whole, and rebuilt from the lake at any time."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bpa_assets.kpis.project import project_version
from bpa_cli import run
from bpa_cli.progress import Progress
from bpa_resources.home import Home
from bpa_resources.lake import publications
from tests.cli.commands import rows
from tests.cli.conftest import Bpa
from tests.conftest import REPOSITORY

_ANALYST = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(connection.execute("select events from dim_process").fetchone()[0], flush=True)
    sys.stdin.readline()
    print(connection.execute("select events from dim_process").fetchone()[0], flush=True)
    print(connection.execute("select count(*) from fct_event").fetchone()[0], flush=True)
"""
_CARELESS_ANALYST = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table mine as from range(10)")
connection.execute("delete from dim_process")
print("wrote", flush=True)
time.sleep(600)
"""


def contract_tables() -> dict[str, tuple[str, ...]]:
    """Table → columns, as docs/contracts.md has them in its table of tables."""
    text = (REPOSITORY / "docs" / "contracts.md").read_text()
    section = text.split("## Published KPI database")[1]
    found = {}
    for name, key, cell in re.findall(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", section, re.MULTILINE):
        if name == "fct_event":
            continue  # named by reference to the event log; tested by itself
        columns = ", ".join([key.replace("activity instance", ""), cell])
        columns = re.split(r"; (?!one row)|: one row", columns)[0]
        columns = re.sub(r"\([^)]*\)|`[^`]*`", "", columns)
        columns = re.sub(r"((?:\w+_/)+\w+?_)(?=\w+_)", lambda each: each[1], columns)
        names = []
        for column in filter(None, (part.strip() for part in columns.split(","))):
            prefixes = re.fullmatch(r"((?:\w+_/)+)(\w+?_)(\w+)", column)
            names += (
                [f"{start}{prefixes[3]}" for start in [*prefixes[1].split("/")[:-1], prefixes[2]]]
                if prefixes
                else [column]
            )
        found[name] = tuple(name for name in names if name != "process")
    return found


@pytest.mark.parametrize("table", contract_tables())
def test_a_table_of_the_contract_has_its_columns(table: str, first_home: Path) -> None:
    names = [name for (name,) in rows(
        first_home, "select column_name from duckdb_columns() where schema_name = 'main' and table_name = $table",
        table=table,
    )]  # fmt: skip
    assert names[:1] == ["process"]
    assert set(contract_tables()[table]) <= set(names)


def test_the_contract_is_read_as_it_is_meant() -> None:
    known = contract_tables()
    assert len(known) >= 17
    assert known["fct_transition"] == (
        "source", "target", "frequency", "cases", "overlaps",
        "mean_seconds", "median_seconds", "p90_seconds", "max_seconds",
    )  # fmt: skip
    assert {"mean_processing_seconds", "p90_waiting_seconds", "total_waiting_seconds"} <= set(known["fct_activity"])
    assert known["kpi_process"] == ("kpi", "as_of", "value", "unit", "n")


def test_a_log_that_says_nothing_about_itself_has_no_attributes(first_home: Path) -> None:
    assert rows(first_home, "select log_attributes from dim_process") == [({},)]


def test_the_views_and_the_events_have_their_columns(first_home: Path) -> None:
    def columns(name: str) -> list[str]:
        return [row[0] for row in rows(first_home, f'describe "{name}"')]

    fixed = ["case_id", "event_index", "activity", "start_time", "end_time", "has_duration", "enabled_time",
             "waiting_seconds", "processing_seconds", "resource", "role", "cost", "imputed", "source_file",
             "source_row", "start_source_row"]  # fmt: skip
    assert {"process", "attributes", *fixed} <= set(columns("fct_event"))
    assert {*fixed, "order_value", "region"} <= set(columns("event_orders"))
    assert columns("Cases") == ["Process", "Case_ID", "Case_start", "Case_end", "Case_status"]
    assert columns("Event_log") == [
        "Process", "Event_ID", "Case_ID", "Activity", "Event_start", "Event_end", "Resource", "Role", "Cost"
    ]  # fmt: skip
    assert columns("Tags") == ["Process", "Case_ID", "Tag"]
    assert columns("Due_dates") == ["Process", "Case_ID", "Due_date", "Actual_date", "Due_date_name"]
    ((type_name,),) = rows(first_home, "select typeof(order_value) from event_orders limit 1")
    assert type_name == "DOUBLE"


@pytest.mark.long
def test_an_analyst_who_holds_it_open_blocks_nobody_and_sees_it_whole(
    home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    analyst = subprocess.Popen(
        [sys.executable, "-c", _ANALYST, str(home / "kpis.duckdb")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert analyst.stdout is not None
    before = int(analyst.stdout.readline())
    shorter = tmp_path / "orders.csv"
    lines = orders.read_text().splitlines()
    shorter.write_text("\n".join([lines[0], *lines[20:]]) + "\n")
    done = bpa("run", shorter, "--home", home)
    said, _ = analyst.communicate("go on\n", timeout=60)
    assert (done.status, done.err) == (0, "")
    assert said.split() == [str(before), str(before)]  # the file it holds, and the events of that run, are still there
    assert rows(home, "select events from dim_process") == [(before - 19,)]


@pytest.mark.long
def test_an_analyst_who_wrote_into_it_harms_nothing(home: Path, orders: Path, bpa: Bpa) -> None:
    events = rows(home, "select events from dim_process")
    analyst = subprocess.Popen(
        [sys.executable, "-c", _CARELESS_ANALYST, str(home / "kpis.duckdb")], stdout=subprocess.PIPE, text=True
    )
    assert analyst.stdout is not None
    assert analyst.stdout.readline() == "wrote\n"
    try:
        done = bpa("run", orders, "--home", home)
    finally:
        analyst.kill()
        analyst.communicate()
    assert (done.status, done.err) == (0, "")
    assert rows(home, "select events from dim_process") == events
    assert rows(home, "select count(*) from duckdb_tables() where table_name = 'mine'") == [(0,)]


def test_a_run_that_is_published_is_known_to_be(home: Path) -> None:
    from bpa_resources.kpi_database import is_published  # imports what warns, so not while tests are collected

    (now,) = publications(Home(home))
    assert is_published(Home(home), now, project_version=project_version())
    assert not is_published(Home(home), now, project_version="of another dbt project")
    pointer = home / "lake" / "orders" / "published.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "run_id": "newer"}))
    (newer,) = publications(Home(home))
    assert not is_published(Home(home), newer, project_version=project_version())


def test_a_publisher_that_finds_its_run_published_returns_at_once(
    home: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was published already: there is nothing to launch")

    monkeypatch.setattr("bpa_cli.launch.launch", never)
    before = (home / "kpis.duckdb").stat().st_mtime_ns
    assert run._publish(Home(home), "orders", Progress("orders")) == 0
    assert (home / "kpis.duckdb").stat().st_mtime_ns == before


@pytest.mark.long
def test_what_a_log_says_about_itself_is_published_and_older_runs_have_nothing_of_it(
    home: Path, tmp_path: Path, bpa: Bpa
) -> None:
    # As an earlier version published it: without the column.
    (stored,) = (home / "lake" / "orders" / "log_accounting").glob("*.parquet")
    pq.write_table(pq.read_table(stored).drop_columns(["log_attributes"]), stored)
    (home / "kpis.duckdb").unlink()
    log = tmp_path / "fines.xes"
    moment = '<date key="time:timestamp" value="2024-05-01T10:00:00Z"/>'
    event = f'<event><string key="concept:name" value="pay"/>{moment}</event>'
    said = '<string key="concept:name" value="Road fines"/><string key="source" value="court"/>'
    log.write_text(f'<log>{said}<trace><string key="concept:name" value="1"/>{event}</trace></log>')
    assert bpa("run", log, "--home", home).status == 0
    assert rows(home, "select process, name, log_attributes from dim_process order by process") == [
        ("fines", "Road fines", {"concept:name": "Road fines", "source": "court"}),
        ("orders", "orders", None),
    ]
