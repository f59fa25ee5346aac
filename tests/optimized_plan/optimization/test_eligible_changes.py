"""The ways in which activities may be done, and duties that must be apart."""

from bpa_assets.optimized_plan.acceptance.terms import Terms
from bpa_assets.optimized_plan.optimization.eligible_changes import (
    breaks_separation,
    modes_of,
    together,
    without_mode_of,
)
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.plan_settings import Automate, Eligible
from bpa_assets.settings import ProcessConfig
from tests.optimized_plan.changed.small_changes import office

EVERYTHING = {
    "Check": Eligible(automate=Automate(effort=0.3), skip=True, by=("Boss", "Clerk")),
    "Send": Eligible(merge_with="Approve", parallel_to="Check", by=("Clerk",)),
    "Archive": Eligible(skip=True),
}


def test_each_way_that_changes_anything_is_a_mode() -> None:
    found = modes_of(office(), EVERYTHING, ())
    assert [mode.decisions for mode in found] == [
        Decisions(automated=("Check",)),
        Decisions(skipped=("Check",)),
        Decisions(reassigned=(("Check", "Boss"),)),  # clerks do it today
        Decisions(merged=(("Approve", "Send"),)),
        Decisions(parallel=(("Check", "Send"),)),
    ]


def test_a_role_that_stays_as_it_is_gives_and_takes_no_work() -> None:
    assert modes_of(office(), EVERYTHING, ("Clerk",)) == []
    assert all(mode.gives_to is None for mode in modes_of(office(), EVERYTHING, ("Boss",)))


def test_modes_are_put_together_and_taken_away_again() -> None:
    modes = modes_of(office(), EVERYTHING, ())
    both = together([Decisions(dispatch="random", skipped=("Check",)), modes[3].decisions])
    assert both == Decisions(dispatch="random", skipped=("Check",), merged=(("Approve", "Send"),))
    assert without_mode_of(both, "Check", modes) == Decisions(dispatch="random", merged=(("Approve", "Send"),))


def test_nobody_newly_holds_two_duties_that_must_be_apart() -> None:
    given = Decisions(reassigned=(("Send", "Boss"),))
    assert breaks(given, ("Approve", "Send"))
    assert not breaks(given, ("Check", "Send"), ("Approve", "Archive"))
    # Bob checks and sends today, so that is not the plan's doing; a newcomer who does both is.
    assert not breaks(Decisions(), ("Check", "Send"))
    assert breaks(Decisions(headcount={"Clerk": 3}), ("Check", "Send"))


def test_who_does_two_merged_steps_holds_both_duties() -> None:
    # Nobody may do both today, so the boss would send along with the approval.
    assert breaks(Decisions(merged=(("Approve", "Send"),)), ("Approve", "Send"))
    assert not breaks(Decisions(merged=(("Approve", "Send"),)), ("Check", "Approve"))


def breaks(plan: Decisions, *separate: tuple[str, str]) -> bool:
    of = office()
    return breaks_separation(of, plan, Terms.of(ProcessConfig(), of), separate)
