"""The labour rules of a role, and the shifts that they leave."""

import numpy as np
import pytest

from bpa_assets.optimized_plan.optimization.labour_limits import RoleLimits, assumed_labour, role_limits
from bpa_assets.optimized_plan.optimization.shift_options import Shift, shift_options
from bpa_assets.plan_settings import Labour, Staff
from bpa_resources.errors import InputError
from tests.optimized_plan.changed.small_changes import office
from tests.optimized_plan.small_models import ALWAYS, OFFICE

EARLY = frozenset(24 * day + hour for day in range(5) for hour in range(7, 15))
TUESDAY = frozenset(range(24 + 10, 24 + 12))


def limits_of(labour: Labour, *hours: frozenset[int]) -> dict[str, RoleLimits]:
    return {one.role: one for one in role_limits(office(hours=hours), labour)}


def test_what_is_not_said_is_near_to_today() -> None:
    found = limits_of(Labour(), EARLY, OFFICE, TUESDAY)
    clerk, boss = found["Clerk"], found["Boss"]
    assert (clerk.begins, clerk.ends, clerk.days) == (7, 17, (0, 1, 2, 3, 4))
    assert (clerk.longest_shift, clerk.longest_week, clerk.least, clerk.most) == (9, 40, 1, 2)
    assert (boss.begins, boss.ends, boss.days) == (7, 17, (0, 1, 2, 3, 4))  # as the clerks, who keep to usual days


def test_what_is_said_is_kept() -> None:
    labour = Labour.model_validate(
        {"hours": "06:30-20:00", "days": "mon-sat", "longest_shift": "10h", "longest_week": "38h"}
        | {"shortest_rest": "15h", "staff": {"Clerk": {"least": "2", "most": "5"}}}
    )
    clerk = limits_of(labour, EARLY, OFFICE, TUESDAY)["Clerk"]
    assert (clerk.begins, clerk.ends, clerk.days) == (7, 20, (0, 1, 2, 3, 4, 5))
    assert (clerk.longest_shift, clerk.longest_week) == (9, 38)  # fifteen hours of rest leave nine
    assert (clerk.least, clerk.most) == (2, 5)


def test_every_rule_that_was_not_said_is_told() -> None:
    assert len(assumed_labour(Labour())) == 6
    said = assumed_labour(Labour.model_validate({"longest_shift": "8h", "staff": {"Clerk": {"most": "3"}}}))
    assert len(said) == 4
    assert not any("longest_shift" in one or "staff" in one for one in said)


def test_a_role_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="'Clark'; the roles of this process are 'Clerk', 'Boss'"):
        limits_of(Labour(staff={"Clark": Staff(least=1)}), OFFICE, OFFICE, OFFICE)


def test_shifts_lie_within_the_hours_the_week_and_the_rest() -> None:
    limits = limits_of(Labour(), OFFICE, OFFICE, OFFICE)["Clerk"]
    found = shift_options(limits)
    assert {shift.length for shift in found} == {3, 4, 5, 6, 7, 8}
    assert all(shift.begins >= 9 and shift.begins + shift.length <= 17 for shift in found)
    assert all(shift.length * len(shift.days) <= limits.longest_week for shift in found)
    assert Shift(9, 8, (0, 1, 2, 3, 4)) in found
    assert found[-1].shifts().name == "mon-fri 09:00-17:00"
    assert np.flatnonzero(found[-1].shifts().hours).tolist() == sorted(OFFICE)


def test_who_never_rests_is_given_no_shift() -> None:
    assert shift_options(limits_of(Labour(), ALWAYS, ALWAYS, OFFICE)["Clerk"]) == []
