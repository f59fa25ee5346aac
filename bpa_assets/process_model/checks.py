"""Whether the tables of the behaviour agree with the log and with each other."""

from pathlib import Path

import dagster as dg

from bpa_assets.process_checks import process_check
from bpa_assets.process_model.discovery.choice import LEAST_FITNESS
from bpa_assets.process_model.discovery.flower import NAME as FLOWER
from bpa_assets.process_model.identities import figures
from bpa_assets.process_model.model_tables import model_row

_NO_MODEL = (
    "no miner gave a sound model of the {activities:,} activities in time, so this one allows any activity in any "
    "order: name a column of fewer, coarser activities as source.activity in process.yaml, or group them in the log"
)


def _equal(**values: float) -> dg.AssetCheckResult:
    one, *others = values.values()
    tolerance = 1e-6 * max(1.0, abs(one))
    return dg.AssetCheckResult(passed=all(abs(one - other) <= tolerance for other in others), metadata=dict(values))


@process_check("cases", reads=("event_log",))
def cases_hold_every_event(event_log: list[Path], cases: list[Path]) -> dg.AssetCheckResult:
    """The events of all cases are the events of the log."""
    return _equal(events=figures(event_log)["rows"], events_of_cases=figures(cases, "events")["events"])


@process_check("cases")
def waiting_and_processing_make_the_cycle_time(cases: list[Path]) -> dg.AssetCheckResult:
    """Cycle time = processing + waiting, over all cases."""
    found = figures(cases, "cycle_time_seconds", "processing_time_seconds", "waiting_time_seconds")
    both = found["processing_time_seconds"] + found["waiting_time_seconds"]
    return _equal(cycle=found["cycle_time_seconds"], processing_and_waiting=both)


@process_check("activities", reads=("cases",))
def activities_hold_every_event_and_all_waiting(cases: list[Path], activities: list[Path]) -> dg.AssetCheckResult:
    """Frequencies sum to the events, waits to the waiting of all cases."""
    one, other = (
        figures(cases, "events", "waiting_time_seconds"),
        figures(activities, "frequency", "total_waiting_seconds"),
    )
    same = _equal(events=one["events"], frequency=other["frequency"])
    waits = _equal(of_cases=one["waiting_time_seconds"], of_activities=other["total_waiting_seconds"])
    return dg.AssetCheckResult(passed=same.passed and waits.passed, metadata={**same.metadata, **waits.metadata})


@process_check("transitions", reads=("cases",))
def transitions_count_every_step(cases: list[Path], transitions: list[Path]) -> dg.AssetCheckResult:
    """Every event but the first of its case is the target of one transition."""
    found = figures(cases, "events")
    return _equal(
        steps=found["events"] - found["rows"], frequency=figures(transitions, "frequency").get("frequency", 0)
    )


@process_check("variants", reads=("cases",))
def variants_hold_every_case(cases: list[Path], variants: list[Path]) -> dg.AssetCheckResult:
    """The cases of all variants are the cases."""
    return _equal(cases=figures(cases)["rows"], cases_of_variants=figures(variants, "cases")["cases"])


@process_check("process_model", blocking=False)
def model_is_sound(process_model: list[Path]) -> dg.AssetCheckResult:
    """The discovered model can always end, and ends properly."""
    model = model_row(process_model)
    return dg.AssetCheckResult(passed=bool(model["sound"]), metadata={"candidate": model["candidate"]})


@process_check("process_model", blocking=False)
def model_fits_the_log(process_model: list[Path]) -> dg.AssetCheckResult:
    """The discovered model explains at least 70 % of what the cases do."""
    model = model_row(process_model)
    if model["candidate"] == FLOWER:
        return dg.AssetCheckResult(
            passed=False, severity=dg.AssetCheckSeverity.WARN, description=_NO_MODEL.format_map(model)
        )
    fitness = model["fitness"]
    said = f"fitness {fitness:.3f} of {model['candidate']}"
    return dg.AssetCheckResult(passed=fitness >= LEAST_FITNESS, severity=dg.AssetCheckSeverity.WARN, description=said)


@process_check("process_model", blocking=False)
def alignments_are_exact(process_model: list[Path]) -> dg.AssetCheckResult:
    """The figures of the model are of all cases."""
    share = model_row(process_model)["aligned_share"]
    said = f"{share:.1%} of the cases were aligned; the figures are of these"
    return dg.AssetCheckResult(passed=share == 1, severity=dg.AssetCheckSeverity.WARN, description=said)


CHECKS = [
    cases_hold_every_event,
    waiting_and_processing_make_the_cycle_time,
    activities_hold_every_event_and_all_waiting,
    transitions_count_every_step,
    variants_hold_every_case,
    model_is_sound,
    model_fits_the_log,
    alignments_are_exact,
]
