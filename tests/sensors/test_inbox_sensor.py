"""The sensor of the inbox and the nightly schedule, on a real instance with real run records."""

import time
from pathlib import Path

import dagster as dg
import pytest

from bpa_assets.event_log.inputs import inputs_fingerprint
from bpa_assets.partitions import PROCESSES
from bpa_resources.alert_files import AlertFiles
from bpa_resources.home import Home
from bpa_resources.inbox import Inbox
from bpa_resources.publication import publish
from bpa_resources.run_tags import FINGERPRINT_TAG, STOPPED_TAG
from bpa_sensors.inbox import inbox_changed
from bpa_sensors.nightly import nightly_schedules
from tests.sensors.conftest import Add, record_run

FAILURE, STARTED, QUEUED, SUCCESS = (
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.SUCCESS,
)


class Looks:
    """The sensor, looked at again and again; time goes by between as fast as the test says."""

    def __init__(self, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
        self._instance = instance
        self._cursor: str | None = None
        self._now = time.time()
        monkeypatch.setattr("bpa_sensors.inbox.time.time", lambda: self._now)

    def look(self) -> dict[str, str]:
        """Process → fingerprint of what one look asks for; the next comes five seconds later."""
        context = dg.build_sensor_context(instance=self._instance, cursor=self._cursor)
        result = inbox_changed(context)
        self._now += 5
        if isinstance(result, dg.SkipReason):
            return {}
        assert isinstance(result, dg.SensorResult)
        self._cursor = result.cursor
        return {str(request.partition_key): request.tags[FINGERPRINT_TAG] for request in result.run_requests or []}

    def two(self) -> dict[str, str]:
        """What the second of two looks asks for: the first must ask for nothing."""
        assert self.look() == {}
        return self.look()


@pytest.fixture
def looks(instance: dg.DagsterInstance, home: Home, monkeypatch: pytest.MonkeyPatch) -> Looks:
    return Looks(instance, monkeypatch)


def drop(home: Home, process: str = "orders", content: str = "a", name: str = "orders.csv") -> str:
    """Put a log into an inbox; returns the fingerprint of the inbox then."""
    file = home.inbox(process) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return inputs_fingerprint(Inbox(home.inbox(process)))


def published(home: Home, fingerprint: str, process: str = "orders") -> None:
    """As if a run had published it."""
    publish(home.lake / process, process=process, run_id=fingerprint[:8], fingerprint=fingerprint, assets={})


def test_a_new_file_is_asked_for_once_it_has_rested_and_its_process_becomes_a_partition(
    home: Home, looks: Looks, instance: dg.DagsterInstance
) -> None:
    assert looks.look() == {}
    wanted = drop(home)
    assert looks.two() == {"orders": wanted}
    assert instance.get_dynamic_partitions(str(PROCESSES.name)) == ["orders"]


def test_a_file_that_grows_is_waited_for(home: Home, looks: Looks) -> None:
    for part in range(1, 6):
        drop(home, content="a" * part)
        assert looks.look() == {}
    assert looks.look() == {"orders": inputs_fingerprint(Inbox(home.inbox("orders")))}


@pytest.mark.parametrize("status", [QUEUED, STARTED])
def test_nothing_is_asked_for_while_a_run_is_on_its_way(
    status: dg.DagsterRunStatus, home: Home, looks: Looks, add_run: Add
) -> None:
    drop(home)
    add_run("orders", status)  # whoever started it: `bpa run` too
    assert looks.two() == {}
    assert looks.look() == {}


def test_what_is_published_is_not_asked_for_and_a_change_back_is(home: Home, looks: Looks) -> None:
    first = drop(home, content="a")
    published(home, first)
    assert looks.two() == {}
    second = drop(home, content="b")
    assert looks.two() == {"orders": second}
    published(home, second)
    assert looks.look() == {}
    assert drop(home, content="a") == first
    assert looks.two() == {"orders": first}
    drop(home, content="a")  # copied once more: another file, the same content
    published(home, first)
    assert looks.two() == {}


def test_input_that_failed_is_left_alone_until_it_changes(home: Home, looks: Looks, add_run: Add) -> None:
    bad = drop(home, content="bad")
    add_run("orders", FAILURE, **{FINGERPRINT_TAG: bad})
    assert looks.two() == {}
    good = drop(home, content="good")
    assert looks.two() == {"orders": good}
    add_run("orders", SUCCESS, **{FINGERPRINT_TAG: good})
    published(home, good)
    assert drop(home, content="bad") == bad
    assert looks.two() == {"orders": bad}  # tried once more, since another was tried between
    add_run("orders", FAILURE, **{FINGERPRINT_TAG: bad})
    assert looks.look() == {}


def test_a_run_that_ended_with_bpa_dev_is_asked_for_again(home: Home, looks: Looks, add_run: Add) -> None:
    wanted = drop(home)
    add_run("orders", FAILURE, **{FINGERPRINT_TAG: wanted, STOPPED_TAG: "bpa dev"})
    assert looks.two() == {"orders": wanted}


def test_settings_and_the_reference_model_are_part_of_what_is_asked_for(home: Home, looks: Looks) -> None:
    seen = {drop(home)}
    for name, content in (
        ("process.yaml", "name: Orders\n"),
        ("process.yaml", "name: [\n"),
        ("reference.bpmn", "<x/>"),
    ):
        (home.inbox("orders") / name).write_text(content)
        (fingerprint,) = looks.two().values()
        assert fingerprint not in seen
        seen.add(fingerprint)
        published(home, fingerprint)


def test_what_is_never_read_is_told_once(home: Home, looks: Looks, tmp_path: Path) -> None:
    drop(home)
    outside = tmp_path / "outside.csv"
    outside.write_text("secret")
    (home.inbox("orders") / "link.csv").symlink_to(outside)
    (home.inboxes / "stray.csv").write_text("a")
    for _ in range(4):
        looks.look()
    told = AlertFiles(home.alerts).all()
    assert sorted(alert.details["path"] for alert in told) == ["orders/link.csv", "stray.csv"]
    assert all(alert.kind == "not_read" for alert in told)


def test_a_home_that_cannot_be_read_is_skipped_and_forgets_nothing(home: Home, looks: Looks) -> None:
    wanted = drop(home)
    assert looks.look() == {}
    home.inboxes.rename(home.folder / "elsewhere")
    assert looks.look() == {}
    (home.folder / "elsewhere").rename(home.inboxes)
    assert looks.look() == {"orders": wanted}


def test_another_version_of_the_code_refreshes_every_process(
    home: Home, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(home, drop(home))
    assert looks.two() == {}
    for module in ("bpa_sensors.inbox", "bpa_assets.event_log.inputs"):
        monkeypatch.setattr(f"{module}.code_version", lambda: "the next")
    assert set(looks.two()) == {"orders"}


def test_every_night_every_process_with_logs_is_refreshed_unless_it_is_anyway(home: Home) -> None:
    for process in ("orders", "claims", "busy"):
        published(home, drop(home, process), process)
    home.inbox("empty").mkdir()
    (schedule,) = nightly_schedules()
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions(str(PROCESSES.name), ["orders", "claims", "busy", "empty", "gone"])
        record_run(instance, "busy", QUEUED)
        requests = list(schedule(dg.build_schedule_context(instance=instance)))
    assert [request.partition_key for request in requests] == ["claims", "orders"]


def test_the_night_is_in_the_zone_that_is_set_or_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BPA_NIGHTLY", "03:15 Europe/Amsterdam")
    (schedule,) = nightly_schedules()
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 3 * * *", "Europe/Amsterdam")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    monkeypatch.setenv("BPA_NIGHTLY", "off")
    assert nightly_schedules() == []
