"""What the log says for and against a rule, the same for every origin: counts, precision on later cases, chance.

Definitions: docs/contracts.md, "evidence of a rule". Where a rule fires is found elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, lgamma, sqrt

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.rate_tests import q_values
from bpa_assets.process_model.event_chunks import Integers

Flags = npt.NDArray[np.bool_]

MARGIN = 0.05
"""By how much a rule must be right more often than the answer without it."""

MOSTLY = 0.5
LEAST_FIRINGS = 10
FALSE_DISCOVERIES = 0.05
_Z = 1.959964


@dataclass(frozen=True)
class Question:
    """What is asked at one moment, over its rows: whether what a rule foretells came (`wanted`, where `known`).

    `later`: rows of held-out cases; `case`: which case a row is of. `usual`: of a decision whether the case took the
    option that most cases to learn from took; None for other targets.
    """

    wanted: Flags
    known: Flags
    later: Flags
    case: Integers
    usual: Flags | None = None


@dataclass(frozen=True)
class Evidence:
    """The figures of one rule. Shares are None where there is nothing to divide by; `p_value` is 1 then.

    `usual_precision`: of a decision, how often the usual option would have been right where the rule fires, later.
    """

    cases: int
    support: int
    confidence: float | None
    base_rate: float | None
    holdout_support: int
    holdout_right: int
    holdout_base_rate: float | None
    holdout_precision: float | None
    holdout_precision_low: float | None
    holdout_recall: float | None
    p_value: float
    usual_precision: float | None
    q_value: float | None = None

    @property
    def lift(self) -> float | None:
        """Confidence over the base rate."""
        return self.confidence / self.base_rate if self.confidence is not None and self.base_rate else None

    @property
    def coverage(self) -> float | None:
        """Share of the moments at which it fires."""
        return self.support / self.cases if self.cases else None

    @property
    def never_fires(self) -> bool:
        """Whether there is no moment in the log at which it does."""
        return not self.support


def evidence_of(fires: Flags, question: Question) -> Evidence:
    """The figures of a rule that fires at these rows of its moment."""
    known = question.known
    fired = fires & known
    right = fired & question.wanted
    late, late_fired = known & question.later, fired & question.later
    late_right, late_wanted = right & question.later, question.wanted & known & question.later
    support, correct, asked, came = (int(one.sum()) for one in (late_fired, late_right, late, late_wanted))
    precision = correct / support if support else None
    return Evidence(
        cases=len(fires),
        support=int(fires.sum()),
        confidence=_share(right, fired),
        base_rate=_share(question.wanted & known, known),
        holdout_support=support,
        holdout_right=correct,
        holdout_base_rate=came / asked if asked else None,
        holdout_precision=precision,
        holdout_precision_low=wilson_low(correct, support) if support else None,
        holdout_recall=correct / came if came else None,
        p_value=_p_value(question.case, late, late_fired, late_wanted, late_right),
        usual_precision=None if question.usual is None else _share(question.usual & late_fired, late_fired),
    )


def judged(found: Sequence[Evidence], others: Sequence[float] = ()) -> list[Evidence]:
    """The same with q-values (Benjamini and Hochberg) over all rules of a process, `others` (p-values) included."""
    values = q_values(np.array([*(one.p_value for one in found), *others], np.float64))
    return [replace(one, q_value=float(value)) for one, value in zip(found, values, strict=False)]


def holds_up(one: Evidence) -> bool:
    """Whether a rule is kept: it fires often enough on later cases, beats the base rate there, and not by chance.

    Of a decision it must beat the usual option where it fires by the same margin; of another target it must be right
    more often than not, or twice as often as the base rate.
    """
    if one.holdout_support < LEAST_FIRINGS or one.holdout_precision is None or one.holdout_base_rate is None:
        return False
    if one.q_value is None or one.q_value > FALSE_DISCOVERIES:
        return False
    return beats(one.holdout_precision, one.holdout_base_rate, one.usual_precision)


def beats(precision: float, base: float, usual: float | None) -> bool:
    """Whether a precision beats the base rate, and of a decision the usual option where the rule fires (`usual`)."""
    if precision < base + MARGIN:
        return False
    if usual is None:
        return precision > MOSTLY or precision >= 2 * base
    return precision >= usual + MARGIN or usual == precision


def wilson_low(right: int, count: int) -> float:
    """The lower end of the 95 % interval of a share (Wilson, 1927)."""
    rate = right / count
    middle = rate + _Z**2 / (2 * count)
    margin = _Z * sqrt(rate * (1 - rate) / count + _Z**2 / (4 * count**2))
    return max(0.0, (middle - margin) / (1 + _Z**2 / count))


def _share(part: Flags, whole: Flags) -> float | None:
    count = int(whole.sum())
    return int(part.sum()) / count if count else None


def _p_value(case: Integers, asked: Flags, fired: Flags, wanted: Flags, right: Flags) -> float:
    """The test of `upper_tail`, on counts made smaller where rows are of the same cases and so not independent."""
    rows = int(asked.sum())
    if not rows:
        return 1.0
    count = len(np.unique(case[fired]))
    total = max(len(np.unique(case[asked])), count)
    good = int(right.sum()) * count // max(int(fired.sum()), 1)
    came = min(max(int(np.ceil(int(wanted.sum()) / rows * total)), good), total - (count - good))
    return upper_tail(total, came, count, good)


def upper_tail(total: int, wanted: int, fired: int, right: int) -> float:
    """The chance that `fired` of `total` rows drawn without looking hold at least `right` of the `wanted` ones.

    The hypergeometric distribution: Fisher's exact test, one-sided.
    """
    highest = min(wanted, fired)
    if right > highest or not fired:
        return 1.0 if not fired else 0.0
    lowest = max(0, fired + wanted - total)
    if right <= lowest:
        return 1.0
    whole = _log_choose(total, fired)

    def chance(number: int) -> float:
        return exp(_log_choose(wanted, number) + _log_choose(total - wanted, fired - number) - whole)

    found = term = chance(right)
    for number in range(right, highest):
        term *= (wanted - number) * (fired - number) / ((number + 1) * (total - wanted - fired + number + 1))
        found += term
        if term < found * 1e-16:
            break
    return min(1.0, found)


def _log_choose(of: int, some: int) -> float:
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)
