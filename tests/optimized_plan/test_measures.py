"""What is summed up of a log and of a simulated one, by hand and beside the slow clock of the oracle."""

import numpy as np
import pytest

from bpa_assets.optimized_plan.simulation.arriving_cases import observed_cases
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from bpa_assets.optimized_plan.simulation.work_clock import work_clocks, worked_before
from bpa_assets.optimized_plan.validation.measures import (
    available_seconds,
    busy_seconds,
    difference,
    relative,
    waits_by_cause,
    weighted_mean,
    weighted_quantile,
    work_in_progress,
)
from bpa_assets.optimized_plan.validation.timed_steps import timed_steps
from tests.optimized_plan.oracle_engine import worked
from tests.optimized_plan.small_models import ALWAYS, OFFICE, model
from tests.optimized_plan.test_engine import SHIFTS

HOUR, DAY = 3600.0, 86400.0


def test_figures_are_compared_by_share_or_by_difference() -> None:
    assert relative("mean", 200.0, 230.0, 0.1).value == pytest.approx(0.15)
    assert relative("mean", 200.0, 230.0, 0.1).passed is False
    assert relative("mean", 0.0, 0.0, 0.1).passed is True
    assert relative("mean", 200.0, 190.0, None).passed is None
    assert difference("utilization", 0.5, 0.54, 0.05).passed is True


def test_cases_count_by_their_weight() -> None:
    lasted, weight = np.array([30.0, 10.0, 20.0]), np.array([1.0, 2.0, 0.0])
    assert weighted_mean(lasted, weight) == pytest.approx(50 / 3)
    assert weighted_quantile(lasted, weight, 0.5) == 10
    assert weighted_quantile(lasted, weight, 0.9) == 30
    assert weighted_quantile(lasted, np.zeros(3), 0.9) == 0


def test_work_in_progress_is_an_average_over_time() -> None:
    # In 10 hours: one case all the time, one from the 5th on beyond the end, one that was done before.
    started, ended = np.array([-1.0, 5.0, -3.0]) * HOUR, np.array([12.0, 20.0, -1.0]) * HOUR
    assert work_in_progress(started, ended, 0.0, 10 * HOUR) == 1.5


def test_people_are_busy_in_their_hours_and_on_what_runs_on() -> None:
    # Activity 0 from Monday 16:00 to Tuesday 10:00 is 2 h of work, activity 1 runs on for 18 h; 2 needs nobody.
    of = model([[{}]], candidates=[{0: 1.0}, {0: 1.0}, {}], hours=[OFFICE], capacity=[2], runs_on=[False, True, False])
    rows = np.arange(3)
    log = timed_steps(rows, rows, np.zeros(3, np.int64), np.full(3, 16 * HOUR), np.full(3, DAY + 10 * HOUR))
    clocks = work_clocks(of.workforce)
    assert busy_seconds(log, of, clocks).tolist() == [20 * HOUR]
    assert available_seconds(of, clocks).tolist() == [2 * 40 * HOUR]


def test_a_delay_at_night_is_told_as_unavailability() -> None:
    # Enabled on Monday 16:00, ready 18 h later: 1 h until 17:00 and 1 h from 9:00 are in the hours of who does it.
    case = [{"activity": 0, "delay": 18 * HOUR, "processing": HOUR}, {"activity": 1, "delay": HOUR}]
    of = model([case], candidates=[{0: 1.0}, {}], hours=[OFFICE], arrived=[16 * HOUR])
    log = simulate(prepare(of), observed_cases(of, 1))
    told = waits_by_cause(log, of, work_clocks(of.workforce))
    assert (told["extraneous"], told["unavailability"]) == (2 * HOUR, 16 * HOUR)
    assert sum(told.values()) == 18 * HOUR  # of the second step nobody is known


def test_the_work_clock_of_columns_is_that_of_the_slow_simulation() -> None:
    rng = np.random.default_rng(4)
    of = model([[{}]], candidates=[{0: 1.0}], hours=[*SHIFTS, ALWAYS], days_off=[[], [2, 9], [1], [4, 20], [0, 13]])
    clocks = work_clocks(of.workforce)
    who, time = rng.integers(0, 5, 300), np.round(rng.uniform(0, 40 * DAY, 300), 1)
    time[:50] = np.round(time[:50] / HOUR) * HOUR
    found = worked_before(clocks, who, time)
    np.testing.assert_allclose(found, [worked(of, *one) for one in zip(who, np.zeros(300), time, strict=True)])
