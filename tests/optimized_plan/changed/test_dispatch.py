"""Rules of dispatch on people of different speed and rates, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from bpa_assets.optimized_plan.changed.dispatch import DISPATCH_RULES, rule_in_words
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.simulate import SimulatedLog
from tests.optimized_plan.changed.small_changes import HOUR, office, played, step, times, under

ANN, BOB = 0, 1
TWO = {"arrived": [0.0, 600.0]}


def ruled(of: SimulationModel, rule: str) -> SimulatedLog:
    return played(under(of, Decisions(dispatch=rule)))


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        ("fastest at once", [ANN, BOB]),
        ("fastest within 1 h", [ANN, BOB]),
        ("fastest within 4 h", [ANN, ANN]),  # Ann can start the second case after 110 minutes
        ("least cost within 4 h", [ANN, ANN]),
    ],
)
def test_the_fastest_is_waited_for_as_long_as_said(rule: str, who: list[int]) -> None:
    of = office([step("Check")], [step("Check")], durations={(0, ANN): [2 * HOUR], (0, BOB): [3 * HOUR]}, **TWO)
    assert ruled(of, rule).rows["resource"].tolist() == who


@pytest.mark.parametrize(
    ("rule", "who"), [("fastest within 15 min", [ANN, BOB]), ("fastest within 30 min", [ANN, ANN])]
)
def test_a_quarter_of_an_hour_is_not_enough_for_who_is_busy_for_twenty_minutes_more(rule: str, who: list[int]) -> None:
    of = office([step("Check")], [step("Check")], durations={(0, ANN): [HOUR / 2], (0, BOB): [HOUR]}, **TWO)
    assert ruled(of, rule).rows["resource"].tolist() == who


def test_by_habit_somebody_is_waited_for_and_by_the_rule_not() -> None:
    of = office([step("Check", resource=ANN)], [step("Check", resource=ANN)], shares=(1.0, 0.0, 0.0), **TWO)
    assert times(played(of), "end") == [1.0, 2.0]
    assert ruled(of, "earliest available").rows["resource"].tolist()[1] in (ANN, BOB)
    assert max(times(ruled(of, "earliest available"), "end")) == pytest.approx(1 + 1 / 6)


def test_who_is_next_is_the_shortest_or_the_oldest() -> None:
    # Bob sends for two hours; the check of case 0 waits for him since 0:00, the sending of case 1 since 0:10.
    of = office(
        [step("Send", 2.0), step("Check", 3.0, resource=BOB, after=[])],
        [step("Send", 1.0)],
        arrived=[0.0, 600.0],
        shares=(1.0, 0.0, 0.0),
    )
    assert times(ruled(of, "oldest case first"), "start") == [0.0, 2.0, 5.0]
    assert times(ruled(of, "shortest first"), "start") == [0.0, 3.0, 2.0]


def test_shortest_first_takes_the_place_of_the_order_that_was_found() -> None:
    # The log shows the oldest case first, or case 0 before case 1: the rule is about work only.
    of = office(
        [step("Send", 2.0), step("Check", 3.0, resource=BOB, after=[])],
        [step("Send", 1.0)],
        arrived=[0.0, 600.0],
        shares=(1.0, 0.0, 0.0),
    )
    oldest = replace(of, policy=replace(of.policy, oldest_case_first=True))
    preferred = replace(of, traces=replace(of.traces, priority=np.array([9, 0])))
    for ordered in (oldest, preferred):
        assert times(ruled(ordered, "shortest first"), "start") == [0.0, 3.0, 2.0]


def test_rules_are_told_in_words() -> None:
    assert rule_in_words("oldest case first") == "the oldest case first"
    assert rule_in_words("least cost at once") == "to the cheapest of those who are free first"
    assert rule_in_words("fastest within 4 h") == (
        "to the fastest of those who are free at most 4 h later than the first"
    )
    assert rule_in_words("least cost within 15 min").endswith("at most 15 min later than the first")
    assert len({rule_in_words(rule) for rule in DISPATCH_RULES}) == len(DISPATCH_RULES)


@pytest.mark.parametrize("rule", DISPATCH_RULES)
def test_every_rule_plays_out(rule: str) -> None:
    log = ruled(office([step("Check"), step("Send")], [step("Check")], **TWO), rule)
    assert (log.rows["end"] >= log.rows["start"]).all()
