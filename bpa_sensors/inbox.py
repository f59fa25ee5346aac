"""Files arrive, change or come back: a refresh is asked for, once a change."""

import time
from collections.abc import Iterable
from functools import partial

import dagster as dg

from bpa_assets.event_log.inputs import code_version, inputs_fingerprint
from bpa_assets.jobs import refresh_process
from bpa_assets.partitions import PROCESSES
from bpa_resources.errors import InputError
from bpa_resources.home import Home, this_home
from bpa_resources.inbox import Inbox
from bpa_resources.lake import ProcessLake
from bpa_sensors.alerts import raise_alerts
from bpa_sensors.content_digests import ContentDigests, StillReadingError
from bpa_sensors.failures import left_out
from bpa_sensors.inbox_changes import Seen, changed, from_cursor, seen_now, to_cursor, with_fingerprint, worth_trying
from bpa_sensors.run_records import last_failed_input, processes_in_flight, refresh_request
from bpa_sensors.turns import EVERY_TURN
from bpa_sensors.watched_inboxes import look

READING_SECONDS = 20
"""Of the 60 s after which Dagster breaks a look off."""

AT_MOST = 20
"""Runs that one look asks for; the next asks for more."""

_digests = ContentDigests()


@dg.sensor(
    name="inbox_changed",
    job=refresh_process,
    minimum_interval_seconds=EVERY_TURN,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Refreshes a process whose inbox has changed, when its files have lain unchanged for some seconds.",
)
def inbox_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run of every process whose inbox is not what is published."""
    home = this_home()
    found = look(home.inboxes)
    if found is None:
        return dg.SkipReason(f"{home.inboxes} is not there or cannot be read")
    raise_alerts(left_out(path, why) for path, why in found.left_out.items())
    # Another version of the code is a change too: what was seen under an earlier one is looked at again.
    signatures = {process: f"{code_version()} {signature}" for process, signature in found.signatures.items()}
    seen = seen_now(signatures, from_cursor(context.cursor), now=time.time())
    seen = _read(home, seen, until=time.monotonic() + READING_SECONDS)
    wanted = {process: one.fingerprint for process, one in seen.items() if one.fingerprint}
    published = {process: _published_fingerprint(home, process) for process in wanted}
    news = changed(wanted, published=published, in_flight=processes_in_flight(context.instance))
    failed = {process: last_failed_input(context.instance, process) for process in news}
    asked = dict(list(worth_trying(news, failed=failed).items())[:AT_MOST])
    _add_partitions(home, context.instance, asked)
    requests = [refresh_request(process, fingerprint=asked[process], asked_by="inbox_changed") for process in asked]
    return dg.SensorResult(run_requests=requests, cursor=to_cursor(seen))


def _read(home: Home, seen: dict[str, Seen], *, until: float) -> dict[str, Seen]:
    """With the fingerprints of those that have rested; what takes longer is known at a later look."""
    now = time.time()
    digest = partial(_digests.of, until=until)
    for process, one in seen.items():
        if one.fingerprint or not one.rested(now):
            continue
        try:
            fingerprint = inputs_fingerprint(Inbox(home.inbox(process)), digest=digest)
        except (StillReadingError, OSError, InputError):  # InputError: a link in the place of a file, told above
            continue
        seen = {**seen, process: with_fingerprint(one, fingerprint)}
    return seen


def _published_fingerprint(home: Home, process: str) -> str:
    publication = ProcessLake(home, process, "").publication()
    return publication.fingerprint if publication else ""


def _add_partitions(home: Home, instance: dg.DagsterInstance, processes: Iterable[str]) -> None:
    """Under the lock under which `bpa run` adds its own."""
    known = set(instance.get_dynamic_partitions(str(PROCESSES.name)))
    new = [process for process in processes if process not in known]
    if new:
        with home.instance_lock():
            instance.add_dynamic_partitions(str(PROCESSES.name), new)
