"""Batches and priorities that were planted are found in the log, and none where none were."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.plans import steps_of
from bpa_assets.bottlenecks.calendars import discover_calendars
from bpa_assets.bottlenecks.causes import Rows, split_waits
from bpa_assets.event_log.demo.log_file import write_demo_log
from bpa_assets.event_log.demo.process import BATCHING, PICK_UP
from bpa_assets.optimized_plan.calibration.batch_rules import BatchRule, next_moment
from bpa_assets.optimized_plan.calibration.calibrate import calibrated
from bpa_assets.optimized_plan.calibration.case_classes import CaseClass
from bpa_assets.optimized_plan.calibration.durations import ragged
from bpa_assets.optimized_plan.calibration.observed_steps import ObservedSteps
from bpa_assets.optimized_plan.process_simulation_model import FULL, SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog, simulate
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks
from bpa_assets.optimized_plan.validation.measures import waits_by_cause
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.observed_logs import log_of, observed
from tests.optimized_plan.small_models import model
from tests.optimized_plan.true_processes import PROCESSES
from tests.truth_of_changes import played

HOUR, DAY = 3600.0, 86_400.0
WEEKS = 26


def batching(name: str, activity: str, rule: BatchRule) -> SimulationModel:
    """A true process of which one activity is held for batches."""
    true = PROCESSES[name](WEEKS)
    code, count = true.activities.index(activity), len(true.activities)
    size, seconds, clock = np.ones(count, np.int64), np.full(count, np.inf), [np.zeros(0)] * count
    size[code], seconds[code], clock[code] = rule.size, rule.seconds, np.array(rule.clock)
    policy = replace(true.policy, batch_size=size, batch_seconds=seconds, batch_clock=ragged(clock))
    return replace(true, policy=policy)


def found_rule(model: SimulationModel, activity: str) -> BatchRule:
    """The rule by which a model holds an activity."""
    policy, code = model.policy, model.activities.index(activity)
    low, high = policy.batch_clock.starts[code : code + 2]
    clock = tuple(policy.batch_clock.values[low:high].tolist())
    return BatchRule(int(policy.batch_size[code]), float(policy.batch_seconds[code]), clock)


def has_rules(model: SimulationModel) -> bool:
    """Whether a model holds anything for a batch, or takes anything up before its turn."""
    return bool(
        (model.policy.batch_size > 1).any()
        or model.policy.oldest_case_first
        or np.ptp(model.policy.activity_priority)
        or np.ptp(model.traces.priority)
    )


PLANTED = {
    "a size": ("clinic", "Bill", BatchRule(size=5)),
    "a size, upstream": ("bank", "Check", BatchRule(size=4)),
    "a longest wait": ("bank", "Inform", BatchRule(seconds=3 * HOUR)),
    "a size or a longest wait": ("bank", "Inform", BatchRule(size=5, seconds=4 * HOUR)),
    "times of the week": (
        "bank",
        "Inform",
        BatchRule(clock=tuple(day * DAY + 15.5 * HOUR for day in (0, 2, 4))),
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_a_planted_rule_of_batching_is_found_with_its_size_and_time(planted: str, seed: int) -> None:
    name, activity, rule = PLANTED[planted]
    true = batching(name, activity, rule)
    log = played(true, seed)
    of = calibrated(log_of(log, true)).model
    found = found_rule(of, activity)
    assert found.size == rule.size
    assert found.seconds == pytest.approx(rule.seconds, rel=0.01)
    assert found.clock == pytest.approx(rule.clock, abs=60.0)
    assert (of.policy.batch_size > 1).sum() == 1
    _, released = np.unique(log.rows["released"][log.rows["released"] >= 0], return_counts=True)
    parameters = {one.name: one for one in of.parameters}
    size = parameters[f"mean batch size of {activity}"]
    assert size.low <= size.value <= size.high
    assert size.value == pytest.approx(released.mean(), rel=0.1)


@pytest.mark.parametrize("planted", ["a size", "a longest wait", "times of the week"])
def test_a_simulated_batch_waits_for_the_causes_that_the_log_shows(planted: str) -> None:
    name, activity, rule = PLANTED[planted]
    true = batching(name, activity, rule)
    log = played(true, 0)
    steps = log_of(log, true)
    found = calibrated(steps).model
    simulated = waits_by_cause(played(found, 5), found, work_clocks(found.workforce))
    really = waits_by_cause(log, true, work_clocks(true.workforce))
    assert simulated["batching"] == pytest.approx(really["batching"], rel=0.2)
    # The definitions for logs count as held back only what somebody was free for, and nights after work as busy.
    assert 0.4 * really["batching"] < observed_causes(steps)["batching"] < 1.2 * really["batching"]


def observed_causes(steps: ObservedSteps) -> dict[str, float]:
    """Seconds by cause of a log, by the published definitions."""
    worked = steps.resource >= 0
    start, end, enabled = (
        np.rint(times[worked] * 1e6).astype(np.int64) for times in (steps.start, steps.end, steps.enabled)
    )
    resource, activity = steps.resource[worked], steps.activity[worked]
    calendars = discover_calendars(resource, resource, start, end)
    rows = Rows(activity, resource, resource, start, end, enabled, np.ones(len(start), np.bool_))
    return {cause: float(part.sum()) / 1e6 for cause, part in split_waits(rows, calendars).items()}


def test_what_a_batch_is_held_for_after_its_last_member_is_no_batching_where_no_clock_releases_it() -> None:
    of = model(
        [[{"processing": HOUR}]] * 2,
        candidates=[{0: 1.0}],
        capacity=[2],
        arrived=[0.0, 2 * HOUR],
        batch_size=[FULL],
        batch_seconds=[5 * HOUR],
    )
    told = waits_by_cause(simulate(prepare(of), observed_cases(of, 1)), of, work_clocks(of.workforce))
    assert told["batching"] == 2 * HOUR  # of the first for the second
    assert told["extraneous"] == 2 * 3 * HOUR


def by_activity(name: str, first: str) -> SimulationModel:
    true = PROCESSES[name](WEEKS)
    ranks = (np.array(true.activities) == first).astype(np.int64)
    return replace(true, policy=replace(true.policy, activity_priority=ranks))


def by_route(name: str) -> SimulationModel:
    """Cases of the second route go first."""
    true = PROCESSES[name](WEEKS)
    ranks = (np.arange(len(true.traces.weight)) == 1).astype(np.int64)
    return replace(true, traces=replace(true.traces, priority=ranks))


def oldest_first(name: str) -> SimulationModel:
    true = PROCESSES[name](WEEKS)
    return replace(true, policy=replace(true.policy, oldest_case_first=True))


def with_classes(log: SimulatedLog, true: SimulationModel) -> ObservedSteps:
    """The log with two attributes of its cases: the route that they take, and one that means nothing."""
    cases = len(log.cases.trace)
    kind = CaseClass("kind", ("express", "plain"), (log.cases.trace != 1).astype(np.int64))
    noise = CaseClass("region", ("a", "b", "c"), np.random.default_rng(3).integers(0, 3, cases))
    return replace(log_of(log, true), classes=(kind, noise))


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_what_is_preferred_is_found_by_activity_by_case_or_by_age(seed: int) -> None:
    true = by_activity("clinic", "Treat")
    of = calibrated(with_classes(played(true, seed), true)).model
    assert of.policy.activity_priority.tolist() == true.policy.activity_priority.tolist()
    share = {one.name: one for one in of.parameters}["share of choices in the order of activity"]
    assert 0.9 < share.low <= share.value <= share.high

    true = by_route("bank")
    log = played(true, seed)
    of = calibrated(with_classes(log, true)).model
    cases = len(log.cases.trace)
    assert of.traces.priority[:cases].tolist() == true.traces.priority[log.cases.trace].tolist()
    assert {one.name: one.value for one in of.parameters}["priority of kind = express"] == 1.0

    true = oldest_first("clinic")
    assert calibrated(with_classes(played(true, seed), true)).model.policy.oldest_case_first


@pytest.mark.parametrize("name", PROCESSES)
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.long)])
def test_first_come_first_served_is_told_from_batches_and_priorities(name: str, seed: int) -> None:
    true = PROCESSES[name](WEEKS)
    assert not has_rules(calibrated(with_classes(played(true, seed), true)).model)


def test_what_always_waits_the_same_time_is_no_batch() -> None:
    true = PROCESSES["bank"](WEEKS)
    steps = log_of(played(true, 0), true)
    inform = true.activities.index("Inform")
    moved = np.where(steps.activity == inform, steps.enabled + 100 * HOUR, steps.start)
    cooled = replace(steps, start=moved, end=np.where(steps.activity == inform, moved + 60.0, steps.end))
    assert not (calibrated(cooled).model.policy.batch_size > 1).any()


def test_who_takes_up_the_last_first_has_no_priority_that_is_found() -> None:
    """A stack of papers: of any two that wait the later one is taken up, whatever it is."""
    rng = np.random.default_rng(4)
    came = np.sort(rng.uniform(0, 26 * 7 * DAY, 6000))
    begun, now, following = np.zeros(len(came)), 0.0, 0
    waiting: list[int] = []
    while following < len(came) or waiting:
        now = now if waiting else max(now, came[following])
        while following < len(came) and came[following] <= now:
            waiting.append(following)
            following += 1
        begun[waiting.pop()] = now
        now += 2400.0
    cases = np.arange(len(came))
    steps = observed(
        case=np.repeat(cases, 2),
        activity=np.column_stack([0 * cases, 1 + cases % 2]).ravel(),
        resource=np.tile([-1, 0], len(came)),
        start=np.column_stack([came, begun]).ravel(),
        end=np.column_stack([came, begun + 2400.0]).ravel(),
        activities=("Come", "Sign", "Seal"),
        resources=("Eve",),
    )
    steps = replace(steps, classes=(CaseClass("kind", ("a", "b"), cases % 2),))
    found = calibrated(steps).model
    assert not has_rules(found)
    assert "shows no priority that explains it" in " ".join(found.identified.sentences)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 7 * 24 * 60 - 1), min_size=1, max_size=6, unique=True),
    st.floats(0, 5 * 7 * DAY),
)
def test_the_next_moment_is_the_first_that_is_not_past(minutes: list[int], time: float) -> None:
    clock = np.array(sorted(minutes), np.float64) * 60.0
    week = 7 * DAY
    moments = [at + number * week for at in clock.tolist() for number in range(-1, 8)]
    expected = min(at for at in moments if at >= time - 60.0)
    assert next_moment(clock, np.array([time])).tolist() == [pytest.approx(expected)]


@pytest.mark.long
def test_the_carrier_of_the_demo_log_is_found(tmp_path: Path) -> None:
    write_demo_log(tmp_path / "demo.csv", cases=1000, seed=7, dirty=False)
    truth = json.loads((tmp_path / "demo.csv.truth.json").read_text())["planted"]["batching"]
    steps = steps_of(str(tmp_path / "demo.csv"), ProcessConfig(), tmp_path)
    found = calibrated(steps)
    rule = found_rule(found.model, BATCHING)
    assert rule.clock == tuple(day * DAY + PICK_UP.opens for day in PICK_UP.weekdays)
    size = {one.name: one for one in found.model.parameters}[f"mean batch size of {BATCHING}"]
    shipped = int((steps.activity == found.model.activities.index(BATCHING)).sum())
    assert size.value == pytest.approx(shipped / truth["batches"], rel=0.2)
    assert abs(found.fit.mean) < 0.1
    assert abs(found.fit.p90) < 0.15
    assert not found.model.policy.oldest_case_first
    assert not np.ptp(found.model.policy.activity_priority)
    assert not np.ptp(found.model.traces.priority), "no queue looks at the priority of an order"
