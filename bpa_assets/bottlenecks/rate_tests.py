"""Whether a rate differs between the cases that have a trait and the others: intervals, tests, false discoveries.

Intervals: R. Newcombe, *Interval estimation for the difference between independent proportions* (Statistics in Medicine
17, 1998), method 10, of two Wilson score intervals. Tests: Fisher's exact one where a count below 5 is expected (W.
Cochran, 1954), else chi-square with Yates's correction; both err on the side of no difference. Many tests: Y.
Benjamini, Y. Hochberg, *Controlling the false discovery rate* (JRSS B 57, 1995). Traits depend on one another; Y.
Benjamini, D. Yekutieli (Annals of Statistics 29, 2001) prove the procedure where they do so positively. Their
correction for any dependence is five times as strict, and not taken: of logs without any effect fewer than 5 in 100
show one (tests).
"""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.waits import Integers

Floats = npt.NDArray[np.float64]

_Z = 1.959963984540054
"""95 % of a normal distribution lie within so many standard deviations."""

_FEW = 5
_TIES = 1 + 1e-7
"""Outcomes up to so much likelier than the one seen count as equally likely: rounding is no difference."""


@dataclass(frozen=True)
class Rates:
    """Of each trait: cases that have it and their breaches, and the same of all others."""

    cases: Integers
    breaches: Integers
    other_cases: Integers
    other_breaches: Integers

    @property
    def rate(self) -> Floats:
        """Breaches a case."""
        return np.asarray(self.breaches / self.cases)

    @property
    def other_rate(self) -> Floats:
        """Breaches a case of the others."""
        return np.asarray(self.other_breaches / self.other_cases)

    def intervals(self) -> tuple[Floats, Floats]:
        """The ends of the 95 % intervals of rate less other_rate."""
        one, other = self.rate, self.other_rate
        (low, high), (other_low, other_high) = _wilson(one, self.cases), _wilson(other, self.other_cases)
        return (
            one - other - np.hypot(one - low, other_high - other),
            one - other + np.hypot(high - one, other - other_low),
        )

    def p_values(self) -> Floats:
        """Chance of a difference at least as unlikely as the one seen, if the trait told nothing."""
        total = self.cases + self.other_cases
        breaches = self.breaches + self.other_breaches
        least = np.minimum(self.cases, self.other_cases) * (np.minimum(breaches, total - breaches) / total)
        log_factorial = np.append(0.0, np.cumsum(np.log(np.arange(1, int(total.max(initial=0)) + 1))))
        rows = zip(self.cases.tolist(), self.breaches.tolist(), total.tolist(), breaches.tolist(), least, strict=True)
        return np.array(
            [
                _fisher(with_it, broke, of_all, broke_of_all, log_factorial)
                if expected < _FEW
                else _chi_square(with_it, broke, of_all, broke_of_all)
                for with_it, broke, of_all, broke_of_all, expected in rows
            ]
        )


def q_values(p_values: Floats) -> Floats:
    """The least false discovery rate at which each test is still among the discoveries (Benjamini and Hochberg)."""
    order = np.argsort(-p_values, kind="stable")
    ranks = np.arange(len(p_values), 0, -1)
    found = np.empty_like(p_values)
    found[order] = np.minimum.accumulate(np.minimum(p_values[order] * len(p_values) / ranks, 1.0))
    return found


def _wilson(rate: Floats, count: Integers) -> tuple[Floats, Floats]:
    middle = rate + _Z**2 / (2 * count)
    margin = _Z * np.sqrt(rate * (1 - rate) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return np.clip((middle - margin) / scale, 0, 1), np.clip((middle + margin) / scale, 0, 1)


def _chi_square(cases: int, breaches: int, total: int, all_breaches: int) -> float:
    others = (total - cases, all_breaches - breaches)
    gap = abs(breaches * (others[0] - others[1]) - (cases - breaches) * others[1])
    statistic = total * max(gap - total / 2, 0.0) ** 2 / (cases * others[0] * all_breaches * (total - all_breaches))
    return erfc(sqrt(statistic / 2))


def _fisher(cases: int, breaches: int, total: int, all_breaches: int, log_factorial: Floats) -> float:
    """Two-sided: all outcomes with these margins that are at most as likely as the one seen."""
    possible = np.arange(max(0, cases + all_breaches - total), min(cases, all_breaches) + 1)

    def chosen(of: int, some: Integers) -> Floats:
        return np.asarray(log_factorial[of] - log_factorial[some] - log_factorial[of - some])

    chance = np.exp(
        chosen(all_breaches, possible)
        + chosen(total - all_breaches, cases - possible)
        - chosen(total, np.array([cases]))
    )
    seen = chance[breaches - possible[0]]
    return min(1.0, float(chance[chance <= seen * _TIES].sum()))
