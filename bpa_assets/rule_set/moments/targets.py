"""What may happen to a case after a moment that somebody wants to know before: a broken limit, a bad outcome, rework.

Rules: docs/contracts.md, "target of a rule". Where in a case it happened is found here; which moments are asked is
decided in `moments.py`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.event_log.waits import waiting
from bpa_assets.process_model.event_chunks import EventChunk, Integers
from bpa_assets.process_model.service_level import case_limits, ready_times
from bpa_assets.rule_set.moments.feature_columns import repeated
from bpa_assets.settings import ProcessConfig

TARGETS = ("sla_breach", "bad_outcome", "rework")
KIND_OF = {"sla_breach": "sla_breach", "bad_outcome": "outcome", "rework": "rework"}
NEVER = np.iinfo(np.int64).max
_SECOND = 1_000_000
_MOSTLY_LAST = 0.5

_BAD_NAMES = re.compile(
    r"(?<![a-z])(reject\w*|declin\w*|den(?:y|ied)|cancel\w*|refus\w*|withdr[ae]w\w*|fail(?:ed|ure)?|abort\w*)(?![a-z])"
)


@dataclass(frozen=True)
class OutcomeActivities:
    """The activities after which a case has ended well or badly (codes), and whether names alone say so."""

    good: frozenset[int]
    bad: frozenset[int]
    by_name: bool = False

    @classmethod
    def of(
        cls,
        config: ProcessConfig,
        activities: Sequence[str],
        frequency: Mapping[str, int],
        last: Mapping[str, int],
    ) -> "OutcomeActivities":
        """`outcome` of process.yaml, else the activities whose English names say it and that mostly end a case.

        `activities`: by code; `frequency`, `last`: cases that have each, and that end with it.
        """
        codes = {name: code for code, name in enumerate(activities)}
        good, bad = config.outcome.good, config.outcome.bad
        if good or bad:
            return cls(
                frozenset(codes[one] for one in good if one in codes),
                frozenset(codes[one] for one in bad if one in codes),
            )
        ends = {name for name in codes if last.get(name, 0) >= _MOSTLY_LAST * frequency.get(name, 1)}
        named = {codes[name] for name in ends if _BAD_NAMES.search(name.lower().replace("_", " "))}
        return cls(frozenset(), frozenset(named), by_name=True)


def bad_rows(chunk: EventChunk, outcome: OutcomeActivities) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Of each case the row (of the chunk) of its outcome if that is bad, else NEVER; and whether it is known.

    The last good or bad activity of a case is its outcome. Where no activity is good, a case without a bad one is not
    bad; where some are, a case with neither is not known.
    """
    rows = np.flatnonzero(np.isin(chunk.activity, sorted(outcome.good | outcome.bad)))
    last = np.full(len(chunk.first), -1)
    case = np.repeat(np.arange(len(chunk.first)), chunk.lengths)
    last[case[rows]] = rows  # ascending: the last one stays
    is_bad = (last >= 0) & np.isin(chunk.activity[last], sorted(outcome.bad))
    known = (last >= 0) | (not outcome.good)
    return np.where(is_bad, last, NEVER), known


def rework_rows(chunk: EventChunk) -> Integers:
    """Of each case its first row (of the chunk) that repeats an activity, else NEVER."""
    rows = np.where(repeated(chunk.case, chunk.activity), np.arange(len(chunk.case)), NEVER)
    return np.asarray(np.minimum.reduceat(rows, chunk.first))


def breach_times(chunk: EventChunk, config: ProcessConfig, activities: Sequence[str]) -> Integers:
    """Of each case when (µs) it first broke a limit of `sla`, else NEVER.

    A limit of the cycle time is broken when it has passed; one of waiting by the row before which too much had been
    waited; one of an activity when its work was due.
    """
    found = np.full(len(chunk.first), NEVER)
    cycle, waits = case_limits(config)
    if cycle is not None:
        ended = np.maximum.reduceat(chunk.end, chunk.first)
        due = chunk.start[chunk.first] + cycle
        found = np.where(ended > due, due, found)
    if waits is not None:
        total = np.cumsum(waiting(chunk.case, chunk.start, chunk.end))
        before = np.repeat(np.where(chunk.first > 0, total[chunk.first - 1], 0), chunk.lengths)
        late = np.where(total - before > waits, chunk.start, NEVER)
        found = np.minimum(found, np.minimum.reduceat(late, chunk.first))
    if config.sla.activities:
        ready = ready_times(chunk)
        for code, name in enumerate(activities):
            limit = config.sla.activities.get(name)
            if limit is not None:
                due = ready + round(limit.limit * _SECOND)
                late = np.where((chunk.activity == code) & (chunk.end > due), due, NEVER)
                found = np.minimum(found, np.minimum.reduceat(late, chunk.first))
    return np.asarray(found)


def asked(
    happened: Integers, now: Integers, decided: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Of each moment whether it happened later, and whether that is to be asked: not where it had happened already.

    `happened`, `now`: rows or times, NEVER for not at all. `decided`: where it did not happen it will not any more. The
    others are not asked even where it did: of open cases only those would count in which it happened early.
    """
    later = (happened != NEVER) & (happened > now)
    return later & decided, decided & (later | (happened == NEVER))
