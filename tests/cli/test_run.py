"""`bpa run`: exit statuses, what it prints, which files become the log."""

import json
import re
import shutil
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from bpa_cli import run
from bpa_cli.progress import Progress
from bpa_resources.home import Home
from bpa_resources.run_tags import NOTE
from tests.cli.commands import rows, start, state, tables, wait, write_log
from tests.cli.conftest import Bpa
from tests.process_model.conformance.documents import bpmn, node

# The line of a step: what it made, and how long it took.
_LINES = (
    r"read event log +[\d,]+ events",
    r"judge event log +\d+ kinds of faults", r"count behaviour +\d+ cases, \d+ variants",
    r"waiting causes +\d+ causes of waiting", r"discover model +\d+ models tried, \d+ deviations",
    r"find rules +\d+ rules", r"calibrate simulation +\d+ figures set beside the log's",
    r"optimize plan +\d+ plans and controls judged", r"build kpis +\d+ tables",
)  # fmt: skip
# What says when, or in which run; everything else is decided by the files.
_VOLATILE = ("run_id", "refreshed_at", "change")


def figures(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """The KPI tables less what names the run, and less the history."""
    left_out = " and ".join(f"name <> '{name}'" for name in _VOLATILE)
    names = [name for name in tables(home) if name != "kpi_process"]
    return {name: rows(home, f'select columns(lambda name: {left_out}) from "{name}" order by all') for name in names}


def test_a_process_of_its_own_publishes_and_ends_with_0(orders: Path, tmp_path: Path) -> None:
    done = wait(start("run", orders, "--home", "here", cwd=tmp_path))
    assert (done.status, done.err) == (0, "")
    for line in _LINES:
        assert re.search(rf"^  {line} +[\d.]+ s$", done.out, re.MULTILINE), line
    for said in ("report", "KPI database", "event log", "quality", "model", "inbox"):
        (path,) = re.findall(rf"^  {said} +(\S+)$", done.out, re.MULTILINE)
        assert (tmp_path / path).exists()
    (query,) = re.findall(r'bpa sql --home here "(.+)"$', done.out, re.MULTILINE)
    answer = wait(start("sql", query, "--home", "here", cwd=tmp_path))
    assert (answer.status, answer.err) == (0, "")
    assert "median_cycle_seconds" in answer.out
    assert (tmp_path / "here" / "inbox" / "orders" / "orders.csv").read_bytes() == orders.read_bytes()


def test_what_a_step_could_not_tell_is_noted_under_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("orders")
    made = dg.AssetMaterialization(
        "waiting_causes", metadata={"dagster/row_count": 0, NOTE: "nobody is named\nno hours show"}
    )
    progress.see(SimpleNamespace(event_type_value="STEP_START"))
    progress.see(
        SimpleNamespace(
            event_type_value="ASSET_MATERIALIZATION", step_materialization_data=SimpleNamespace(materialization=made)
        )
    )
    progress.see(SimpleNamespace(event_type_value="STEP_SUCCESS", step_key="waiting_causes"))
    assert re.search(
        r"waiting causes +0 causes of waiting +[\d.]+ s\n  note: nobody is named\n  note: no hours show\n$",
        capsys.readouterr().out,
    )


def test_without_a_log_an_empty_home_gets_a_demo(tmp_path: Path, bpa: Bpa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = bpa("run")
    assert done.status == 0
    assert re.search(r"^  [\d,]+ absent values filled in", done.out, re.MULTILINE)
    assert re.search(
        r"^  waits most for: Approve order \(\d+% of all waiting, 1d \d+h on average\), ", done.out, re.MULTILINE
    )
    assert re.search(
        r"^  note: \d+ of \d+ closed cases broke a limit of sla; \d+ of \d+ traits", done.out, re.MULTILINE
    )
    assert re.search(r"^  rules: \d+ \(such as: .+ → .+, right in \d+% of \d+ later cases\)$", done.out, re.MULTILINE)
    planted = rows(
        tmp_path / "bpa_home",
        "select condition, holdout_precision > 0.9 from fct_rule where foretells = 'Second approval'",
    )
    assert planted == [("order_value > 5000 and segment = 'new'", True)]
    (rules,) = (tmp_path / "bpa_home" / "models" / "order-to-cash").glob("*.rules.json")
    assert "order_value > 5000 and segment = 'new'" in [
        rule["condition"] for rule in json.loads(rules.read_text())["rules"]
    ]
    assert rules.with_name(rules.name.replace("rules.json", "dmn")).exists()
    assert rows(tmp_path / "bpa_home", "select process from dim_process") == [("order-to-cash",)]
    assert [path.name for path in (tmp_path / "bpa_home" / "scratch").iterdir()] == ["kpis"]
    inbox, demo = (tmp_path / "bpa_home" / name for name in ("inbox/order-to-cash", "demo"))
    assert sorted(path.name for path in inbox.iterdir()) == ["order-to-cash.csv", "process.yaml", "rules.yaml"]
    assert (inbox / "order-to-cash.csv").read_bytes() == (demo / "order-to-cash.csv").read_bytes()
    assert (demo / "order-to-cash.csv.truth.json").exists()
    ((kpis, unknown),) = rows(tmp_path / "bpa_home", "select count(*), count(*) - count(value) from kpi_process_latest")
    assert (kpis, unknown) == (15, 0)


def test_running_again_gives_the_same_tables_and_one_more_point_of_history(
    home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    before, history = figures(home), rows(home, "from kpi_process order by all")
    copy = shutil.copy(orders, tmp_path / "copy.csv")
    done = bpa("run", orders, orders, copy, "--home", home)  # a file named twice is read once
    assert done.status == 0
    assert "orders.csv was named twice" in done.out
    assert "copy.csv has the same content as orders.csv and is ignored" in done.out
    assert figures(home) == before
    assert {change for (change,) in rows(home, "select change from fct_rule")} <= {"same"}
    assert (home / "inbox" / "orders" / "orders.csv").read_bytes() == orders.read_bytes()
    now = rows(home, "from kpi_process order by all")
    assert set(history) < set(now)
    assert len(now) == 2 * len(history)
    incremental = tables(home)
    (home / "kpis.duckdb").unlink()
    assert run._publish(Home(home), "orders", Progress("orders")) == 0
    assert tables(home) == incremental  # a deleted database is rebuilt from the lake row for row


@pytest.mark.long
def test_a_corrected_file_replaces_and_the_one_before_is_kept_beside(
    home: Path, orders: Path, tmp_path: Path, bpa: Bpa
) -> None:
    whole = orders.read_text()
    corrected = tmp_path / "orders.csv"
    corrected.write_text(whole.replace("Receive order", "Take order"))
    assert bpa("run", corrected, "--home", home).status == 0
    inbox = home / "inbox" / "orders"
    assert [path.name for path in sorted(inbox.iterdir())] == [".replaced", "orders.csv"]
    (earlier,) = inbox.glob(".replaced/*/orders.csv")
    assert earlier.read_text() == whole
    assert rows(home, "select count(*) from fct_activity where activity = 'Receive order'") == [(0,)]
    assert rows(home, "select count(*) from fct_activity where activity = 'Take order'") == [(1,)]


@pytest.mark.long
def test_add_keeps_the_files_that_are_there_and_settings_and_reference_are_kept_and_obeyed(
    home: Path, tmp_path: Path, bpa: Bpa
) -> None:
    ((cases,),) = rows(home, "select cases from dim_process")
    ((usual,),) = rows(home, "select activities from fct_variant order by cases desc, variant_id limit 1")
    reference = tmp_path / "should be.bpmn"
    tasks = [node("task", f"t{number}", name=activity.upper()) for number, activity in enumerate(usual)]
    flows = " ".join(f"t{number}-t{number + 1}" for number in range(len(usual) - 1))
    reference.write_text(bpmn(*tasks, flows=flows))
    more = write_log(tmp_path / "more.csv", "X-1,Receive order,2026-02-01 10:00:00,2026-02-01 11:00:00,Ann")
    config = tmp_path / "settings.yaml"
    config.write_text(
        "name: Orders of 2026\nends: [Receive order]\n"
        f"label_matches: {{{usual[0].upper()}: {usual[0]}}}\n"
        f"accepted_deviations:\n- {{activity: {usual[1]}, by: Ann, until: 2999-01-01}}\n"
    )
    added = ("--config", config, "--reference", reference)
    done = bpa("run", more, "--add", "--process", "orders", *added, "--home", home)
    assert done.status == 0
    assert rows(home, "select cases, source_files from dim_process") == [(cases + 1, ["more.csv", "orders.csv"])]
    assert not (home / "inbox" / "orders" / ".replaced").exists()
    assert (home / "inbox" / "orders" / "process.yaml").read_text() == config.read_text()
    ((name, still_open),) = rows(home, "select name, open_cases from dim_process")
    assert name == "Orders of 2026"
    assert still_open > cases / 2
    assert f"reference.bpmn: {len(usual)} of its activities in the log, fitness 0." in done.out
    unlike = rows(home, "select fitness < 0.9 from fct_model_quality where model = 'reference'") == [(True,)]
    assert ('check "log follows the reference" of reference_model failed: fitness 0.' in done.out) == unlike
    assert "bpmn_matches_the_model" not in done.out
    fitting = "select activities from fct_variant where fits_reference"
    assert rows(home, fitting) == [(usual,)]
    assert rows(home, "select bool_and(fits_reference is not null) from fct_variant") == [(True,)]
    told = rows(home, "select how, count(*) from fct_label_match group by all order by all")
    assert told == [("folded", len(usual) - 1), ("process.yaml", 1)]
    accepted = rows(home, "select distinct activity from fct_reference_deviation where accepted_by = 'Ann'")
    assert accepted == [(usual[1],)]
    known = "select activities_accuracy > 0 and relations_accuracy > 0 from fct_model_quality order by model"
    assert rows(home, known) == [(None,), (True,)]
    assert rows(home, "select distinct model from fct_deviation_effect order by all") == [
        ("discovered",),
        ("reference",),
    ]


@pytest.mark.long
def test_a_second_run_of_a_process_waits_for_the_first(home: Path, tmp_path: Path) -> None:
    with Home(home).process_lock("orders"):  # as the first holds it
        second = start("run", "--home", home, cwd=tmp_path)
        assert second.stdout is not None
        said = [second.stdout.readline() for _ in range(2)]
        assert "another run of orders is at work; this one waits for it to end" in said[1]
        assert second.poll() is None
    ended = wait(second)
    assert (ended.status, ended.err) == (0, "")
    pointer = json.loads((home / "lake" / "orders" / "published.json").read_text())
    assert rows(home, "select run_id from dim_process") == [(pointer["run_id"],)]
    assert len(pointer["earlier_runs"]) == 1


@pytest.mark.long
def test_processes_started_at_once_in_an_empty_home_are_all_published(orders: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    names = ["attribute", "claims-2026"]  # the first would call its view as the contract calls a table
    started = [start("run", orders, "--process", name, "--home", home, cwd=tmp_path) for name in names]
    assert [(one.status, one.err) for one in map(wait, started)] == [(0, "")] * len(names)
    assert rows(home, "select process from dim_process order by all") == [(name,) for name in names]
    assert rows(home, "select distinct process from event_attribute order by all") == [(name,) for name in names]
    assert rows(home, "select distinct Process from Event_log order by all") == [(name,) for name in names]
    for name, view in zip(names, ("event__attribute", "event_claims_2026"), strict=True):
        count = rows(home, "select count(*) from fct_event where process = $name", name=name)
        assert count == rows(home, f'select count(*) from "{view}"')


def test_ctrl_c_ends_in_one_line_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    lines = [f"C-{n // 5},Step {n % 5},2026-01-01 10:00:00,2026-01-01 11:00:00,Ann" for n in range(200_000)]
    log = write_log(tmp_path / "orders.csv", *lines)
    before = state(home)
    process = start("run", log, "--home", home, cwd=tmp_path)
    while not list((home / "scratch").glob("orders.*")):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    ended = wait(process)
    assert ended.status == 130
    assert "stopped" in ended.sentence
    assert {name: digest for name, digest in state(home).items() if not name.startswith("inbox")} == {
        name: digest for name, digest in before.items() if not name.startswith("inbox")
    }
