"""The figures of a rule by hand, and its test against one that counts all draws."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.rule_set.mining.evidence import (
    Evidence,
    Question,
    evidence_of,
    holds_up,
    judged,
    upper_tail,
    wilson_low,
)


@st.composite
def _counts(draw: st.DrawFn) -> tuple[int, int, int, int]:
    total = draw(st.integers(1, 40))
    wanted, fired = draw(st.integers(0, total)), draw(st.integers(0, total))
    return total, wanted, fired, draw(st.integers(max(0, fired + wanted - total), min(wanted, fired)))


@given(_counts())
def test_the_chance_is_the_share_of_all_draws(counts: tuple[int, int, int, int]) -> None:
    total, wanted, fired, right = counts
    ways = sum(
        comb(wanted, one) * comb(total - wanted, fired - one)
        for one in range(right, min(wanted, fired) + 1)
        if fired - one <= total - wanted
    )
    assert upper_tail(total, wanted, fired, right) == pytest.approx(ways / comb(total, fired), rel=1e-9)


def test_the_lower_end_of_the_interval_is_wilsons() -> None:
    assert wilson_low(8, 10) == pytest.approx(0.4901625, abs=1e-6)
    assert wilson_low(0, 10) == pytest.approx(0)


def _question(wanted: list[int], later: list[int], *, usual: list[int] | None = None) -> Question:
    flags = [np.array(one, np.bool_) for one in (wanted, later)]
    common = None if usual is None else np.array(usual, np.bool_)
    return Question(flags[0], np.ones(len(wanted), np.bool_), flags[1], np.arange(len(wanted)), common)


def test_the_figures_of_a_rule_by_hand() -> None:
    question = _question([1, 1, 0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1, 1, 1], usual=[0, 0, 1, 1, 0, 0, 1, 1])
    found = evidence_of(np.array([1, 1, 1, 0, 1, 0, 0, 0], np.bool_), question)
    assert (found.cases, found.support, found.holdout_support, found.holdout_right) == (8, 4, 1, 1)
    assert (found.confidence, found.base_rate, found.lift, found.coverage) == (0.75, 0.5, 1.5, 0.5)
    assert (found.holdout_precision, found.holdout_recall, found.holdout_base_rate) == (1.0, 0.5, 0.5)
    assert (found.usual_precision, found.p_value, found.never_fires) == (0.0, pytest.approx(0.5), False)


def test_a_rule_that_never_fires_has_no_shares_and_proves_nothing() -> None:
    found = evidence_of(np.zeros(4, np.bool_), _question([1, 0, 1, 0], [0, 0, 1, 1]))
    assert (found.confidence, found.holdout_precision, found.p_value, found.never_fires) == (None, None, 1.0, True)
    assert not holds_up(judged([found])[0])


def test_many_rows_of_few_cases_prove_as_little_as_few_rows() -> None:
    wanted = np.arange(200) % 2 == 0
    late = np.ones(200, np.bool_)
    alone = Question(wanted, late, late, np.arange(200))
    together = Question(wanted, late, late, np.arange(200) // 2 // 10)
    assert evidence_of(wanted, alone).p_value < 1e-20
    assert evidence_of(wanted, together).p_value > 1e-6


@pytest.mark.parametrize(
    ("fired", "right", "usual", "kept"),
    [(100, 90, 0.1, True), (9, 9, 0.0, False), (100, 54, 0.46, False), (100, 56, 0.54, False)],
)
def test_what_is_kept_fires_often_beats_the_base_rate_and_the_usual_option(
    fired: int, right: int, usual: float, kept: bool
) -> None:
    one = Evidence(1000, fired, 0.9, 0.5, fired, right, 0.5, right / fired, 0.4, 0.2, 1e-9, usual)
    assert holds_up(judged([one])[0]) is kept


def test_chance_is_judged_over_all_rules_of_a_process() -> None:
    one = Evidence(1000, 100, 0.9, 0.5, 100, 65, 0.5, 0.65, 0.55, 0.2, 0.01, 0.3)
    assert holds_up(judged([one])[0])
    assert judged([one], others=[0.9] * 9)[0].q_value == pytest.approx(0.1)
    assert not holds_up(judged([one], others=[0.9] * 9)[0])
