"""Calibration: what is found in small logs is what a person finds by hand; a replay of what was found is the log."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpa_assets.bottlenecks.calendars import Calendars
from bpa_assets.optimized_plan.calibration.arrivals import has_trend, observed_arrivals
from bpa_assets.optimized_plan.calibration.assembled import assembled
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.calibration.case_times import simulated_case_times
from bpa_assets.optimized_plan.calibration.censoring import weights_of_finished
from bpa_assets.optimized_plan.calibration.delays import delay_bounds, drawn_delays
from bpa_assets.optimized_plan.calibration.dispatch import observed_choices
from bpa_assets.optimized_plan.calibration.durations import clocks_that_run_on, shrunk, strata_means
from bpa_assets.optimized_plan.calibration.knobs import Knobs, turned
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps, observed_steps, partial_order
from bpa_assets.optimized_plan.calibration.presence import Load, Presence, capacities
from bpa_assets.optimized_plan.calibration.queue_order import batched_activities, overtaken_share
from bpa_assets.optimized_plan.calibration.reading import Reading
from bpa_assets.optimized_plan.calibration.roles import roles_of
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases, with_work_in_progress
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_assets.process_model.event_chunks import activity_names
from tests.optimized_plan.observed_logs import log_of, observed
from tests.optimized_plan.true_processes import PROCESSES
from tests.stored_logs import read, tables_of
from tests.truth_of_changes import played

HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture(scope="module")
def bank() -> ObservedSteps:
    true = PROCESSES["bank"](8)
    return log_of(played(true, 0), true)


def test_a_step_waits_for_what_came_right_before_it_and_not_for_what_goes_on_beside_it() -> None:
    #            A     B     C     D: B and C overlap
    start = np.array([0.0, 10.0, 12.0, 30.0])
    end = np.array([10.0, 20.0, 25.0, 40.0])
    before, after = partial_order(np.zeros(4, np.int64), np.arange(4), start, end, np.zeros(16, np.bool_))
    assert list(zip(before.tolist(), after.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 3), (2, 3)]


def test_a_finished_case_stands_for_those_of_its_length_that_were_not_seen_to_the_end() -> None:
    # Of the two still watched when the second one is lost from sight, one is left: it counts double.
    assert weights_of_finished(np.array([1.0, 2.0, 3.0]), np.array([False, True, False])).tolist() == [1.0, 0.0, 2.0]
    assert weights_of_finished(np.array([1.0, 2.0]), np.array([True, True])).tolist() == [1.0, 1.0]


def test_durations_shrink_to_the_activity_and_keep_their_mean() -> None:
    values = np.array([1.0, 2.0, 3.0, 10.0, 100.0])
    assert strata_means(values, 2).mean() == pytest.approx(values.mean())
    # Five of its own count as much as the activity.
    assert shrunk(np.full(5, 10.0), np.full(50, 20.0)).tolist() == pytest.approx([15.0] * 50)


def test_a_clock_runs_on_where_work_ends_while_people_are_away() -> None:
    activity = np.array([0, 0, 0, 1, 1, 1])
    beyond = np.array([True, True, True, True, True, False])
    away = np.array([True, True, False, False, True, True])
    assert clocks_that_run_on(activity, beyond, away, 2).tolist() == [True, False]


def _office(people: int = 1) -> Presence:
    """9 to 17 on Monday to Friday, since a Monday 1970-01-05."""
    by_day = np.zeros((people, 7, 24), np.bool_)
    by_day[:, :5, 9:17] = True
    hours = by_day.reshape(people, 168)
    none = np.zeros(0, np.int64)
    return Presence(Calendars(hours, "UTC", none, none), hours, none, 1_000, 4 * DAY)


def _delays(enabled: float, start: float, work: tuple[float, float] | None = None) -> tuple[float, float]:
    """Bounds in hours for times in hours since Monday 0:00; `work`: what the resource did meanwhile."""
    load = Load.of(*(np.array([value]) for value in (0, *(np.array(work) * HOUR if work else (0.0, 0.0)))))
    once = (np.array([0]), np.array([enabled * HOUR]), np.array([start * HOUR]))
    low, high = delay_bounds(*once, _office(), load, np.array([1]))
    return float(low[0] / HOUR), float(high[0] / HOUR)


def test_a_delay_lies_between_the_last_free_moment_and_the_start() -> None:
    friday, monday = 96.0, 168.0
    assert _delays(10.0, 12.0) == (2.0, 2.0), "free right before: it became ready then"
    assert _delays(friday + 16, monday + 9) == (1.0, 65.0), "free until 17:00, back at 9:00"
    assert _delays(friday + 18, monday + 9) == (0.0, 63.0), "never free"
    assert _delays(9.5, 12.0, work=(10.0, 12.0)) == (0.5, 2.5), "free until it took up something else"
    assert _delays(10.5, 12.0, work=(10.0, 12.0)) == (0.0, 1.5), "a queue, and no delay is needed"


def test_a_delay_that_is_not_known_is_drawn_from_those_that_are() -> None:
    known, unsure = [0.0] * 10 + [4.0, 5.0], ([0.0, 3.0], [2.0, 6.0])
    low, high = (np.array(known + bounds) for bounds in unsure)
    drawn = drawn_delays(np.zeros(14, np.int64), low, high)
    assert drawn[:12].tolist() == known
    assert drawn[12] == 0.0
    assert drawn[13] in (4.0, 5.0)


def test_people_can_do_as_much_at_once_as_they_were_seen_to() -> None:
    #  0 does two things side by side, 1 one after the other
    resource = np.array([0, 0, 1, 1])
    load = Load.of(resource, np.array([0.0, 5.0, 0.0, 10.0]), np.array([10.0, 15.0, 10.0, 20.0]))
    assert capacities(load, 3, 1.0).tolist() == [2, 1, 1]
    assert capacities(load, 3, 0.5).tolist() == [1, 1, 1]
    assert load.in_hand(np.array([0, 0, 1]), np.array([7.0, 12.0, 20.0])).tolist() == [2, 1, 0]


def test_people_who_do_the_same_work_share_a_role() -> None:
    resource, activity = np.array([0, 0, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 2])
    role, _ = roles_of(resource, np.full(6, -1), activity, (3, 3))
    assert role[0] == role[1] != role[2]


def test_days_are_blocks_and_a_trend_is_told_from_chance() -> None:
    arrivals = observed_arrivals(np.array([2 * DAY + 60.0, 30.0, 2 * DAY + 10.0]), 0.0, 9 * DAY)
    assert arrivals.day.tolist() == [0, 1, 2], "what comes after the last arrival says nothing of demand"
    assert arrivals.offsets.starts.tolist() == [0, 1, 1, 3]
    assert arrivals.offsets.values.tolist() == [30.0, 10.0, 60.0]
    assert arrivals.trace.tolist() == [1, 2, 0]
    rng = np.random.default_rng(1)
    assert not has_trend(rng.poisson(10, 20 * 7))
    assert has_trend(rng.poisson(np.linspace(5, 15, 20 * 7)))


@pytest.mark.parametrize(("name", "share"), [("bank", 0.0), ("works", 0.0), ("clinic", 0.5)])
def test_habit_is_told_from_taking_whoever_is_free(name: str, share: float) -> None:
    true = PROCESSES[name](26)
    reading = Reading.of(log_of(played(true, 0), true))
    steps = reading.steps
    capacity = capacities(reading.load, len(steps.resources), 1.0)
    found = assembled(reading, Knobs(), start=0.0, end=float(steps.end.max()))
    choices = observed_choices(reading, found.in_order.ready, capacity)
    assert found.habits_told
    assert choices.frequency_share == found.model.policy.frequency_share
    assert choices.frequency_share == pytest.approx(share, abs=0.05)
    assert choices.same_share == 0.0


def test_habits_are_told_from_who_is_free_more_often() -> None:
    true = PROCESSES["clinic"]()
    reading = Reading.of(log_of(played(true, 0), true))
    choices = observed_choices(reading, reading.steps.enabled, np.ones(6, np.int64))
    register = true.activities.index("Register")
    of_desks = choices.habit[choices.pair // 6 == register]
    assert of_desks.tolist() == pytest.approx([2 / 3, 1 / 3], abs=0.06)


@pytest.mark.parametrize("name", list(PROCESSES))
@pytest.mark.parametrize("from_day", [0, 17])
def test_a_replay_of_everything_as_it_was_is_the_log(name: str, from_day: int) -> None:
    true = PROCESSES[name](8)
    steps = log_of(played(true, 0), true)
    knobs = Knobs(observed_share=1.0, own_durations=True)
    model = assembled(Reading.of(steps), knobs, start=from_day * DAY, end=float(steps.end.max())).model
    cases = with_work_in_progress(model, observed_cases(model, 1), 1)
    log = simulate(prepare(turned(model, knobs)), cases)
    new = ~np.isin(cases.trace, model.in_progress)
    assert new.sum() == (steps.arrived >= from_day * DAY).sum()
    assert len(model.in_progress) == ((steps.arrived < from_day * DAY) & (steps.finished > from_day * DAY)).sum()
    late = np.abs(log.ended()[new] - steps.finished[cases.trace[new]])
    if name == "works":  # its delays are only known within bounds, so others go first at times
        took = (steps.finished - steps.arrived)[cases.trace[new]]
        assert abs((log.ended()[new] - cases.arrived[new]).mean() / took.mean() - 1) < 0.03
    else:
        assert np.median(late) < 0.001
        assert np.quantile(late, 0.95) < HOUR, "of two that are ready at one moment the other one may go first"


def test_the_same_log_gives_the_same_model(bank: ObservedSteps) -> None:
    one, other = calibrated(bank), calibrated(bank)
    assert one.fit == other.fit
    assert one.model.parameters == other.model.parameters
    assert one.model.traces.delay.tobytes() == other.model.traces.delay.tobytes()


def test_every_number_has_its_interval(bank: ObservedSteps) -> None:
    parameters = {one.name: one for one in calibrated(bank).model.parameters}
    assess = parameters["mean processing seconds of Assess"]
    assert assess.low < assess.value < assess.high
    assert assess.low < 62 * 60 < assess.high
    assert parameters["cases a week"].low < 60 < parameters["cases a week"].high


def _two_by_two(first: float, second: float) -> ObservedSteps:
    """Every hour two cases come, 10 minutes apart; one person starts theirs at `first` and `second` minutes."""
    hour = np.repeat(np.arange(60), 2) * HOUR
    came = hour + np.tile([0.0, 10.0], 60) * 60
    begun = hour + np.tile([first, second], 60) * 60
    return observed(
        case=np.repeat(np.arange(120), 2),
        activity=np.tile([0, 1], 120),
        resource=np.tile([-1, 0], 120),
        start=np.column_stack([came, begun]).ravel(),
        end=np.column_stack([came, begun + 600]).ravel(),
        activities=("Come", "Sign"),
        resources=("Eve",),
    )


def test_what_is_taken_up_together_or_last_in_first_out_is_said() -> None:
    in_turn = Reading.of(_two_by_two(20, 30))
    assert batched_activities(in_turn) == []
    assert overtaken_share(in_turn, in_turn.steps.enabled) == 0.0
    assert batched_activities(Reading.of(_two_by_two(20, 20))) == ["Sign"]
    # The second is done from 20 to 30 while the first waits: all that it waits for busy Eve.
    last_first = Reading.of(_two_by_two(30, 20))
    assert overtaken_share(last_first, last_first.steps.enabled) == 1.0


def test_nobody_works_on_the_holidays_to_come(bank: ObservedSteps) -> None:
    inside, later = date(2024, 1, 10), date(2024, 12, 25)
    off = calibrated(bank, holidays=[inside, later]).model.workforce.days_off
    assert off.values.tolist() == [(later - date(2024, 1, 1)).days] * len(bank.resources)


def _columns(steps: ObservedSteps) -> dict[str, Any]:
    names = ("case", "activity", "resource", "start", "end", "activities", "resources")
    return {name: getattr(steps, name) for name in names}


def _first(steps: ObservedSteps, cases: int) -> ObservedSteps:
    return steps.of_cases(np.arange(len(steps.open_case)) < cases)


def _one_a_year(steps: ObservedSteps) -> ObservedSteps:
    few = _first(steps, 8)
    moved = (np.arange(8) * 365 * DAY)[few.case]
    return observed(**_columns(few) | {"start": few.start + moved, "end": few.end + moved})


BAD: dict[str, tuple[Callable[[ObservedSteps], ObservedSteps], str]] = {
    "no start times": (
        lambda log: observed(
            **_columns(log) | {"start": log.end, "timed": np.zeros(len(log.case), np.bool_), "time_basis": "gap"}
        ),
        "no start times",
    ),
    "no resources": (
        lambda log: observed(**_columns(log) | {"resource": np.full(len(log.case), -1), "resources": ()}),
        "does not say who did the work",
    ),
    "one resource": (
        lambda log: observed(**_columns(log) | {"resource": np.zeros(len(log.case), np.int64), "resources": ("X",)}),
        "One resource does all the work",
    ),
    "30 cases": (lambda log: _first(log, 30), "only 30"),
    "one case": (lambda log: _first(log, 1), "only 1,"),
    "one case a year": (_one_a_year, "Less than one case a week"),
    "all open": (lambda log: replace(log, open_case=np.ones(len(log.open_case), np.bool_)), "No case is finished"),
    "no durations": (
        lambda log: observed(**_columns(log) | {"start": log.end}),
        "No step takes a person's time",
    ),
    "half without resource": (
        lambda log: replace(log, resource=np.where(np.arange(len(log.case)) % 2, log.resource, -1)),
        "does not say who did the work",
    ),
    "overlapping work": (lambda log: observed(**_columns(log) | {"end": log.end + 2 * HOUR}), ""),
    "all at one moment": (
        lambda log: observed(**_columns(log) | {"start": log.start * 0, "end": log.end * 0}),
        "No step takes a person's time",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_poor_log_gives_a_model_that_says_what_it_lacks(kind: str, bank: ObservedSteps) -> None:
    spoil, said = BAD[kind]
    found = calibrated(spoil(_first(bank, 200)))
    assert said in " ".join(found.model.identified.sentences)
    times = simulated_case_times(found.model, 1)
    assert np.isfinite(times.ended).all()
    assert (times.ended >= times.started).all()


def test_without_starts_or_names_the_waits_are_kept_as_they_were(bank: ObservedSteps) -> None:
    for kind in ("no start times", "no resources"):
        found = calibrated(BAD[kind][0](bank))
        assert abs(found.fit.mean) < 1e-9
        assert not found.model.identified.resources


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", ["ACR", "Production", *(pytest.param(name, marks=pytest.mark.long) for name in ("LoanApp", "P2P"))]
)
def test_public_logs_are_reproduced(name: str, shared_logs: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.csv.gz"
    path.symlink_to(shared_logs / path.name)
    log = read([path])
    tables = tables_of(log)
    files = log.event_log.files
    steps = observed_steps(
        files,
        activities=activity_names(files),
        open_cases=np.array(tables.cases["is_open"].to_pylist(), np.bool_),
        time_basis="wait",
    )
    fit = calibrated(steps).fit
    assert abs(fit.mean) < (0.15 if name == "Production" else 0.10)
    assert abs(fit.p90) < 0.15
    assert fit.knobs.observed_share == 0.0, "people choose freely, so that a plan may speak of them"
