"""What killed and stopped runs leave in Dagster's instance, and how it is closed.

Nothing else would: the queue would count them as running for ever and start no other run of the process.
"""

from contextlib import ExitStack

import dagster as dg
from filelock import BaseFileLock, Timeout

from bpa_resources.home import Home
from bpa_resources.run_tags import IN_FLIGHT, PROCESS_TAG, STOPPED_TAG

LAUNCHED_BY = {"bpa/launched_by": "bpa run"}

_AT_WORK = [status for status in IN_FLIGHT if status != dg.DagsterRunStatus.QUEUED]


def close_dead_runs(instance: dg.DagsterInstance, job_name: str, *, tags: dict[str, str] | None = None) -> int:
    """Record runs of `bpa run` that were killed as failed; returns how many.

    To be called under the lock of what the runs were about (the process, or the KPI database): only then is one that
    is recorded as being at work certainly dead.
    """
    wanted = dg.RunsFilter(job_name=job_name, statuses=_AT_WORK, tags={**LAUNCHED_BY, **(tags or {})})
    dead = instance.get_runs(wanted)
    for run in dead:
        # Its pools first, else they stay taken for ever: who is killed between the two leaves a run to be closed again.
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
        instance.report_run_failed(run, "The process that ran this is gone (killed, or the machine stopped).")
    return len(dead)


def close_killed_runs(home: Home, instance: dg.DagsterInstance) -> int:
    """Close what killed `bpa run`s have left; returns how many. One whose lock is held is alive."""
    closed = 0
    for run in instance.get_runs(dg.RunsFilter(statuses=_AT_WORK, tags=LAUNCHED_BY)):
        process = run.tags.get(PROCESS_TAG)
        lock = _lock_of(home, run.job_name, process)
        with ExitStack() as held:
            try:
                held.enter_context(lock.acquire(blocking=False))
            except Timeout:
                continue
            closed += close_dead_runs(instance, run.job_name, tags={PROCESS_TAG: process} if process else None)
    return closed


def _lock_of(home: Home, job_name: str, process: str | None) -> BaseFileLock:
    """What a command holds while such a run of it is at work."""
    if process:
        return home.process_lock(process)
    return home.push_lock() if job_name == "push_actions" else home.kpi_lock()


def runs_at_work(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Runs that the daemon has started and that have not ended: those of `bpa run` are left out."""
    at_work = instance.get_runs(dg.RunsFilter(statuses=_AT_WORK))
    return [run for run in at_work if not run.tags.items() >= LAUNCHED_BY.items()]


def mark_stopped(instance: dg.DagsterInstance, runs: list[dg.DagsterRun]) -> None:
    """Note that these ended because the daemon did: their input is worth another try."""
    for run in runs:
        instance.add_run_tags(run.run_id, {STOPPED_TAG: "bpa dev"})


def close_stopped_runs(instance: dg.DagsterInstance) -> int:
    """Record what is still at work as stopped; returns how many. Only while no daemon runs: under the lock `dev`."""
    left = runs_at_work(instance)
    mark_stopped(instance, left)
    for run in left:
        instance.report_run_canceled(run, message="Stopped with bpa dev; it is done again when that runs.")
    return len(left)
