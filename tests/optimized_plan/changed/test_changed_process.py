"""What each kind of decision does to a process of three people, worked out by hand."""

import numpy as np
import pytest

from bpa_assets.optimized_plan.changed.people import ability
from bpa_assets.optimized_plan.plan import Decisions, Shifts
from bpa_assets.plan_settings import Automate, Eligible
from tests.optimized_plan.changed.small_changes import HOUR, office, played, step, times, under
from tests.optimized_plan.small_models import ALWAYS, OFFICE


def test_without_decisions_nothing_changes() -> None:
    of = office()
    assert under(of, Decisions()) is of


def test_of_a_role_those_with_most_work_are_kept() -> None:
    # Bob checks one case of three, but sends each: 4/3 hours a case beside Ann's 2/3.
    of = under(office(), Decisions(headcount={"Clerk": 1}))
    assert ability(of.workforce).tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0]]


def test_what_nobody_is_left_for_is_done_by_those_who_are_kept() -> None:
    # Without Send in any case Ann has most work; sending would be left to nobody.
    of = under(office([step("Check")]), Decisions(headcount={"Clerk": 1}))
    assert ability(of.workforce).tolist() == [[1, 0, 0], [0, 0, 1], [1, 0, 0]]


def test_a_newcomer_does_what_the_role_does_at_the_speed_of_all() -> None:
    of = office(durations={(0, 0): [100.0], (0, -1): [200.0]}, hours=(ALWAYS, OFFICE, ALWAYS))
    more = under(of, Decisions(headcount={"Clerk": 4}))
    assert more.workforce.resources == ("Ann", "Bob", "Zoe", "Clerk +1", "Clerk +2")
    # Mean of 2/3 and 1/3 is 1/2, for each of two more: of a sum of 2.
    np.testing.assert_allclose(ability(more.workforce)[0], [1 / 3, 1 / 6, 0, 1 / 4, 1 / 4])
    np.testing.assert_allclose(ability(more.workforce)[2], [0, 1 / 2, 0, 1 / 4, 1 / 4])
    samples = more.durations.samples
    assert [samples.values[samples.starts[table]] for table in more.durations.table[0, [0, 3, 4]]] == [100, 200, 200]
    assert more.workforce.hours[3].sum() == 40  # Bob sends each and has most work


def test_nobody_is_kept_or_hired_where_everything_is_automated() -> None:
    none = {"Approve": Eligible(automate=Automate(effort=0.0))}
    of = under(office(), Decisions(automated=("Approve",), headcount={"Boss": 2}), none)
    assert of.workforce.resources == ("Ann", "Bob", "Zoe")
    assert not ability(of.workforce)[1].any()


def test_shifts_are_worked_by_everybody_of_a_role() -> None:
    early = Shifts("mon-fri 06:00-08:00", tuple(hour % 24 in (6, 7) and hour < 120 for hour in range(168)))
    of = under(office(), Decisions(shifts={"Clerk": early}))
    assert of.workforce.hours.sum(axis=1).tolist() == [10, 10, 168]
    assert times(played(of), "start")[0] == 6.0


def test_an_activity_given_to_another_role_is_done_by_its_members_only() -> None:
    of = under(office(), Decisions(reassigned=(("Check", "Boss"), ("Approve", "Clerk"))))
    assert ability(of.workforce).tolist() == [[0, 0, 1], [0.5, 0.5, 0], [0, 1, 0]]


def test_an_automated_activity_takes_a_share_of_the_work_or_nobody() -> None:
    of = office(durations={(1, 2): [1000.0, 3000.0]})
    half = under(of, Decisions(automated=("Approve",)), {"Approve": Eligible(automate=Automate(effort=0.5))})
    rows = played(half).rows
    assert rows["end"][1] - rows["start"][1] in (500.0, 1500.0)
    none = under(of, Decisions(automated=("Check",)), {"Check": Eligible(automate=Automate(effort=0.0))})
    assert played(none).rows["resource"][0] == -1
    assert times(played(none), "end")[0] == 0.0


def test_a_skipped_activity_keeps_its_place_but_neither_work_nor_wait() -> None:
    of = office([step("Check"), step("Approve", delay=5 * HOUR), step("Send")])
    without = played(under(of, Decisions(skipped=("Approve",))))
    assert times(played(of), "start") == [0, 6, 7]
    assert times(without, "start") == [0, 1, 1]
    assert times(without, "end") == [1, 1, 2]


def test_merged_activities_are_done_at_one_go_without_the_second_wait() -> None:
    case = [step("Check", 0.0), step("Send", 1.0), step("Approve", 2.0, delay=3 * HOUR)]
    of = office(case, arrived=[0.0])
    assert times(played(of), "end") == [0, 1, 6]
    merged = under(of, Decisions(merged=(("Send", "Approve"),)))
    log = played(merged)
    assert times(log, "end") == [0, 3, 3]
    assert log.rows["resource"].tolist()[1] == 1  # Bob, as nobody may do both
    assert [merged.activities[code] for code in log.activity] == ["Check", "Send", "Approve"]


def test_a_merged_step_takes_the_sum_of_both_durations() -> None:
    of = office([step("Check"), step("Send")], durations={(0, 1): [100.0, 300.0], (2, 1): [10.0, 50.0]})
    merged = under(of, Decisions(merged=(("Check", "Send"),)))
    table = merged.durations.table[3]
    samples = merged.durations.samples
    assert table[0] == -1
    # All four sums are as likely; the mean is 200 + 30.
    assert samples.values[samples.starts[table[1]] :].tolist() == [110, 150, 310, 350]
    assert ability(merged.workforce)[3].tolist() == [0, 1, 0]  # who may do both


def test_what_does_not_follow_directly_is_not_merged() -> None:
    of = office()
    assert under(of, Decisions(merged=(("Check", "Send"),))) is of


def test_parallel_activities_start_together_and_what_follows_waits_for_both() -> None:
    of = office([step("Check", 3.0), step("Approve", 1.0), step("Send", 1.0)])
    assert times(played(of), "start") == [0, 3, 4]
    log = played(under(of, Decisions(parallel=(("Check", "Approve"),))))
    assert times(log, "start") == [0, 0, 3]
    assert times(log, "end") == [3, 1, 4]


def test_a_parallel_activity_waits_for_what_the_first_waited_for() -> None:
    of = office([step("Check", 2.0), step("Approve", 3.0), step("Send", 1.0)])
    log = played(under(of, Decisions(parallel=(("Approve", "Send"),))))
    assert times(log, "start") == [0, 2, 2]
    assert times(log, "end") == [2, 5, 3]


def test_a_change_of_one_activity_leaves_the_draws_of_the_others() -> None:
    of = office(durations={(0, 0): [100.0, 200.0, 300.0], (2, 1): [50.0, 70.0, 90.0]})
    log, other = played(of, seed=5), played(under(of, Decisions(skipped=("Approve",))), seed=5)
    assert log.rows["resource"][0] == other.rows["resource"][0]
    worked = [one.rows["end"] - one.rows["start"] for one in (log, other)]
    np.testing.assert_allclose(worked[0][[0, 2]], worked[1][[0, 2]])


@pytest.mark.parametrize(
    ("decisions", "named"),
    [
        (Decisions(skipped=("Cheque",)), "no activity 'Cheque'"),
        (Decisions(headcount={"Clark": 1}), "no role 'Clark'"),
        (Decisions(headcount={"Clerk": 0}), "at least one 'Clerk'"),
    ],
)
def test_a_decision_on_what_is_not_there_is_named(decisions: Decisions, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        under(office(), decisions)
