"""What Dagster's instance knows about runs: which are on their way, and how the last one of a process ended."""

import dagster as dg

from bpa_resources.run_tags import ASKED_BY_TAG, FINGERPRINT_TAG, IN_FLIGHT, PROCESS_TAG, STOPPED_TAG

REFRESH_PROCESS, REFRESH_KPIS = "refresh_process", "refresh_kpis"

_SILENT = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Every event of a run would else be printed where the daemon was started; the UI shows them all."""


def refresh_request(process: str, *, fingerprint: str = "", asked_by: str) -> dg.RunRequest:
    """Ask for a refresh of one process.

    Without a run key: a key never fires twice, so files that change back (A, B, A) would not be read again.
    """
    tags = {ASKED_BY_TAG: asked_by, **({FINGERPRINT_TAG: fingerprint} if fingerprint else {})}
    return dg.RunRequest(job_name=REFRESH_PROCESS, partition_key=process, tags=tags, run_config=_SILENT)


def kpis_request(*, of: str) -> dg.RunRequest:
    """Ask for the KPI database to be brought up to date, before refreshes that wait; `of`: what it is to hold."""
    tags = {ASKED_BY_TAG: "kpis_outdated", FINGERPRINT_TAG: of, "dagster/priority": "10"}
    return dg.RunRequest(job_name=REFRESH_KPIS, tags=tags, run_config=_SILENT)


def processes_in_flight(instance: dg.DagsterInstance) -> set[str]:
    """Processes of which a refresh is queued or at work, whoever started it."""
    runs = instance.get_runs(dg.RunsFilter(job_name=REFRESH_PROCESS, statuses=list(IN_FLIGHT)))
    return {run.tags[PROCESS_TAG] for run in runs if PROCESS_TAG in run.tags}


def is_in_flight(instance: dg.DagsterInstance, job_name: str) -> bool:
    """Whether a run of the job is queued or at work."""
    return bool(instance.get_runs(dg.RunsFilter(job_name=job_name, statuses=list(IN_FLIGHT)), limit=1))


def last_failed_input(instance: dg.DagsterInstance, process: str) -> str:
    """The fingerprint that the last refresh of the process failed on; empty if it did not."""
    return _failed_on(instance, dg.RunsFilter(job_name=REFRESH_PROCESS, tags={PROCESS_TAG: process}))


def last_failed_kpis(instance: dg.DagsterInstance) -> str:
    """What the last refresh of the KPIs failed to hold; empty if it did not fail."""
    return _failed_on(instance, dg.RunsFilter(job_name=REFRESH_KPIS))


def _failed_on(instance: dg.DagsterInstance, runs: dg.RunsFilter) -> str:
    for run in instance.get_runs(runs, limit=20):
        if STOPPED_TAG in run.tags:
            return ""
        if FINGERPRINT_TAG in run.tags:
            failed = run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
            return run.tags[FINGERPRINT_TAG] if failed else ""
    return ""
