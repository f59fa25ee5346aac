"""How much of a process its rules decide: decision points, and the paths of cases through them; and what is left.

Definitions: docs/contracts.md, "coverage". A passage is *answered* by a rule that fires there, or else by the rest
option of its decision point where later cases take that more often than any other; it is *decided* where a rule fires,
or the rest option is right in nine of ten later passages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.mining.conjunctions import Flags
from bpa_assets.rule_set.mining.evidence import LEAST_FIRINGS, MOSTLY, wilson_low
from bpa_assets.rule_set.moments.moments import Moments
from bpa_assets.rule_set.moments.passages import Passages
from bpa_assets.rule_set.moments.questions import chosen_options, question_at
from bpa_assets.rule_set.moments.targets import KIND_OF, TARGETS
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.share_text import share_text

SURE = 0.9
"""How often the rest option must be right on later passages to decide them."""

HALF = 0.5
"""A path is covered where at least so large a share of its decisions is answered."""

MOST_LEFT = 20


@dataclass(frozen=True)
class Coverage:
    """How much is decided. Shares of passages, and of cases (paths weighed by how many cases went so).

    `decision_points`: a row a decision point, and one a target and moment asked, the columns of the lake's table.
    `paths_covered`: at least half of the decisions of the path are answered. `paths_decided`: all are decided.
    `paths_left`: variant number, cases and share answered of the paths that are not covered, the most frequent first.
    """

    decision_points: tuple[Mapping[str, object], ...]
    answered_passages: float | None
    decided_passages: float | None
    paths_covered: float | None
    paths_decided: float | None
    paths_left: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True)
class _Point:
    """What is answered and decided of a decision point, a passage a place."""

    row: Mapping[str, object]
    case: Integers
    answered: Flags
    decided: Flags


def coverage(rules: Sequence[Rule], fires: Mapping[str, Flags], moments: Moments, found: Passages) -> Coverage:
    """What these rules decide; only rules that hold up should be given.

    `fires`: by rule_id, of each row of the moment of the rule whether it fires there.
    """
    points = [
        _point(place, [one for one in rules if one.at == choice.name and one.kind == "decision"], fires, moments, found)
        for place, choice in enumerate(found.choices)
    ]
    rows = (*(one.row for one in points), *_targets(rules, moments))
    passed = sum(len(one.case) for one in points)
    if not passed:
        return Coverage(rows, None, None, None, None, ())
    answered, decided = (_by_case(points, name, moments) for name in ("answered", "decided"))
    return Coverage(
        rows,
        sum(int(one.answered.sum()) for one in points) / passed,
        sum(int(one.decided.sum()) for one in points) / passed,
        float((answered >= HALF).mean()),
        float((decided == 1).mean()),
        _left(answered, moments),
    )


def _point(place: int, rules: Sequence[Rule], fires: Mapping[str, Flags], moments: Moments, found: Passages) -> _Point:
    choice = found.choices[place]
    rows = moments.at(choice.name)
    chosen, names = chosen_options(rows)
    later, case = rows["later"].to_numpy(), rows["case_index"].to_numpy()
    caught = np.zeros(len(chosen), np.bool_)
    for rule in rules:
        caught |= fires[rule.rule_id]
    rest = _Rest.of(chosen, caught, later, names)
    answered, decided = caught | (~caught & rest.is_likely), caught | (~caught & rest.is_sure)
    counts = np.bincount(chosen, minlength=len(names)) if len(chosen) else np.zeros(len(names), np.int64)
    used = sorted(set(choice.options.values()), key=lambda name: (-_count(counts, names, name), name))
    shares = [_count(counts, names, name) / len(chosen) if len(chosen) else 0.0 for name in used]
    row = {
        "decision_point": choice.name,
        "kind": choice.kind,
        "cases": len(np.unique(case)),
        "passages": len(chosen),
        "options": used,
        "option_shares": shares,
        "majority": used[0] if len(chosen) else None,
        "majority_share": shares[0] if len(chosen) else None,
        "decided_share": float(decided.mean()) if len(chosen) else None,
        "rules": len(rules),
        "not_decided_because": _why(chosen, decided, rest, bool(rules)),
        "element": found.elements[place],
    }
    return _Point(row, case, answered, decided)


@dataclass(frozen=True)
class _Rest:
    """The option that most cases took where no rule fires; how often later ones took it, and most often another."""

    option: str | None
    later: int
    right: int
    next: int

    @classmethod
    def of(cls, chosen: Integers, caught: Flags, later: Flags, names: Sequence[str]) -> "_Rest":
        learned = chosen[~caught & ~later]
        if not len(learned):
            return cls(None, int((~caught & later).sum()), 0, 0)
        code = int(np.argmax(np.bincount(learned, minlength=len(names))))
        counts = np.bincount(chosen[~caught & later], minlength=len(names))
        others = np.delete(counts, code)
        return cls(names[code], int(counts.sum()), int(counts[code]), int(others.max(initial=0)))

    @property
    def is_likely(self) -> bool:
        return (
            min(self.later, self.right + self.next) >= LEAST_FIRINGS
            and wilson_low(self.right, self.right + self.next) > MOSTLY
        )

    @property
    def is_sure(self) -> bool:
        return self.later >= LEAST_FIRINGS and self.right >= SURE * self.later


def _why(chosen: Integers, decided: Flags, rest: _Rest, has_rules: bool) -> str | None:
    """Why not all is decided, in a sentence; None where all is."""
    if not len(chosen):
        return "No case is known to have made this choice after one of its rows."
    if decided.all():
        return None
    if rest.later < LEAST_FIRINGS:
        return f"Only {rest.later} later passages are left where no rule fires: too few to prove an answer."
    where = "where no rule fires" if has_rules else "and nothing that is known then tells them apart"
    return f"{rest.option} is right in {share_text(rest.right / rest.later)} of {rest.later:,} later passages {where}."


def _targets(rules: Sequence[Rule], moments: Moments) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    for at, rows in moments.slices.items():
        for target in TARGETS if rows.stop > rows.start else ():
            kind = KIND_OF[target]
            question = question_at(moments, at, target, kind)
            asked = int(question.known.sum())
            if not asked:
                continue
            share = int(question.wanted.sum()) / asked
            found.append(
                {
                    "decision_point": at,
                    "kind": kind,
                    "cases": asked,
                    "passages": asked,
                    "options": [target, f"no {target}"],
                    "option_shares": [share, 1 - share],
                    "majority": target if share > MOSTLY else f"no {target}",
                    "majority_share": max(share, 1 - share),
                    "decided_share": None,
                    "rules": sum(one.at == at and one.foretells == target for one in rules),
                    "not_decided_because": None,
                    "element": None,
                }
            )
    return found


def _by_case(points: Sequence[_Point], name: str, moments: Moments) -> np.ndarray:
    """The share of its passages, by case; 1 for a case without any that was replayed, 0 for one that was not."""
    case = np.concatenate([one.case for one in points])
    flags = np.concatenate([getattr(one, name) for one in points])
    size = len(moments.variant)
    passed = np.bincount(case, minlength=size)
    found = np.bincount(case, weights=flags, minlength=size)
    share = np.where(passed > 0, found / np.maximum(passed, 1), moments.replayed.astype(np.float64))
    return np.asarray(share[moments.looked_at])


def _left(answered: np.ndarray, moments: Moments) -> tuple[tuple[int, int, float], ...]:
    variant = moments.variant[moments.looked_at]
    cases = np.bincount(variant)
    share = np.bincount(variant, weights=answered) / np.maximum(cases, 1)
    open_ = np.flatnonzero((cases > 0) & (share < HALF))
    ordered = open_[np.lexsort((open_, -cases[open_]))][:MOST_LEFT]
    return tuple((int(one), int(cases[one]), float(share[one])) for one in ordered)


def _count(counts: Integers, names: Sequence[str], name: str) -> int:
    return int(counts[names.index(name)]) if name in names else 0
