"""The rules that a log tells by itself: decision points, moments, trees, what later cases say of their rules.

How a stage calls it (plain values in and out; nothing is written)::

    mined = mine_rules(MinedFrom(event_log, cases, variants, activities, event_attribute, pnml, bpmn, config))
    mined.features          # Mapping[str, Feature]: what a condition may name
    mined.moments.table     # pa.Table `moment`: a row a (case, at, passage), targets and a column a feature
    mined.rules             # tuple[Rule, ...]: kept ones, origin "tree"
    mined.decision_points   # tuple[DecisionPoint, ...]
    mined.tested            # p-value of every candidate rule: rules of others are judged together with these
    mined.stability         # Mapping[rule_id, float]
    mined.notes             # sentences for people: what was left out, sampled, suspicious

Then, for rules of every origin (`fires`: by rule_id, of each row of the moment whether the rule fires)::

    question = question_at(mined.moments, rule.at, rule.foretells, rule.kind)       # questions.py
    figures = judged([evidence_of(fires, question), …], others=mined.tested)        # evidence.py
    found = coverage(rules, fires, mined.moments, mined.passages)   # coverage.py

`fires` holds the rows of the rule's own moment only: `mined.moments.at(rule.at)`, which is a slice of the table
(`mined.moments.slices`), as it is sorted by `at`, case and event_index.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet

from bpa_assets.process_model.model_tables import VariantIds, variants_of
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.words import RefusedCondition
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.mining.candidates import stability
from bpa_assets.rule_set.mining.conjunctions import Flags
from bpa_assets.rule_set.mining.evidence import Evidence, judged
from bpa_assets.rule_set.mining.found_candidates import FoundCandidates
from bpa_assets.rule_set.moments.moments import Moments, moments
from bpa_assets.rule_set.moments.passages import Passages, passages, standing_passages
from bpa_assets.rule_set.moments.questions import questions
from bpa_assets.rule_set.moments.variant_attributes import naming_the_variant
from bpa_assets.rule_set.rule import Rule
from bpa_assets.settings import ProcessConfig

_CASES = ["case_id", "started_at", "ended_at", "is_open", "variant_id"]

_ALONE = 0.99
_MORE_ROUNDS = 2
"""BPI 2012: rules answer .82 of the passages after the first round, .98 after the second; a third adds two rules."""
_NAMES_THE_VARIANT = "{} is another name of the variant, known when a case is over: no rule is learned from it."
_SUSPICIOUS = "{} alone decides {} ({}) in nearly all later cases: it may have been written down afterwards."


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


def mine_rules(source: MinedFrom) -> MinedRules:
    """Find the rules of a log, learned from its earlier cases and kept where its later ones bear them out."""
    return mined_from_moments(*moments_of(source))


def moments_of(source: MinedFrom) -> tuple[Moments, Passages]:
    """The moments of a stored log, and the passages of its variants through the model."""
    known = variants_of(pyarrow.parquet.read_table(list(source.variants)))
    found = passages(known.cases, source.pnml, source.bpmn)
    return _moments(source, known, found), found


def open_case_moments(source: MinedFrom) -> Moments:
    """Where the open cases of a stored log have been, and the choices before which they stand now."""
    known = variants_of(pyarrow.parquet.read_table(list(source.variants)))
    return _moments(source, known, standing_passages(known.cases, source.pnml), open_only=True)


def _moments(source: MinedFrom, known: VariantIds, found: Passages, *, open_only: bool = False) -> Moments:
    read = pyarrow.parquet.read_table
    activities = read(list(source.activities), columns=["activity", "cases"])
    return moments(
        source.event_log,
        cases=read(list(source.cases), columns=_CASES, read_dictionary=["variant_id"]),
        variant_ids=[known.ids[one] for one in known.cases],
        found=found,
        event_attribute=read(list(source.event_attribute)),
        frequency=dict(zip(activities["activity"].to_pylist(), activities["cases"].to_pylist(), strict=True)),
        last=_last(known.cases),
        config=source.config,
        open_only=open_only,
    )


def _last(variants: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    """How many cases end with each activity."""
    found: dict[str, int] = {}
    for variant, cases in variants.items():
        found[variant[-1]] = found.get(variant[-1], 0) + cases
    return found


def mined_from_moments(at: Moments, found: Passages) -> MinedRules:
    """The rules that moments tell."""
    naming = naming_the_variant(at)
    all_, evidence = _all_rounds(at, [feature for name, feature in at.features.items() if name not in naming])
    rules: dict[str, tuple[int, Rule]] = {}
    for place in all_.kept(evidence):
        rule = _rule(all_, place, at.features)
        if rule is not None:
            rules.setdefault(rule.rule_id, (place, rule))
    kept = [place for place, _ in rules.values()]
    return MinedRules(
        at,
        found,
        tuple(rule for _, rule in rules.values()),
        {rule_id: evidence[place] for rule_id, (place, _) in rules.items()},
        {rule_id: all_.fires[place] for rule_id, (place, _) in rules.items()},
        {rule_id: _stability(all_, place) for rule_id, (place, _) in rules.items()},
        tuple(one.p_value for one in all_.evidence),
        (*_notes(all_, at, found, kept), *(_NAMES_THE_VARIANT.format(name) for name in naming)),
    )


def _all_rounds(at: Moments, features: Sequence[Feature]) -> tuple[FoundCandidates, Sequence[Evidence]]:
    """The candidates of all questions; then of decision points those that are left where no rule of before fires.

    What is left is judged like all else: on every later row where a rule fires, with the candidates of all rounds.
    """
    all_, asked = FoundCandidates(), list(questions(at))
    for one in asked:
        all_.add(one, at.at(one.at), features)
    evidence = judged(all_.evidence)
    for _ in range(_MORE_ROUNDS):
        before, left = len(all_.candidates), all_.left(evidence)
        for one in asked:
            if one.kind == "decision" and one.at in left:
                all_.add(one, at.at(one.at), features, left[one.at])
        if len(all_.candidates) == before:
            break
        evidence = judged(all_.evidence)
    return all_, evidence


def _rule(all_: FoundCandidates, place: int, features: Mapping[str, Feature]) -> Rule | None:
    """The rule in canonical words; None if the language has none for it."""
    asked = all_.asked[place]
    try:
        condition = parse_condition(all_.candidates[place].rule.text(all_.columns[place]), features).text
    except RefusedCondition:
        return None
    return Rule(asked.kind, asked.at, condition, asked.action, "tree", asked.foretells)


def _stability(all_: FoundCandidates, place: int) -> float:
    question = all_.asked[place].question
    learned = np.flatnonzero(question.known & ~question.later)
    early = [one.take(learned) for one in all_.columns[place]]
    return stability(all_.candidates[place], early, question.wanted[learned])


def _notes(all_: FoundCandidates, at: Moments, found: Passages, kept: Sequence[int]) -> list[str]:
    """What a person should know of what was left out, sampled or looks suspicious; in sentences."""
    notes = []
    if found.why_none:
        notes.append(f"There are no decision points: {found.why_none}.")
    cases, looked_at = len(at.variant), int(at.looked_at.sum())
    if looked_at < cases:
        notes.append(f"Every {round(cases / looked_at)}th case was looked at: {looked_at:,} of {cases:,}.")
    missing = int((~at.replayed).sum())
    if missing and not found.why_none:
        notes.append(f"{missing:,} of {cases:,} cases are in no decision point: their variants were not replayed.")
    if at.outcome.by_name and at.outcome.bad:
        named = ", ".join(sorted(at.activities[code] for code in at.outcome.bad))
        notes.append(f"A bad outcome is taken to be, by their names: {named}; say so in outcome of process.yaml.")
    return notes + [_SUSPICIOUS.format(*one) for one in dict.fromkeys(_suspicious(all_, kept))]


def _suspicious(all_: FoundCandidates, kept: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    """Attributes of cases that alone decide an answer nearly always: (attribute, answer, moment)."""
    for place in kept:
        rule, columns, asked = all_.candidates[place].rule, all_.columns[place], all_.asked[place]
        names = {columns[part.column].feature for part in rule.parts}
        one = all_.evidence[place]
        if len(names) != 1 or next(iter(names)).source != "attribute":
            continue
        if min(one.holdout_precision or 0, one.holdout_recall or 0) >= _ALONE:
            yield next(iter(names)).name, asked.foretells, asked.at
