"""What is said about a run that failed, a check that did, a file that is not read: who, why, and where to look."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from bpa_resources.alert_files import KEPT_SECONDS, Alert, alert_id
from bpa_resources.environment import ui_address
from bpa_resources.errors import one_line
from bpa_resources.run_tags import PROCESS_TAG

_FIGURES = 6
_OF_ACTIONS = ("push_actions", "decide_action")


def failed_run(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Alert:
    """The alert about a run that failed."""
    process = run.tags.get(PROCESS_TAG, "")
    step, why = _step_and_reason(instance, run)
    about = process or ("actions" if run.job_name in _OF_ACTIONS else "the KPI database")
    place = f" in {step}" if step else ""
    return Alert(
        id=alert_id("run", run.run_id),
        kind="failed_run",
        process=process,
        subject=f"{about}: {run.job_name} failed",
        text=f"{about}: {run.job_name} failed{place}: {why}. What was published stays. {_where(run)}",
        details={"job": run.job_name, "step": step, "why": why, "run": run.run_id, "url": _url(run)},
    )


def failed_checks(
    instance: dg.DagsterInstance, run: dg.DagsterRun, warns: dict[str, float], *, now: float
) -> Iterator[Alert]:
    """An alert for each check of the run that failed, and one for all its warnings that are new.

    A warning is new when it begins, and once a month. `warns`: warning → when it was told; brought up to date.
    """
    found = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION)
    new = []
    for record in found.records:
        event = record.event_log_entry.dagster_event
        if event is None:
            continue
        check = event.asset_check_evaluation_data
        name = "/".join((run.tags.get(PROCESS_TAG, ""), check.asset_key.to_user_string(), check.check_name))
        if check.passed:
            warns.pop(name, None)
        elif check.severity != dg.AssetCheckSeverity.WARN:
            yield _checks_alert(run, [check])
        elif now - warns.get(name, -KEPT_SECONDS) >= KEPT_SECONDS:
            warns[name] = now
            new.append(check)
    if new:
        yield _checks_alert(run, new)


def _checks_alert(run: dg.DagsterRun, checks: Sequence[dg.AssetCheckEvaluation]) -> Alert:
    """The alert about checks of one severity."""
    process = run.tags.get(PROCESS_TAG, "")
    about = process or "the KPI database"
    what = "warns" if checks[0].severity == dg.AssetCheckSeverity.WARN else "failed"
    told = [f"check {one.check_name} of {one.asset_key.to_user_string()} {what}" for one in checks]
    whys = [f"{name}: {describe_check(check)}" for name, check in zip(told, checks, strict=True)]
    several = f"{len(checks)} checks warn"
    said = whys[0] if len(checks) == 1 else "\n- ".join([several, *whys])
    return Alert(
        id=alert_id("check", process, *(one.check_name for one in checks), run.run_id),
        kind="failed_check",
        process=process,
        subject=f"{about}: {told[0] if len(checks) == 1 else several}",
        text=f"{about}: {said}. {_where(run)}",
        details={
            "check": ", ".join(one.check_name for one in checks), "severity": checks[0].severity.value,
            "why": "; ".join(whys), "run": run.run_id, "url": _url(run),
        },
    )  # fmt: skip


def left_out(path: str, why: str) -> Alert:
    """The alert about something in the inbox that is never read; `path`: below the folder of inboxes."""
    process = path.partition("/")[0] if "/" in path else ""
    return Alert(
        id=alert_id("inbox", path, why), kind="not_read", process=process,
        subject=f"{path} in the inbox is not read", text=f"{why}.", details={"path": path, "why": why},
    )  # fmt: skip


def describe_check(check: dg.AssetCheckEvaluation) -> str:
    """Why a check is not green: its own sentence, else its main figures."""
    plain = {name: value.value for name, value in check.metadata.items()}
    figures = [f"{name} {_short(value)}" for name, value in plain.items() if isinstance(value, int | float | str)]
    return one_line(check.description or "") or ", ".join(figures[:_FIGURES]) or "it gives no reason"


def _short(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)[:80]


def _step_and_reason(instance: dg.DagsterInstance, run: dg.DagsterRun) -> tuple[str, str]:
    """The first step that failed, and why; what the run itself says if none did."""
    steps = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE, limit=1)
    for record in steps.records:
        event = record.event_log_entry.dagster_event
        if event is not None:
            return event.step_key or "", reason_of_step(event)
    ends = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.RUN_FAILURE, limit=1)
    messages = [one_line(record.event_log_entry.user_message or "") for record in ends.records]
    dagsters = [record.event_log_entry.dagster_event for record in ends.records]
    messages += [one_line(event.message or "") for event in dagsters if event is not None]
    return "", next((message.rstrip(".") for message in messages if message), "for an unknown reason")


def reason_of_step(event: dg.DagsterEvent) -> str:
    """Why a step failed: what we said, else the innermost error."""
    data = event.step_failure_data
    told = data.user_failure_data
    if told is not None and told.description:
        return one_line(told.description).rstrip(".")
    cause: Any = data.error
    while cause is not None and cause.cause is not None:
        cause = cause.cause
    return one_line(cause.message).rstrip(".") if cause else "for an unknown reason"


def _where(run: dg.DagsterRun) -> str:
    return f"Look at {_url(run)}" if ui_address() else f"Look at the run {run.run_id} (bpa dev)"


def _url(run: dg.DagsterRun) -> str:
    address = ui_address()
    return f"{address}/runs/{run.run_id}" if address else ""
