"""Every night every process is refreshed, whether or not its files have changed; the KPIs follow (`kpis.py`)."""

from collections.abc import Iterator

import dagster as dg

from bpa_assets.jobs import refresh_process
from bpa_assets.partitions import PROCESSES
from bpa_resources.environment import nightly
from bpa_resources.home import this_home
from bpa_resources.inbox import Inbox
from bpa_sensors.run_records import processes_in_flight, refresh_request


def nightly_schedules() -> list[dg.ScheduleDefinition]:
    """The schedule at the time and in the zone of `BPA_NIGHTLY`; none if that is `off`."""
    when = nightly()
    if when is None:
        return []

    @dg.schedule(
        name="nightly_refresh",
        job=refresh_process,
        cron_schedule=when.cron,
        execution_timezone=when.zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Refreshes every process that has logs in its inbox; the KPIs follow when all are done.",
    )
    def nightly_refresh(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        """Ask for a run of every process that is not being refreshed anyway."""
        home, busy = this_home(), processes_in_flight(context.instance)
        for process in sorted(context.instance.get_dynamic_partitions(str(PROCESSES.name))):
            if process not in busy and Inbox(home.inbox(process)).logs():
                yield refresh_request(process, asked_by="nightly_refresh")

    return [nightly_refresh]
