"""The rules that a log tells by itself: decision points, moments, trees, what later cases say of their rules.

How a stage calls it (plain values in and out; nothing is written)::

    mined = mine_rules(MinedFrom(event_log, cases, variants, event_attribute, pnml, bpmn, config))
    mined.features          # Mapping[str, Feature]: what a condition may name
    mined.moments.table     # pa.Table `moment`: a row a (case, at, passage), targets and a column a feature
    mined.rules             # tuple[Rule, ...]: kept ones, origin "tree"
    mined.decision_points   # tuple[DecisionPoint, ...]
    mined.tested            # p-value of every candidate rule: rules of others are judged together with these
    mined.stability         # Mapping[rule_id, float]
    mined.notes             # sentences for people: what was left out, sampled, suspicious

Then, for rules of every origin (`fires`: by rule_id, of each row of `mined.moments` whether the rule fires there)::

    question = question_at(mined.moments, rule.at, rule.foretells, rule.kind)       # questions.py
    figures = judged([evidence_of(fires, question), …], others=mined.tested)        # evidence.py
    found = coverage(rules, fires, mined)    # coverage.py: decision point rows, paths covered, what is left

`mined.moments` is sorted by `at`, then case, then event_index; `at_rows(moments, at)` gives the slice of one moment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet

from bpa_assets.process_model.model_tables import variants_of
from bpa_assets.rule_set.candidates import Candidate, candidates, learnable, stability
from bpa_assets.rule_set.condition import parse_condition
from bpa_assets.rule_set.condition_words import RefusedCondition
from bpa_assets.rule_set.conjunctions import Column, Flags, columns_of
from bpa_assets.rule_set.evidence import Evidence, evidence_of, holds_up, judged
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.moments import Moments, moments
from bpa_assets.rule_set.passages import Passages, passages
from bpa_assets.rule_set.questions import Asked, questions
from bpa_assets.rule_set.rule import Rule
from bpa_assets.settings import ProcessConfig

_CASES = ["case_id", "started_at", "ended_at", "is_open", "variant_id"]


@dataclass(frozen=True)
class MinedFrom:
    """The stored tables and files that rules are mined from."""

    event_log: Sequence[Path]
    cases: Sequence[Path]
    variants: Sequence[Path]
    activities: Sequence[Path]
    event_attribute: Sequence[Path]
    pnml: Path | None
    bpmn: Path | None
    config: ProcessConfig


@dataclass(frozen=True)
class MinedRules:
    """What was found; see the top of the module. `evidence`, `fires`: by rule_id of the kept rules."""

    moments: Moments
    passages: Passages
    rules: tuple[Rule, ...]
    evidence: Mapping[str, Evidence]
    fires: Mapping[str, Flags]
    stability: Mapping[str, float]
    tested: tuple[float, ...]
    notes: tuple[str, ...]

    @property
    def features(self) -> Mapping[str, Feature]:
        """What a condition may name."""
        return self.moments.features


@dataclass
class _Found:
    """Candidates of all questions, in their order."""

    asked: list[Asked] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    columns: list[Sequence[Column]] = field(default_factory=list)
    fires: list[Flags] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)


def mine_rules(source: MinedFrom) -> MinedRules:
    """Find the rules of a log, learned from its earlier cases and kept where its later ones bear them out."""
    read = pyarrow.parquet.read_table
    known = variants_of(read(list(source.variants)))
    activities = read(list(source.activities), columns=["activity", "cases"])
    found = passages(known.cases, source.pnml, source.bpmn)
    at = moments(
        source.event_log,
        cases=read(list(source.cases), columns=_CASES, read_dictionary=["variant_id"]),
        variant_ids=[known.ids[one] for one in known.cases],
        found=found,
        event_attribute=read(list(source.event_attribute)),
        frequency=dict(zip(activities["activity"].to_pylist(), activities["cases"].to_pylist(), strict=True)),
        config=source.config,
    )
    return mined_from_moments(at, found)


def mined_from_moments(at: Moments, found: Passages) -> MinedRules:
    """The rules that moments tell."""
    all_ = _Found()
    for asked in questions(at):
        _add(all_, asked, at)
    evidence = judged(all_.evidence)
    kept = _kept(all_, evidence)
    worded = {place: _rule(all_, place, at.features) for place in kept}
    rules = {place: rule for place, rule in worded.items() if rule is not None}
    return MinedRules(
        at,
        found,
        tuple(rules.values()),
        {rule.rule_id: evidence[place] for place, rule in rules.items()},
        {rule.rule_id: all_.fires[place] for place, rule in rules.items()},
        {rule.rule_id: _stability(all_, place) for place, rule in rules.items()},
        tuple(one.p_value for one in all_.evidence),
        tuple(_notes(at, found, rules, evidence)),
    )


def _add(all_: _Found, asked: Asked, at: Moments) -> None:
    """The candidates of one question, and what the later cases say of each."""
    question = asked.question
    columns = learnable(columns_of(at.at(asked.at), list(at.features.values())))
    learned = np.flatnonzero(question.known & ~question.later)
    if not columns:
        return
    early = [one.take(learned) for one in columns]
    usual = None if question.usual is None else question.usual[learned]
    for candidate in candidates(early, question.wanted[learned], usual, both=asked.other is not None):
        told = asked if candidate.wanted else _opposite(asked)
        fires = candidate.rule.holds(columns)
        all_.asked.append(told)
        all_.candidates.append(candidate)
        all_.columns.append(columns)
        all_.fires.append(fires)
        all_.evidence.append(evidence_of(fires, told.question))


def _opposite(asked: Asked) -> Asked:
    question = replace(asked.question, wanted=~asked.question.wanted & asked.question.known)
    return replace(asked, foretells=asked.other or "", other=asked.foretells, question=question)


def _kept(all_: _Found, evidence: Sequence[Evidence]) -> list[int]:
    """The places of the candidates that hold up, each condition of a target at the first moment that is as good."""
    found: list[int] = []
    best: dict[tuple[str, str], float] = {}
    for place, one in enumerate(evidence):
        if not holds_up(one):
            continue
        asked = all_.asked[place]
        if asked.kind != "decision":
            key = (asked.foretells, all_.candidates[place].rule.text(all_.columns[place]))
            precision = one.holdout_precision or 0.0
            if precision < best.get(key, -1.0) + 0.05:
                continue
            best[key] = precision
        found.append(place)
    return found


def _rule(all_: _Found, place: int, features: Mapping[str, Feature]) -> Rule | None:
    """The rule in canonical words; None if the language has none for it."""
    asked = all_.asked[place]
    try:
        condition = parse_condition(all_.candidates[place].rule.text(all_.columns[place]), features).text
    except RefusedCondition:
        return None
    return Rule(asked.kind, asked.at, condition, asked.action, "tree", asked.foretells)


def _stability(all_: _Found, place: int) -> float:
    question = all_.asked[place].question
    learned = np.flatnonzero(question.known & ~question.later)
    early = [one.take(learned) for one in all_.columns[place]]
    return stability(all_.candidates[place], early, question.wanted[learned])


def _notes(at: Moments, found: Passages, rules: Mapping[int, Rule], evidence: Sequence[Evidence]) -> list[str]:
    notes = []
    if found.why_none:
        notes.append(f"no decision points: {found.why_none}")
    return notes
