"""What is approved is sent: a run of `push_actions` when there is something to do, and every hour for what waits."""

import json
from datetime import UTC, datetime

import dagster as dg

from bpa_assets.actions.entering import most_of, pushing
from bpa_assets.actions.sending import waiting_actions
from bpa_resources.home import this_home
from bpa_resources.ledger.ledger import open_ledger
from bpa_resources.run_tags import ASKED_BY_TAG
from bpa_sensors.run_records import is_in_flight
from bpa_sensors.turns import EVERY_TURN

_JOB = "push_actions"


@dg.sensor(
    name="approved_actions_wait",
    job_name=_JOB,
    minimum_interval_seconds=EVERY_TURN,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Sends what is approved, and enters what was proposed, for processes that have switched pushing on.",
)
def approved_actions_wait(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Look whether proposals were published that the ledger has not seen, or approved actions are due."""
    if is_in_flight(context.instance, _JOB):
        return dg.SkipReason("a push is queued or at work")
    home = this_home()
    pushed = pushing(home)
    if not pushed:
        return dg.SkipReason("no process pushes: the switch is push.enabled of process.yaml")
    published = json.dumps({process: one.run_id for process, (one, _) in sorted(pushed.items())})
    if published != context.cursor:
        context.update_cursor(published)
        return _asked("approved_actions_wait")
    with open_ledger(home) as ledger:
        waiting = waiting_actions(ledger, most_of(pushed), {}, datetime.now(UTC))
    return _asked("approved_actions_wait") if waiting else dg.SkipReason("no approved action is due")


@dg.schedule(
    name="push_hourly",
    job_name=_JOB,
    cron_schedule="0 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Gives up what is past its deadline, and goes on with what a lost worker or a busy system left.",
)
def push_hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a push if any process pushes."""
    if is_in_flight(context.instance, _JOB):
        return dg.SkipReason("a push is queued or at work")
    return _asked("push_hourly") if pushing(this_home()) else dg.SkipReason("no process pushes")


def _asked(by: str) -> dg.RunRequest:
    return dg.RunRequest(tags={ASKED_BY_TAG: by})
