"""A run failed, or a check did: it is reported once, in the log and by the ways that are set.

Two sensors write down what there is to report, a third sends it: whatever stops, is down or starts again between, the
file of an alert says what has been done (`bpa_resources/alert_files.py`).
"""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from bpa_resources.alert_delivery import SECONDS, Send, deliver, to_mail, to_webhook
from bpa_resources.alert_files import Alert, AlertFiles
from bpa_resources.environment import alert_mail, alert_webhook
from bpa_resources.home import this_home
from bpa_resources.run_tags import STOPPED_TAG
from bpa_sensors.failures import failed_checks, failed_run

_OVERLAP_SECONDS = 60
"""Looked at once more, because runs are not noted in the order of their time; what was seen is passed over."""

_log = logging.getLogger("bpa.alerts")


@dg.sensor(
    name="run_failed",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports every run that failed, once.",
)
def run_failed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Raise an alert for each run that failed since the last look."""
    runs, cursor = _ended(context, [dg.DagsterRunStatus.FAILURE])
    count = raise_alerts(failed_run(context.instance, run) for run in runs if STOPPED_TAG not in run.tags)
    return dg.SensorResult(skip_reason=f"{count} new alerts", cursor=json.dumps(cursor))


@dg.sensor(
    name="check_failed",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reports every check that is not green, once; a warning, which leaves its run green, when it begins.",
)
def check_failed(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    """Raise an alert for each check that failed in a run that ended since the last look."""
    runs, cursor = _ended(context, [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE])
    warns: dict[str, float] = json.loads(context.cursor or "{}").get("warns", {})
    now = time.time()
    count = raise_alerts(alert for run in runs for alert in failed_checks(context.instance, run, warns, now=now))
    return dg.SensorResult(skip_reason=f"{count} new alerts", cursor=json.dumps({**cursor, "warns": warns}))


@dg.sensor(
    name="alert_waiting",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Sends what is to be reported to the webhook and the mail addresses that are set, each once.",
)
def alert_waiting(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Send what waits. The only one that sends, and Dagster runs it once at a time: nothing is sent twice."""
    files = AlertFiles(this_home().alerts)
    problems = deliver(files, _ways(), now=time.time(), until=time.monotonic() + SECONDS)
    files.forget_old(now=time.time())
    for problem in problems:
        context.log.warning(problem)
    return dg.SkipReason("; ".join(problems) or "nothing waits")


def raise_alerts(alerts: Iterable[Alert]) -> int:
    """Write alerts down that are new, and log each; returns how many."""
    files, ways = AlertFiles(this_home().alerts), tuple(_ways())
    new = [alert for alert in alerts if files.raise_once(alert.to_be_sent_by(ways))]
    for alert in new:
        _log.warning(alert.text)
    return len(new)


def _ways() -> dict[str, Send]:
    webhook, mail = alert_webhook(), alert_mail()
    ways = {"webhook": to_webhook(webhook)} if webhook else {}
    return {**ways, "mail": to_mail(mail)} if mail else ways


def _ended(
    context: dg.SensorEvaluationContext, statuses: Sequence[dg.DagsterRunStatus]
) -> tuple[list[dg.DagsterRun], dict[str, Any]]:
    """Runs that ended since the last look (none from before the very first), and the cursor for the next."""
    cursor = json.loads(context.cursor or "{}")
    now = time.time()
    first = cursor.get("first", now)
    since = max(cursor.get("last", now) - _OVERLAP_SECONDS, first)
    runs = context.instance.get_run_records(
        dg.RunsFilter(statuses=list(statuses), updated_after=datetime.fromtimestamp(since, UTC)),
        order_by="update_timestamp",
        ascending=True,
    )
    ended = [record.dagster_run for record in runs]
    new = [run for run in ended if run.run_id not in cursor.get("seen", [])]
    return new, {"first": first, "last": now, "seen": [run.run_id for run in ended]}
