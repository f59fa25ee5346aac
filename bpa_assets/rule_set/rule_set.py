"""The rule set of a process: rules of every origin, validated, tried on the log, compared with the run before.

Here the parts of the stage come together; what a part does is in its own module. Trees mine, an analyst writes
(rules.yaml) and a language model may propose; the validator and the log decide alike on all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from bpa_assets.analyst_rules import AnalystRules
from bpa_assets.process_model.model_tables import table_of
from bpa_assets.rule_set.action_catalogue import action_text
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.conditions.words import RefusedCondition
from bpa_assets.rule_set.decision_tables.dmn import DmnSource
from bpa_assets.rule_set.firing import Firing, conflicts, fire, first_firings
from bpa_assets.rule_set.mining.coverage import Coverage, coverage
from bpa_assets.rule_set.mining.evidence import Evidence, evidence_of, holds_up, judged
from bpa_assets.rule_set.mining.mining import MinedFrom, MinedRules, mine_rules
from bpa_assets.rule_set.moments.questions import question_at
from bpa_assets.rule_set.proposals.explanations import explanation
from bpa_assets.rule_set.proposals.model_proposals import Asking, ask_for_rules, ask_for_words
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.share_text import share_text
from bpa_assets.rule_set.standing import StandingRules, analyst_proposals, standing_rules
from bpa_assets.rule_set.validation import Known, Moment, RefusedRule, validate
from bpa_assets.rule_set.versions import compare

Row = dict[str, Any]

_EVIDENCE = (
    *("cases", "support", "confidence", "base_rate", "lift", "coverage", "holdout_support", "holdout_precision"),
    *("holdout_precision_low", "holdout_recall", "holdout_base_rate", "q_value", "never_fires"),
)


@dataclass(frozen=True)
class RuleSetFrom:
    """What the rules of a process are made of; `before`: rows of the published rule_set, None if there is none."""

    process: str
    mined: MinedFrom
    said: AnalystRules
    before: Sequence[Mapping[str, Any]] | None
    asking: Asking


@dataclass(frozen=True)
class FoundRules:
    """Rows of the stage's small tables by name, what the files are made of, and sentences for people."""

    tables: dict[str, list[Row]]
    firings: pa.Table  # rows of `rule_firing`: large logs have many
    source: DmnSource
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Tried:
    """What the log says of each rule, by its id."""

    firing: Mapping[str, Firing]
    evidence: Mapping[str, Evidence]


def rule_set(source: RuleSetFrom) -> FoundRules:
    """Find, try and compare the rules of a process; deterministic but for what a language model takes."""
    mined = mine_rules(source.mined)
    known = known_moments(mined)
    written = [validate(proposal, known) for proposal in analyst_proposals(source.said)]
    ids = {rule.rule_id for rule in (*mined.rules, *written) if isinstance(rule, Rule)}
    proposed = ask_for_rules(source.asking, mined, known, ids)
    found = standing_rules([*mined.rules, *written, *proposed.rules], source.said, source.before or (), known)
    tried = _tried(found.rules, mined)
    kept, weak = _that_hold_up(found, tried)
    rows = [_row(rule, found, tried, mined, kept) for rule in kept]
    words = ask_for_words(source.asking, rows)
    for row in rows:
        row["explanation"] = row["explanation"] or words.sentences.get(row["rule_id"]) or explanation(row)
    trees = {rule.rule_id: parse_condition(rule.condition, mined.features).tree for rule in kept}
    versions = compare(rows, source.before, _named(rows, source.before or (), mined))
    counted = [
        rule for rule in kept
        if found.standing[rule.rule_id].status != "refused" and holds_up(tried.evidence[rule.rule_id])
    ]  # fmt: skip
    covered = coverage(counted, {name: one.fires for name, one in tried.firing.items()}, mined.moments, mined.passages)
    refused = [*proposed.refused, *(vars(one) for one in (*found.refused, *weak))]
    tables = {
        "rule_set": [{**row, **versions.changes[row["rule_id"]]} for row in rows],
        "decision_point": [dict(row) for row in covered.decision_points],
        "refused_rule": [dict(row) for row in refused],
        "gone_rule": versions.gone,
        "rule_example": [vars(one) for rule in kept for one in tried.firing[rule.rule_id].examples],
        "rule_accounting": [_accounting(mined, covered, len(written) + proposed.asked, rows, proposed.cost(words))],
    }
    points = tables["decision_point"]
    used = {name: mined.features[name] for name in _names_used(kept, mined)}
    notes = [*mined.notes, *found.notes, *proposed.notes, *words.notes, *_refusals(tables["refused_rule"])]
    accepted = [rule for rule in kept if found.standing[rule.rule_id].status == "accepted"]
    return FoundRules(
        tables,
        _firings(accepted, tried, mined),
        DmnSource(source.process, tables["rule_set"], points, trees, used),
        notes,
    )


def known_moments(mined: MinedRules) -> Known:
    """What rules may name: every moment of the log, the options of its decision points, its activities."""
    options = {choice.name: tuple(sorted(set(choice.options.values()))) for choice in mined.passages.choices}
    moments = {at: Moment(at, mined.features, options.get(at, ())) for at in mined.moments.slices}
    return Known(moments, tuple(mined.moments.activities))


def _tried(rules: Sequence[Rule], mined: MinedRules) -> _Tried:
    """Every rule asked of the log; q-values of those that trees did not find are over all candidates of the process."""
    firing = fire(rules, mined.features, mined.moments.at)
    others = [rule for rule in rules if rule.rule_id not in mined.evidence]
    asked = [
        evidence_of(firing[rule.rule_id].fires, question_at(mined.moments, rule.at, rule.foretells, rule.kind))
        for rule in others
    ]
    told = judged(asked, mined.tested)
    return _Tried(firing, {**mined.evidence, **{rule.rule_id: one for rule, one in zip(others, told, strict=True)}})


def _firings(rules: Sequence[Rule], tried: _Tried, mined: MinedRules) -> pa.Table:
    """Where each of these rules fires first in every case."""
    found = [first_firings(rule, tried.firing[rule.rule_id], mined.moments.at(rule.at)) for rule in rules]
    return pa.concat_tables(found) if found else table_of("rule_firing", [])


def _that_hold_up(found: StandingRules, tried: _Tried) -> tuple[list[Rule], list[RefusedRule]]:
    """All rules but those of a language model alone that the later cases do not bear out."""
    kept, weak = [], []
    for rule in found.rules:
        said = found.standing[rule.rule_id].status != "proposed"
        if rule.origin != "language_model" or said or holds_up(tried.evidence[rule.rule_id]):
            kept.append(rule)
        else:
            weak.append(
                RefusedRule(rule.origin, rule.name, rule.at, rule.condition, _weakness(tried.evidence[rule.rule_id]))
            )
    return kept, weak


def _weakness(one: Evidence) -> str:
    if one.holdout_precision is None or one.holdout_base_rate is None:
        return "it fires in no later case"
    return (
        f"later cases do not bear it out: right in {share_text(one.holdout_precision)} of {one.holdout_support:,} "
        f"({share_text(one.holdout_base_rate)} without it)"
    )


def _row(rule: Rule, found: StandingRules, tried: _Tried, mined: MinedRules, kept: Sequence[Rule]) -> Row:
    """A row of `rule_set`, but for what changed since the run before."""
    firing, evidence, said = tried.firing[rule.rule_id], tried.evidence[rule.rule_id], found.standing[rule.rule_id]
    rivals = conflicts([one for one in kept if one.at == rule.at], tried.firing)
    return {
        **{name: getattr(rule, name) for name in ("rule_id", "name", "kind", "at", "condition", "foretells", "origin")},
        "action": action_text(rule.action),
        "explanation": rule.explanation,
        "status": said.status,
        "decided_by": said.decided_by,
        "decided_reason": said.decided_reason,
        **{name: getattr(evidence, name) for name in _EVIDENCE},
        "stability": mined.stability.get(rule.rule_id),
        "first_fired_at": firing.first_fired_at,
        "last_fired_at": firing.last_fired_at,
        "conflicts": list(rivals[rule.rule_id]),
    }


def _named(
    rows: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], mined: MinedRules
) -> dict[str, frozenset[str]]:
    """The features that each condition names; one that this log cannot be asked names none."""
    found = {}
    for row in (*rows, *before):
        try:
            found[row["condition"]] = frozenset(parse_condition(row["condition"], mined.features).names)
        except RefusedCondition:
            continue
    return found


def _names_used(rules: Sequence[Rule], mined: MinedRules) -> list[str]:
    return sorted({name for rule in rules for name in parse_condition(rule.condition, mined.features).names})


def _accounting(mined: MinedRules, covered: Coverage, others: int, rows: Sequence[Row], cost: Row) -> Row:
    later = mined.moments.later_from
    return {
        "candidates": len(mined.tested) + others,
        "tested": len(mined.tested) + sum(row["rule_id"] not in mined.evidence for row in rows),
        "kept": len(rows),
        "paths_covered": covered.paths_covered,
        "decided_passages": covered.decided_passages,
        "later_from": None if later is None else datetime.fromtimestamp(later / 1e6, UTC).replace(tzinfo=None),
        **cost,
    }


def _refusals(refused: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was refused, in sentences: an analyst's rules one by one, a model's as a number."""
    found = [
        f"rules.yaml: {row['name'] or row['condition']} is no rule of this log: {row['reason']}"
        for row in refused
        if row["origin"] == "analyst"
    ]
    others = len(refused) - len(found)
    return [*found, *([f"{others} rules of the language model were refused (refused_rule says why)"] if others else [])]
