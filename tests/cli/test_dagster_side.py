"""What the Dagster UI shows of a `bpa run`: the run, its assets with their metadata, its checks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from bpa_assets.partitions import PROCESSES
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.leftovers import LAUNCHED_BY, close_dead_runs
from tests.cli.conftest import Bpa

STAGES = [name for name in LAKE_TABLES if name != "kpi_snapshot"]


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home / "dagster")) as opened:
        yield opened


def test_the_run_is_there_with_its_process_and_can_be_linked(instance: dg.DagsterInstance) -> None:
    kpis, refresh = instance.get_run_records()
    assert (refresh.dagster_run.job_name, kpis.dagster_run.job_name) == ("refresh_process", "refresh_kpis")
    for record in (refresh, kpis):
        run = record.dagster_run
        assert run.status == dg.DagsterRunStatus.SUCCESS
        assert run.tags.items() >= LAUNCHED_BY.items()
        origin = run.remote_job_origin
        assert origin is not None
        assert origin.repository_origin.code_location_origin.location_name == "bpa"
        assert origin.job_name == run.job_name
    assert refresh.dagster_run.tags["dagster/partition"] == "orders"
    assert instance.get_dynamic_partitions(str(PROCESSES.name)) == ["orders"]


@pytest.mark.parametrize("asset", STAGES)
def test_every_stage_asset_tells_its_rows_columns_place_and_first_rows(
    asset: str, instance: dg.DagsterInstance
) -> None:
    event = instance.get_latest_materialization_event(dg.AssetKey(asset))
    assert event is not None
    materialization = event.asset_materialization
    assert materialization is not None
    assert materialization.partition == "orders"
    metadata = materialization.metadata
    rows = metadata["dagster/row_count"].value
    assert isinstance(rows, int)
    schema = metadata["dagster/column_schema"].value
    assert isinstance(schema, dg.TableSchema)
    assert [column.name for column in schema.columns][: len(LAKE_TABLES[asset].columns)] == list(
        LAKE_TABLES[asset].column_names
    )
    assert all(column.description for column in schema.columns)
    assert Path(str(metadata["path"].value)).suffix == ".parquet"
    preview = str(metadata["preview"].value)
    assert preview.startswith("| ") if rows else preview == "*no rows*"


def test_every_check_was_evaluated_and_is_green(instance: dg.DagsterInstance) -> None:
    from bpa_assets.definitions import defs

    keys = {
        key
        for check in (defs.resolve_all_asset_specs() and defs.asset_checks) or ()
        for key in getattr(check, "check_keys", ())
    }
    assert len(keys) >= 6
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(sorted(keys))
    assert {key: record.status.value for key, record in found.items()} == dict.fromkeys(keys, "SUCCEEDED")


def test_every_kpi_table_is_an_asset_that_was_materialized(instance: dg.DagsterInstance) -> None:
    for name in ("dim_process", "fct_case", "fct_transition", "kpi_process_latest"):
        assert instance.get_latest_materialization_event(dg.AssetKey(["kpis", name])) is not None
    assert instance.get_latest_materialization_event(dg.AssetKey("publication")) is not None


def test_a_refused_log_is_a_failed_run_that_says_why(home: Path, tmp_path: Path, bpa: Bpa) -> None:
    bad = tmp_path / "orders.csv"
    bad.write_text("colour,activity,when\nred,Ask,2026-01-01\n")
    refused = bpa("run", bad, "--home", home)
    assert refused.status == 2
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        run = instance.get_runs(limit=1)[0]
        assert run.status == dg.DagsterRunStatus.FAILURE
        failures = [
            event.dagster_event.step_failure_data.user_failure_data
            for event in instance.all_logs(run.run_id)
            if event.dagster_event and event.dagster_event.is_step_failure
        ]
    assert [failure.description for failure in failures if failure] == [refused.sentence]


def test_runs_that_were_killed_are_recorded_as_failed_by_the_next(instance: dg.DagsterInstance) -> None:
    def running(**tags: str) -> str:
        run = instance.create_run_for_job(_nothing, tags=tags, status=dg.DagsterRunStatus.STARTED)
        return run.run_id

    dead = running(**LAUNCHED_BY, **{"dagster/partition": "orders"})
    other_process = running(**LAUNCHED_BY, **{"dagster/partition": "claims"})
    of_the_daemon = running(**{"dagster/partition": "orders"})
    assert close_dead_runs(instance, "nothing", tags={"dagster/partition": "orders"}) == 1
    assert {run: instance.get_run_by_id(run).status.value for run in (dead, other_process, of_the_daemon)} == {  # type: ignore[union-attr]
        dead: "FAILURE",
        other_process: "STARTED",
        of_the_daemon: "STARTED",
    }


def test_who_is_killed_while_it_closes_a_dead_run_leaves_no_pool_taken_for_ever(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = instance.event_log_storage
    pools.set_concurrency_slots("jira", 1)
    run = instance.create_run_for_job(_nothing, tags=LAUNCHED_BY, status=dg.DagsterRunStatus.STARTED)
    assert pools.claim_concurrency_slot("jira", run.run_id, "send_to_jira[0]").is_claimed
    report = instance.report_run_failed

    def report_and_die(*told: Any) -> None:
        report(*told)
        raise KeyboardInterrupt

    monkeypatch.setattr(instance, "report_run_failed", report_and_die)
    with pytest.raises(KeyboardInterrupt):
        close_dead_runs(instance, "nothing")
    assert close_dead_runs(instance, "nothing") == 0  # the next one sees no dead run any more
    assert pools.get_concurrency_info("jira").active_slot_count == 0


@dg.op
def _idle() -> None:
    """Do nothing."""


@dg.job(name="nothing")
def _nothing() -> None:
    _idle()
