"""The KPI database follows what is published: one refresh when no process is being refreshed any more."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

import dagster as dg

from bpa_assets.jobs import refresh_kpis
from bpa_assets.kpis.project import project_version
from bpa_resources.home import this_home
from bpa_resources.kpi_database import published_runs, shows_ledger
from bpa_resources.lake import publications
from bpa_resources.ledger.stored_table import ledger_state
from bpa_sensors.run_records import (
    REFRESH_KPIS,
    REFRESH_PROCESS,
    is_in_flight,
    kpis_request,
    last_failed_kpis,
)
from bpa_sensors.turns import EVERY_TURN

LONGEST_WAIT_SECONDS = 300
"""A queue that never empties must not keep what is published from those who query it."""


@dg.sensor(
    name="kpis_outdated",
    job=refresh_kpis,
    minimum_interval_seconds=EVERY_TURN,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Brings the KPI database up to date with what is published, once no refresh is queued or at work.",
)
def kpis_outdated(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Compare what is published with what the KPI database holds."""
    home = this_home()
    published = publications(home)
    held = published_runs(home, project_version=project_version())
    runs = {one.process: one.run_id for one in published}
    if runs == (held or {}) and (held is None or shows_ledger(home)):
        return dg.SkipReason("the KPI database holds what is published")
    if is_in_flight(context.instance, REFRESH_KPIS):
        return dg.SkipReason("a refresh of the KPIs is queued or at work")
    waiting = [one.published_at for one in published if (held or {}).get(one.process) != one.run_id]
    if is_in_flight(context.instance, REFRESH_PROCESS) and not _waited_long(waiting):
        return dg.SkipReason("processes are still being refreshed; the KPIs follow when the queue is empty")
    wanted = digest_of(runs, ledger=ledger_state(home))
    if last_failed_kpis(context.instance) == wanted:
        return dg.SkipReason("the last refresh of the KPIs failed on the same publications")
    return kpis_request(of=wanted)


def digest_of(runs: Mapping[str, str], *, ledger: str = "") -> str:
    """One text for a set of published runs and the state of the ledger, where there is one."""
    return sha256((repr(sorted(runs.items())) + ledger).encode()).hexdigest()


def _waited_long(published_at: list[str]) -> bool:
    moments = (datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() for text in published_at)
    return any(time.time() - moment > LONGEST_WAIT_SECONDS for moment in moments)
