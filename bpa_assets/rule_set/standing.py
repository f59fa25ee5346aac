"""Which rules stand, and what an analyst said about each: proposals of every origin, and the words of rules.yaml.

A word is kept by the rule's id, which is made from its content: a rule that somebody accepted stays, even where the log
does not show it by itself any more; one that somebody refused is listed and not acted upon. What a rule's figures are,
and how they changed, stays out.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bpa_assets.analyst_rules import FILE, AnalystRules, Word
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.validation import Known, Proposal, RefusedRule, validate
from bpa_resources.yaml_lines import did_you_mean

_ORIGINS = ("analyst", "tree", "language_model")
"""Of one rule that several proposed, the first of these is its origin."""


@dataclass(frozen=True)
class Standing:
    """What stands of a rule: `proposed`, `accepted` or `refused`; who said so and why, if it was said of its id."""

    status: str
    decided_by: str | None = None
    decided_reason: str | None = None


@dataclass(frozen=True)
class StandingRules:
    """Each rule once, sorted by id, with what stands of it; `refused`: what is no rule here; `notes`: sentences."""

    rules: tuple[Rule, ...]
    standing: Mapping[str, Standing]
    refused: tuple[RefusedRule, ...]
    notes: tuple[str, ...]


def analyst_proposals(said: AnalystRules) -> list[Proposal]:
    """The rules that stand in rules.yaml, as the validator takes them."""
    return [
        Proposal("analyst", rule.condition, rule.action, rule.moment, rule.foretells, rule.explanation, rule.name)
        for rule in said.rules
    ]


def standing_rules(
    found: Sequence[Rule | RefusedRule], said: AnalystRules, before: Sequence[Mapping[str, Any]], known: Known
) -> StandingRules:
    """What stands of what was found or proposed. `before`: rows of `rule_set` of the published run, or none.

    A rule that an analyst wrote counts as accepted unless they refused it by its id.
    """
    rules = _each_once([rule for rule in found if isinstance(rule, Rule)])
    refused = [rule for rule in found if isinstance(rule, RefusedRule)]
    earlier = {str(row["rule_id"]): row for row in before}
    notes = []
    for word in said.accepted:
        if word.rule in rules or word.rule not in earlier:
            continue
        kept = _again(earlier[word.rule], known)
        if isinstance(kept, Rule):
            rules[kept.rule_id] = kept
        else:
            refused.append(kept)
            notes.append(f"{FILE}: {word.rule} was accepted and cannot be asked of this log: {kept.reason}")
    for word in (*said.accepted, *said.refused):
        if word.rule not in rules and word.rule not in earlier:
            hint = did_you_mean(word.rule, sorted({*rules, *earlier}))
            notes.append(f"{FILE}: there is no rule {word.rule}, so the word of {word.by} has no effect{hint}")
    kept_rules = tuple(rules[rule_id] for rule_id in sorted(rules))
    return StandingRules(kept_rules, _standing(kept_rules, said), tuple(refused), tuple(notes))


def _each_once(rules: Sequence[Rule]) -> dict[str, Rule]:
    """By id; of equal rules the origin that counts most, with the first name and explanation that one of them has."""
    found: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda one: _ORIGINS.index(one.origin)):
        first = found.setdefault(rule.rule_id, rule)
        name, explanation = first.name or rule.name, first.explanation or rule.explanation
        found[rule.rule_id] = replace(first, name=name, explanation=explanation)
    return found


def _again(row: Mapping[str, Any], known: Known) -> Rule | RefusedRule:
    """The rule of a stored row, asked of this log like any proposal."""
    proposal = Proposal(
        origin=str(row["origin"]),
        condition=row["condition"],
        action=json.loads(row["action"]),
        at=row["at"],
        foretells=row["foretells"],
        explanation=row["explanation"],
        name=row["name"],
    )
    rule = validate(proposal, known)
    if isinstance(rule, Rule) and rule.rule_id != row["rule_id"]:
        why = f"it would be another rule now ({rule.rule_id}); accept that one"
        return RefusedRule(rule.origin, rule.name, rule.at, rule.condition, why)
    return rule


def _standing(rules: Sequence[Rule], said: AnalystRules) -> dict[str, Standing]:
    words: dict[str, tuple[str, Word]] = {word.rule: ("accepted", word) for word in said.accepted}
    words |= {word.rule: ("refused", word) for word in said.refused}
    found = {}
    for rule in rules:
        if rule.rule_id in words:
            status, word = words[rule.rule_id]
            found[rule.rule_id] = Standing(status, word.by, word.reason)
        else:
            found[rule.rule_id] = Standing("accepted" if rule.origin == "analyst" else "proposed")
    return found
