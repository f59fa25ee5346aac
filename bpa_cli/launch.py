"""Runs a job of the code location in this OS process, on the home's Dagster instance.

The run is recorded with the origin that the UI gives it, so that it can be looked at, and done again, from there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any, Protocol

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.api import create_execution_plan, execute_run_iterator
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from bpa_assets.partitions import PROCESSES
from bpa_cli.stop_signals import held_back, stop_signals
from bpa_resources.home import Home
from bpa_resources.instance import open_instance as instance_of
from bpa_resources.leftovers import LAUNCHED_BY
from bpa_resources.run_tags import PROCESS_TAG


class Watch(Protocol):
    """Sees the events of a run as they happen."""

    def see(self, event: dg.DagsterEvent) -> None:
        """Take note of one event."""

    def stop(self) -> None:
        """Take note that the run was told to stop, and did."""


@contextmanager
def open_instance(home: Home, process: str | None = None) -> Iterator[dg.DagsterInstance]:
    """The home's Dagster instance, with the process as a partition."""
    with instance_of(home) as instance:
        if process is not None:
            with home.instance_lock():
                instance.add_dynamic_partitions(str(PROCESSES.name), [process])
        yield instance


def forget_process(instance: dg.DagsterInstance, process: str) -> None:
    """Take the partition of a process that never came to be out again: its files were refused."""
    if instance.has_dynamic_partition(str(PROCESSES.name), process):
        instance.delete_dynamic_partition(str(PROCESSES.name), process)


def launch(
    job_name: str,
    instance: dg.DagsterInstance,
    *,
    watch: Watch,
    partition: str | None = None,
    run_config: Mapping[str, Any] | None = None,
) -> dg.DagsterRunStatus:
    """Run a job to its end and return how it ended."""
    with held_back():
        import duckdb  # noqa: F401 - every run uses it

        from bpa_assets.definitions import defs

    job = defs.resolve_job_def(job_name)
    tags = {PROCESS_TAG: partition} if partition else {}
    config = {**(run_config or {}), "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    plan = create_execution_plan(InMemoryJob(job), run_config=config)
    run = instance.create_run_for_job(
        job, execution_plan=plan, run_config=config, tags={**tags, **LAUNCHED_BY},
        remote_job_origin=_origin(job_name),
    )  # fmt: skip
    with (
        stop_signals(dg.DagsterExecutionInterruptedError) as signals,
        redirect_stdout(StringIO()),
    ):  # what dbt prints is kept with the run; a person gets the progress
        for event in execute_run_iterator(InMemoryJob(job), run, instance):
            watch.see(event)
        stopped = signals.any
    ended = instance.get_run_by_id(run.run_id)
    status = ended.status if ended else dg.DagsterRunStatus.FAILURE
    if stopped and status != dg.DagsterRunStatus.SUCCESS:
        watch.stop()
    return status


def _origin(job_name: str) -> RemoteJobOrigin:
    """Where the UI finds this job: the location of workspace.yaml."""
    target = LoadableTargetOrigin(module_name="bpa_assets.definitions")
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, location_name="bpa")
    return RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job_name)
