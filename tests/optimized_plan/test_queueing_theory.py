"""The engine beside formulas of queueing theory, and the draws that stay the same when something else changes."""

from dataclasses import replace
from math import factorial

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases, drawn_cases, observed_cases
from bpa_assets.optimized_plan.simulation.draws import keys, uniforms
from bpa_assets.optimized_plan.simulation.prepared import prepare
from bpa_assets.optimized_plan.simulation.simulate import simulate
from tests.optimized_plan.small_models import ALWAYS, OFFICE, floats, model

CASES = 200_000


def poisson_arrivals(rate: float) -> ArrivingCases:
    """Return cases that arrive `rate` a second."""
    rng = np.random.default_rng(7)
    arrived = np.cumsum(rng.exponential(1 / rate, CASES))
    return ArrivingCases(arrived, np.zeros(CASES, np.int64), keys(11, np.arange(CASES)))


def mean_wait(of: SimulationModel, rate: float) -> float:
    rows = simulate(prepare(of), poisson_arrivals(rate)).rows[CASES // 20 :]
    return float((rows["start"] - rows["enabled"]).mean())


def exponential(mean: float) -> list[float]:
    """Return 2,000 quantiles of equal share, whose mean is that of the distribution to 0.1 %."""
    return (-mean * np.log1p(-(np.arange(2000) + 0.5) / 2000)).tolist()


def test_waits_of_three_servers_are_those_of_erlang_c() -> None:
    servers, rate, service = 3, 0.02, 120.0  # load .8
    load = rate * service
    tail = load**servers / factorial(servers) * servers / (servers - load)
    erlang_c = tail / (sum(load**n / factorial(n) for n in range(servers)) + tail)
    expected = erlang_c * service / (servers - load)
    people = dict.fromkeys(range(servers), 1.0)
    durations = {(0, who): exponential(service) for who in people}
    pooled = model([[{}]], candidates=[people], hours=[ALWAYS] * servers, durations=durations)
    assert abs(mean_wait(pooled, rate) / expected - 1) < 0.05
    one = model([[{}]], candidates=[{0: 1.0}], capacity=[servers], durations={(0, 0): exponential(service)})
    assert abs(mean_wait(one, rate) / expected - 1) < 0.05


def test_waits_of_a_constant_service_are_half_those_of_an_exponential_one() -> None:
    rate, service = 0.008, 100.0  # load .8; Pollaczek and Khinchine
    expected = 0.8 * service / (2 * (1 - 0.8))
    of = model([[{"processing": service}]], candidates=[{0: 1.0}])
    assert abs(mean_wait(of, rate) / expected - 1) < 0.05


def test_work_is_given_out_by_frequency() -> None:
    of = model([[{}]], candidates=[{0: 1.0, 2: 3.0}], hours=[ALWAYS] * 3, shares=(0.0, 0.0, 1.0))
    who = simulate(prepare(of), poisson_arrivals(0.01)).rows["resource"]
    assert abs((who == 2).mean() - 0.75) < 0.005
    assert not (who == 1).any()


def test_draws_are_uniform_and_independent() -> None:
    one = uniforms(keys(3, np.arange(CASES)), 0)
    other = uniforms(keys(3, np.arange(CASES)), 1)
    assert abs(one.mean() - 0.5) < 0.005
    assert abs(one.var() - 1 / 12) < 0.002
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.01
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.01


def pools_model() -> SimulationModel:
    """Return two activities with a pool each, on office hours."""
    cases = [[{"activity": 0}, {"activity": 1}]] * 40
    people = [OFFICE] * 4
    durations = {(activity, who): exponential(3000.0) for activity in (0, 1) for who in range(4)}
    arrived = [day * 86400.0 + 36000 + 3000 * place for day in range(5) for place in range(8)]
    return model(cases, candidates=[{0: 1, 1: 1}, {2: 1, 3: 1}], hours=people, durations=durations, arrived=arrived)


def test_one_person_less_in_a_pool_leaves_all_other_draws_unchanged() -> None:
    of = pools_model()
    smaller = replace(of.workforce, candidates=replace(of.workforce.candidates, starts=np.array([0, 2, 3])))
    smaller = replace(smaller, candidates=replace(smaller.candidates, values=np.array([0, 1, 2])), weights=np.ones(3))
    cases = drawn_cases(of, 4, start=0.0, end=7 * 86400.0)
    before, after = (simulate(prepare(one), cases).rows for one in (of, replace(of, workforce=smaller)))
    first = (before["step"] % 2) == 0
    assert before[first].tobytes() == after[first].tobytes()
    assert (after["end"][~first] - before["end"][~first]).sum() > 0
    # The durations of the second activity are drawn alike, whoever does it.
    office_day = 8 * 3600.0
    short = ~first & (before["end"] - before["start"] < office_day) & (after["end"] - after["start"] < office_day)
    np.testing.assert_allclose((before["end"] - before["start"])[short], (after["end"] - after["start"])[short])


def test_more_demand_adds_cases_and_moves_none() -> None:
    of = pools_model()
    usual = drawn_cases(of, 9, start=0.0, end=70 * 86400.0)
    more = drawn_cases(of, 9, start=0.0, end=70 * 86400.0, demand=1.25)
    assert set(usual.key.tolist()) < set(more.key.tolist())
    assert abs(len(more.key) / len(usual.key) - 1.25) < 0.05
    less = drawn_cases(of, 9, start=0.0, end=70 * 86400.0, demand=0.5)
    assert set(less.key.tolist()) < set(usual.key.tolist())
    assert abs(len(less.key) / len(usual.key) - 0.5) < 0.08


def test_days_are_drawn_by_weekday_and_nearness() -> None:
    # Mondays with 1, 2 and 3 arrivals, no others.
    of = replace(pools_model(), end=21 * 86400.0)
    arrivals = replace(
        of.arrivals,
        day=np.arange(21),
        offsets=floats([[60.0] * (1 + day // 7) if day % 7 == 0 else [] for day in range(21)]),
        trace=np.zeros(6, np.int64),
    )
    alike = drawn_cases(replace(of, arrivals=arrivals), 1, start=0.0, end=7000 * 86400.0)
    assert set((alike.arrived // 86400 % 7).tolist()) == {0.0}
    assert abs(len(alike.arrived) / 1000 - 2) < 0.1
    near = drawn_cases(replace(of, arrivals=replace(arrivals, bandwidth_weeks=0.1)), 1, start=0.0, end=7000 * 86400.0)
    assert len(near.arrived) == 1 + 2 + 3 * 998  # the last level is kept
    assert len(observed_cases(replace(of, arrivals=arrivals), 1).arrived) == 6


def test_a_case_takes_its_own_trace_or_one_by_weight() -> None:
    of = pools_model()
    weights = np.where(np.arange(40) < 2, [1.0, 3.0] * 20, 0.0)
    of = replace(of, traces=replace(of.traces, weight=weights))
    drawn = drawn_cases(replace(of, arrivals=replace(of.arrivals, keeps_mix=False)), 1, start=0.0, end=7e7)
    assert set(drawn.trace.tolist()) == {0, 1}
    assert abs((drawn.trace == 1).mean() - 0.75) < 0.02
    kept = observed_cases(of, 1)
    assert kept.trace[:2].tolist() == [0, 1]
