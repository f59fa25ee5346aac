"""`bpa sql`: questions to the published KPI database."""

from pathlib import Path

import duckdb
import pytest

from tests.cli.commands import rows
from tests.cli.conftest import Bpa

QUESTIONS = {
    "the ten slowest transitions": (
        "select process, source, target, frequency, mean_seconds / 3600 as hours from fct_transition "
        "order by mean_seconds desc limit 10",
        10,
    ),
    "cases per week": (
        "select process, date_trunc('week', started_at) as week, count(*) as cases "
        "from fct_case group by all order by all",
        20,
    ),
    "median cycle time by month": (
        "select process, date_trunc('month', ended_at) as month, median(cycle_time_seconds) / 86400 as days "
        "from fct_case where not is_open group by all order by all",
        4,
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_answers(question: str, first_home: Path, bpa: Bpa) -> None:
    query, at_least = QUESTIONS[question]
    known = rows(first_home, query)
    assert len(known) >= at_least
    table = bpa("sql", query, "--home", first_home)
    assert (table.status, table.err) == (0, "")
    assert "orders" in table.out
    csv = bpa("sql", query, "--csv", "--home", first_home)
    assert len(csv.out.splitlines()) == len(known) + 1


def test_csv_holds_every_row_and_every_type(first_home: Path, tmp_path: Path, bpa: Bpa) -> None:
    query = "select *, [1, 2] as list, null as nothing, 'a\"b,\n' as text from range(100_000)"
    said = bpa("sql", query, "--csv", "--home", first_home)
    (tmp_path / "answer.csv").write_text(said.out)
    answer = duckdb.sql(
        f"select count(*), sum(range), min(text), count(nothing) from '{tmp_path}/answer.csv'"
    ).fetchall()
    assert answer == [(100_000, 4_999_950_000, 'a"b,\n', 0)]


@pytest.mark.parametrize(
    "query", ["selec 1", "select nothing from dim_process", "from nowhere", "select 'x'::int", "("]
)
def test_a_wrong_query_is_told_in_one_line(query: str, first_home: Path, bpa: Bpa) -> None:
    said = bpa("sql", query, "--home", first_home)
    assert (said.status, said.out) == (2, "")
    assert "Error" in said.sentence


@pytest.mark.parametrize(
    "statement",
    ["create table mine (a int)", "insert into dim_process from dim_process", "drop table dim_process",
     "delete from fct_case", "select 1; drop view fct_event"],
)  # fmt: skip
def test_nothing_can_be_changed(statement: str, first_home: Path, bpa: Bpa) -> None:
    before = (first_home / "kpis.duckdb").read_bytes()
    said = bpa("sql", statement, "--home", first_home)
    assert said.status == 2
    assert "read-only" in said.sentence
    assert (first_home / "kpis.duckdb").read_bytes() == before


def test_without_a_database_it_says_how_to_start(tmp_path: Path, bpa: Bpa) -> None:
    said = bpa("sql", "select 1", "--home", tmp_path / "home")
    assert said.status == 2
    assert "bpa run LOG" in said.sentence
    assert not (tmp_path / "home").exists()


def test_a_home_that_moved_answers_from_where_it_is(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    known = rows(home, "select events from dim_process")
    moved = home.rename(tmp_path / "else where's")
    assert bpa("sql", "select count(*) as n from fct_event", "--csv", "--home", moved).out.split() == [
        "n",
        str(known[0][0]),
    ]
    for view in ("fct_event", "event_orders", "Event_log"):
        assert rows(moved, f"select count(*) from {view}") == known
    paths = rows(moved, "select distinct sql from duckdb_views() where sql ilike '%.parquet%'")
    assert paths
    assert all(str(home) not in sql for (sql,) in paths)
