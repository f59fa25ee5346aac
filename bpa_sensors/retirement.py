"""A process whose inbox is gone is retired: out of the published KPIs and of Dagster's partitions. Its lake files stay.

`retire` renames `published.json` to `retired.json`: taken back by renaming it again and making the folder anew.
"""

import time

import dagster as dg
from filelock import Timeout

from bpa_assets.partitions import PROCESSES
from bpa_resources.home import Home, this_home
from bpa_resources.lake import publications
from bpa_resources.publication import withdraw
from bpa_sensors.gone_inboxes import after_look, from_cursor, to_retire
from bpa_sensors.run_records import processes_in_flight
from bpa_sensors.watched_inboxes import look


@dg.sensor(
    name="inbox_removed",
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Retires a process whose inbox folder has been gone for a minute, unless a run of it is on its way.",
)
def inbox_removed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Retire what is gone; the refresh of the KPIs follows by itself."""
    home = this_home()
    found = look(home.inboxes)
    if found is None:
        return dg.SkipReason(f"{home.inboxes} is not there or cannot be read: nothing is retired")
    now = time.time()
    memory = after_look(
        from_cursor(context.cursor), device=found.device, folders=found.folders,
        known=_known(home, context.instance), now=now,
    )  # fmt: skip
    gone = to_retire(memory, in_flight=processes_in_flight(context.instance), now=now)
    retired = [process for process in gone if _retire(home, context.instance, process)]
    for process in retired:
        context.log.warning(f"{process} is retired: its inbox is gone")
    return dg.SensorResult(skip_reason=f"retired: {', '.join(retired) or 'none'}", cursor=memory.to_cursor())


def _known(home: Home, instance: dg.DagsterInstance) -> set[str]:
    """Processes that are published or have a partition."""
    return {one.process for one in publications(home)} | set(instance.get_dynamic_partitions(str(PROCESSES.name)))


def _retire(home: Home, instance: dg.DagsterInstance, process: str) -> bool:
    """Under the process's lock, so that no run is at work; returns whether it was done."""
    try:
        with home.process_lock(process).acquire(blocking=False):
            # Looked at once more: since the look a folder may have come back, or a run may have been queued.
            if home.inbox(process).exists() or process in processes_in_flight(instance):
                return False
            withdraw(home.lake / process)
            with home.instance_lock():
                instance.delete_dynamic_partition(str(PROCESSES.name), process)
    except Timeout:
        return False
    return True
