"""The candidate rules of all questions with what the later cases say of each, and which of them are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.mining.candidates import Candidate, candidates, learnable
from bpa_assets.rule_set.mining.conjunctions import Column, Flags, columns_of
from bpa_assets.rule_set.mining.evidence import Evidence, evidence_of, holds_up
from bpa_assets.rule_set.moments.questions import Asked, enough

_AS_GOOD = 0.05
"""A rule of a later moment must be so much more often right than the same of an earlier one."""


@dataclass
class FoundCandidates:
    """Candidates in the order in which they were found; `fires`: of each row of the moment."""

    asked: list[Asked] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    columns: list[Sequence[Column]] = field(default_factory=list)
    fires: list[Flags] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, asked: Asked, rows: pa.Table, features: Sequence[Feature], left: Flags | None = None) -> None:
        """Add what the rows of a moment say to a question; `left`: only these are learned from."""
        question = asked.question
        columns = learnable(columns_of(rows, features))
        if not columns or not enough(question, left):
            return
        learned = np.flatnonzero(question.known & ~question.later & (True if left is None else left))
        early = [one.take(learned) for one in columns]
        usual = None if question.usual is None else question.usual[learned]
        for candidate in candidates(early, question.wanted[learned], usual, both=asked.other is not None):
            told = asked if candidate.wanted else _opposite(asked)
            fires = candidate.rule.holds(columns)
            self.asked.append(told)
            self.candidates.append(candidate)
            self.columns.append(columns)
            self.fires.append(fires)
            self.evidence.append(evidence_of(fires, told.question))

    def kept(self, evidence: Sequence[Evidence]) -> list[int]:
        """The places of the candidates that hold up, each condition of a target at the first moment that is as good."""
        found: list[int] = []
        best: dict[tuple[str, str], float] = {}
        for place, one in enumerate(evidence):
            if not holds_up(one):
                continue
            asked = self.asked[place]
            if asked.kind != "decision":
                key = (asked.foretells, self.candidates[place].rule.text(self.columns[place]))
                precision = one.holdout_precision or 0.0
                if precision < best.get(key, -1.0) + _AS_GOOD:
                    continue
                best[key] = precision
            found.append(place)
        return found

    def left(self, evidence: Sequence[Evidence]) -> Mapping[str, Flags]:
        """By decision point with a kept rule the rows where none fires."""
        found: dict[str, Flags] = {}
        for place in self.kept(evidence):
            asked = self.asked[place]
            if asked.kind == "decision":
                found[asked.at] = found.get(asked.at, np.ones(len(self.fires[place]), np.bool_)) & ~self.fires[place]
        return found


def _opposite(asked: Asked) -> Asked:
    question = replace(asked.question, wanted=~asked.question.wanted & asked.question.known)
    return replace(asked, foretells=asked.other or "", other=asked.foretells, question=question)
