"""The KPIs follow what is published, and a process whose inbox is gone is retired: on real run records."""

import shutil
import time
from collections.abc import Mapping

import dagster as dg
import pytest

from bpa_assets.partitions import PROCESSES
from bpa_resources.home import Home
from bpa_resources.publication import publish, read_publication
from bpa_resources.run_tags import FINGERPRINT_TAG
from bpa_sensors.gone_inboxes import REST_SECONDS
from bpa_sensors.retirement import inbox_removed
from tests.sensors.conftest import Add

FAILURE, STARTED, QUEUED = dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.QUEUED


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the KPI database holds, as the test says: building a real one takes seconds (tests/cli does)."""
    runs: dict[str, str] = {}

    def published_runs(_: Home, *, project_version: str) -> Mapping[str, str] | None:
        return runs or None

    monkeypatch.setattr("bpa_sensors.kpis.published_runs", published_runs)
    return runs


def published(home: Home, process: str, run_id: str) -> None:
    home.inbox(process).mkdir(exist_ok=True)
    publish(home.lake / process, process=process, run_id=run_id, fingerprint=run_id, assets={})


def asks(instance: dg.DagsterInstance) -> str:
    """What the KPIs are asked to hold, or why nothing is asked for."""
    from bpa_sensors.kpis import kpis_outdated  # imports what warns, so not while tests are collected

    answer = kpis_outdated(dg.build_sensor_context(instance=instance))
    if isinstance(answer, dg.RunRequest):
        return answer.tags[FINGERPRINT_TAG]
    assert isinstance(answer, dg.SkipReason)
    return str(answer.skip_message)


def test_the_kpis_follow_when_the_queue_is_empty_and_once(
    home: Home, instance: dg.DagsterInstance, held: dict[str, str], add_run: Add
) -> None:
    assert "holds what is published" in asks(instance)
    published(home, "orders", "1")
    run = add_run("claims", STARTED)
    assert "follow when the queue is empty" in asks(instance)
    instance.report_run_failed(run)
    assert asks(instance) == of(orders="1")
    add_run("", QUEUED, "refresh_kpis")
    assert "queued or at work" in asks(instance)


def test_the_kpis_are_asked_for_when_a_process_was_retired(
    home: Home, instance: dg.DagsterInstance, held: dict[str, str]
) -> None:
    published(home, "orders", "1")
    held |= {"orders": "1", "claims": "7"}
    assert asks(instance) == of(orders="1")
    del held["claims"]
    assert "holds what is published" in asks(instance)


def test_a_refresh_of_the_kpis_that_failed_is_not_tried_again_on_the_same(
    home: Home, instance: dg.DagsterInstance, held: dict[str, str], add_run: Add
) -> None:
    published(home, "orders", "1")
    add_run("", FAILURE, "refresh_kpis", **{FINGERPRINT_TAG: of(orders="1")})
    assert "failed on the same" in asks(instance)
    published(home, "orders", "2")
    assert asks(instance) == of(orders="2")


def test_a_queue_that_never_empties_does_not_keep_the_kpis_back(
    home: Home, instance: dg.DagsterInstance, held: dict[str, str], add_run: Add, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bpa_sensors.kpis import LONGEST_WAIT_SECONDS

    published(home, "orders", "1")
    add_run("claims", STARTED)
    now = time.time()
    monkeypatch.setattr("bpa_sensors.kpis.time.time", lambda: now + LONGEST_WAIT_SECONDS - 5)
    assert "follow when the queue is empty" in asks(instance)
    monkeypatch.setattr("bpa_sensors.kpis.time.time", lambda: now + LONGEST_WAIT_SECONDS + 5)
    assert asks(instance) == of(orders="1")


def of(**runs: str) -> str:
    """What a refresh of the KPIs is asked to hold."""
    from bpa_sensors.kpis import digest_of

    return digest_of(runs)


class Looks:
    """The sensor of removed inboxes; time goes by as the test says."""

    def __init__(self, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self._instance, self._now, self._cursor = instance, time.time(), None
        monkeypatch.setattr("bpa_sensors.retirement.time.time", lambda: self._now)

    def after(self, seconds: float) -> str:
        """What a look after so many seconds says."""
        self._now += seconds
        answer = inbox_removed(dg.build_sensor_context(instance=self._instance, cursor=self._cursor))
        if isinstance(answer, dg.SkipReason):
            return str(answer.skip_message)
        assert isinstance(answer, dg.SensorResult)
        self._cursor = answer.cursor  # type: ignore[assignment]
        assert isinstance(answer.skip_reason, dg.SkipReason)
        return str(answer.skip_reason.skip_message)


@pytest.fixture
def looks(instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(instance, monkeypatch)


def partitions(instance: dg.DagsterInstance) -> list[str]:
    return sorted(instance.get_dynamic_partitions(str(PROCESSES.name)))


def test_a_process_whose_inbox_is_gone_is_retired_and_its_files_stay(
    home: Home, instance: dg.DagsterInstance, looks: Looks
) -> None:
    instance.add_dynamic_partitions(str(PROCESSES.name), ["claims", "orders"])
    for process in ("claims", "orders"):
        published(home, process, "1")
    table = home.lake / "orders" / "event_log" / "1.parquet"
    table.parent.mkdir()
    table.write_text("rows")
    assert looks.after(0) == "retired: none"
    shutil.rmtree(home.inbox("orders"))
    assert looks.after(15) == "retired: none"
    assert looks.after(REST_SECONDS) == "retired: orders"
    assert read_publication(home.lake / "orders") is None
    assert (home.lake / "orders" / "retired.json").exists()
    assert table.read_text() == "rows"
    assert partitions(instance) == ["claims"]
    assert read_publication(home.lake / "claims") is not None
    assert looks.after(15) == "retired: none"
    published(home, "orders", "2")  # it comes back
    assert not (home.lake / "orders" / "retired.json").exists()


@pytest.mark.parametrize("status", [QUEUED, STARTED])
def test_a_process_is_not_retired_under_a_run(
    status: dg.DagsterRunStatus, home: Home, instance: dg.DagsterInstance, looks: Looks, add_run: Add
) -> None:
    instance.add_dynamic_partitions(str(PROCESSES.name), ["orders"])
    published(home, "orders", "1")
    looks.after(0)
    shutil.rmtree(home.inbox("orders"))
    run = add_run("orders", status)
    looks.after(0)
    assert looks.after(10 * REST_SECONDS) == "retired: none"
    assert partitions(instance) == ["orders"]
    instance.report_run_canceled(run)
    assert looks.after(15) == "retired: orders"


def test_a_process_whose_lock_another_process_holds_is_not_retired(
    home: Home, instance: dg.DagsterInstance, looks: Looks
) -> None:
    """`bpa run` holds it before its run is recorded."""
    from tests.sensors.lock_holder import holding

    published(home, "orders", "1")
    looks.after(0)
    shutil.rmtree(home.inbox("orders"))
    looks.after(0)
    with holding(home.folder / "locks" / "process-orders.lock"):
        assert looks.after(2 * REST_SECONDS) == "retired: none"
    assert looks.after(15) == "retired: orders"


def test_a_home_whose_inboxes_cannot_be_read_retires_nobody(
    home: Home, instance: dg.DagsterInstance, looks: Looks
) -> None:
    published(home, "orders", "1")
    looks.after(0)
    home.inboxes.rename(home.folder / "unmounted")
    for _ in range(3):
        assert "nothing is retired" in looks.after(2 * REST_SECONDS)
    assert read_publication(home.lake / "orders") is not None
