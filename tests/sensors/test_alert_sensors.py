"""A run that failed and a check that did are reported once each, with who, why and where to look."""

from collections.abc import Iterator

import dagster as dg
import pytest

from bpa_resources.alert_files import Alert, AlertFiles
from bpa_resources.home import Home
from bpa_resources.run_tags import PROCESS_TAG, STOPPED_TAG
from bpa_sensors.alerts import alert_waiting, check_failed, run_failed
from tests.sensors.conftest import Add
from tests.sensors.receivers import webhook


class Look:
    """A sensor with its cursor."""

    def __init__(self, sensor: dg.SensorDefinition, instance: dg.DagsterInstance) -> None:
        self._sensor, self._instance, self.cursor = sensor, instance, None
        self()  # the very first look: what was before is of no interest

    def __call__(self) -> None:
        answer = self._sensor(dg.build_sensor_context(instance=self._instance, cursor=self.cursor))
        assert isinstance(answer, dg.SensorResult)
        self.cursor = answer.cursor  # type: ignore[assignment]


def job(why: str = "", *, passed: bool = True, severity: str = "WARN", blocking: bool = False) -> dg.JobDefinition:
    """One asset with one check, as a job; `why`: the asset fails with this."""

    @dg.asset
    def event_log() -> None:
        if why:
            raise dg.Failure(why)

    @dg.asset_check(asset=event_log, blocking=blocking)
    def most_records_could_be_read() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=passed, severity=dg.AssetCheckSeverity(severity),
            description="80.0% of the records\nwere refused", metadata={"rejected_share": 0.8, "rows": 1200},
        )  # fmt: skip

    definitions = dg.Definitions(
        [event_log], asset_checks=[most_records_could_be_read],
        jobs=[dg.define_asset_job("refresh_process", executor_def=dg.in_process_executor)],
    )  # fmt: skip
    return definitions.resolve_job_def("refresh_process")


def run(instance: dg.DagsterInstance, definition: dg.JobDefinition) -> str:
    done = definition.execute_in_process(instance=instance, raise_on_error=False, tags={PROCESS_TAG: "orders"})
    return done.run_id


def alerts(home: Home, kind: str) -> list[Alert]:
    return [alert for alert in AlertFiles(home.alerts).all() if alert.kind == kind]


def test_a_failed_run_is_reported_once_with_its_process_step_and_reason(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BPA_UI_URL", "http://127.0.0.1:3000/")
    before = run(instance, job("of an earlier time"))
    look = Look(run_failed, instance)
    assert before
    run(instance, job())
    failed = run(instance, job("orders.csv is empty"))
    for _ in range(3):
        look()
    again = Look(run_failed, instance)  # a daemon that was started anew, with the cursor of the one before
    again.cursor = look.cursor
    again()
    (alert,) = alerts(home, "failed_run")
    assert alert.text == (
        "orders: refresh_process failed in event_log: orders.csv is empty. What was published stays. "
        f"Look at http://127.0.0.1:3000/runs/{failed}"
    )
    assert (alert.process, alert.details["step"], alert.details["why"]) == (
        "orders",
        "event_log",
        "orders.csv is empty",
    )


def test_a_run_that_ended_with_bpa_dev_or_by_a_person_is_no_failure(
    home: Home, instance: dg.DagsterInstance, add_run: Add
) -> None:
    look = Look(run_failed, instance)
    stopped = add_run("orders", dg.DagsterRunStatus.STARTED, **{STOPPED_TAG: "bpa dev"})
    instance.report_run_failed(stopped)
    instance.report_run_canceled(add_run("orders", dg.DagsterRunStatus.STARTED))
    look()
    assert alerts(home, "failed_run") == []
    killed = add_run("orders", dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(killed, "The process that ran this is gone.")
    look()
    (alert,) = alerts(home, "failed_run")
    assert "The process that ran this is gone" in alert.text


def test_a_warning_is_reported_when_it_begins_although_its_run_is_green_and_again_after_it_was_over(
    home: Home, instance: dg.DagsterInstance
) -> None:
    look = Look(check_failed, instance)
    run(instance, job())
    look()
    assert alerts(home, "failed_check") == []
    for _ in range(2):
        run(instance, job(passed=False))
        look()
        look()
    (alert,) = alerts(home, "failed_check")
    assert alert.text.startswith(
        "orders: check most_records_could_be_read of event_log warns: 80.0% of the records were refused. "
        "Look at the run "
    )
    run(instance, job())
    for _ in range(2):
        run(instance, job(passed=False))
        look()
    assert len(alerts(home, "failed_check")) == 2


def test_the_warnings_of_a_run_are_one_alert_and_only_new_ones(home: Home, instance: dg.DagsterInstance) -> None:
    def judged(*failing: str) -> dg.JobDefinition:
        @dg.asset(check_specs=[dg.AssetCheckSpec(name, asset="log_profile") for name in ("a", "b", "c")])
        def log_profile() -> Iterator[object]:
            yield dg.Output(None)
            for name in ("a", "b", "c"):
                warn = dg.AssetCheckSeverity.WARN
                yield dg.AssetCheckResult(
                    passed=name not in failing, check_name=name, severity=warn, description=f"{name} is off"
                )

        definitions = dg.Definitions(
            [log_profile], jobs=[dg.define_asset_job("refresh_process", executor_def=dg.in_process_executor)]
        )
        return definitions.resolve_job_def("refresh_process")

    look = Look(check_failed, instance)
    for failing in (("a", "b"), ("a", "b", "c"), ("a", "c"), ("a", "b", "c")):
        run(instance, judged(*failing))
        look()
    first, second, third = (alert.text for alert in alerts(home, "failed_check"))
    assert first.startswith(
        "orders: 2 checks warn\n- check a of log_profile warns: a is off\n- check b of log_profile warns: b is off. "
    )
    assert second.startswith("orders: check c of log_profile warns: c is off. ")
    assert third.startswith("orders: check b of log_profile warns: b is off. ")


def test_a_check_that_stops_a_run_is_reported_each_time_and_so_is_the_run(
    home: Home, instance: dg.DagsterInstance
) -> None:
    looks = [Look(check_failed, instance), Look(run_failed, instance)]
    for _ in range(2):
        run(instance, job(passed=False, severity="ERROR", blocking=True))
        for look in looks:
            look()
    assert len(alerts(home, "failed_check")) == 2
    assert len(alerts(home, "failed_run")) == 2
    assert "most_records_could_be_read" in alerts(home, "failed_run")[0].text


def test_what_was_raised_is_sent_once_by_the_way_that_is_set(
    home: Home, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with webhook() as received:
        monkeypatch.setenv("BPA_ALERT_WEBHOOK", f"http://127.0.0.1:{received.port}/secret")
        look = Look(run_failed, instance)
        run(instance, job("orders.csv is empty"))
        look()
        for _ in range(3):
            alert_waiting(dg.build_sensor_context(instance=instance))
    (post,) = received.posts
    assert "orders.csv is empty" in post["text"]
    assert "orders.csv is empty" in caplog.text
    assert "secret" not in caplog.text
