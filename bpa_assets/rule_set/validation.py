"""One validator for every rule, whoever proposed it: a tree, a language model or an analyst.

What comes out as a Rule parses, type-checks, can be true, and names only what the log has at its moment; all else
becomes a RefusedRule with the reason and the nearest name. Add a check here that holds for every origin; how a
proposal came about stays out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bpa_assets.rule_set.action_catalogue import CATALOGUE, ActionType, Named, RefusedAction, known_name, read_action
from bpa_assets.rule_set.conditions.condition import Condition, parse_condition
from bpa_assets.rule_set.conditions.logic import never_true
from bpa_assets.rule_set.conditions.words import RefusedCondition
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rule import Action, Rule
from bpa_resources.yaml_lines import did_you_mean, shown

KIND_OF_TARGET = {"sla_breach": "sla_breach", "bad_outcome": "outcome", "rework": "rework"}
"""What a rule may foretell besides an option of its decision point, and the kind of rule it makes."""

LONGEST_NAME, LONGEST_EXPLANATION = 120, 1000


@dataclass(frozen=True)
class Moment:
    """A moment at which rules can be asked: the features a condition may name, and a decision point's options."""

    at: str
    features: Mapping[str, Feature]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A rule as it was proposed; nothing in it is trusted. `action`: a name, or a mapping of name and parameters."""

    origin: str
    condition: object
    action: object
    at: object = "start"
    foretells: object = None
    explanation: object = ""
    name: object = None


@dataclass(frozen=True)
class RefusedRule:
    """A proposal that is no rule here, as people see it; `reason`: one sentence."""

    origin: str
    name: str | None
    at: str
    condition: str
    reason: str


@dataclass(frozen=True)
class Known:
    """What rules of a process may name: its moments by their `at`, and its activities."""

    moments: Mapping[str, Moment]
    activities: tuple[str, ...]
    catalogue: Mapping[str, ActionType] = field(default_factory=lambda: CATALOGUE)


class _RefusedError(Exception):
    """Why a proposal is no rule."""


def validate(proposal: Proposal, known: Known) -> Rule | RefusedRule:
    """The rule that is proposed, or why it is none; never raises, whatever the proposal holds."""
    try:
        return _rule(proposal, known)
    except (_RefusedError, RefusedAction) as error:
        reason = str(error)
    except RefusedCondition as error:
        reason = f"the condition: {error.reason}"
    return RefusedRule(
        proposal.origin,
        _line(proposal.name, LONGEST_NAME) or None,
        _line(proposal.at, LONGEST_EXPLANATION),
        _line(proposal.condition, 2000),
        _line(reason, LONGEST_EXPLANATION),
    )


def _rule(proposal: Proposal, known: Known) -> Rule:
    moment = _moment(proposal.at, known)
    condition = _condition(proposal.condition, moment)
    action = read_action(proposal.action, Named(known.activities, moment.options), known.catalogue)
    kind, foretells = _foretold(proposal.foretells, action, moment, known)
    return Rule(
        kind=kind,
        at=moment.at,
        condition=condition.text,
        action=action,
        origin=proposal.origin,
        foretells=foretells,
        explanation=_line(proposal.explanation, LONGEST_EXPLANATION),
        name=_line(proposal.name, LONGEST_NAME) or None,
    )


def _condition(text: object, moment: Moment) -> Condition:
    if not isinstance(text, str):
        raise _RefusedError(f"the condition: {shown(text)} is not a text")
    condition = parse_condition(text, moment.features)
    if never_true(condition.tree):
        raise _RefusedError(f"the condition: {condition.text} can never be true")
    return condition


def _moment(said: object, known: Known) -> Moment:
    """The moment that is meant: as it stands, or without regard to case, white space and the order of options."""
    if not isinstance(said, str):
        raise _RefusedError(f"{shown(said)} is no moment; write start, after an activity, or a decision point")
    if said in known.moments:
        return known.moments[said]
    alike = [moment for at, moment in known.moments.items() if _form(at) == _form(said)]
    if len(alike) == 1:
        return alike[0]
    before, after, activity = said.strip().partition(" ")
    if before.casefold() == "after" and after:
        name = known_name(activity.strip(), known.activities, "unknown activity")
        raise _RefusedError(f"no rule can be asked after {shown(name)} in this log")
    hint = did_you_mean(said, known.moments) or "; write start, after an activity, or a decision point"
    raise _RefusedError(f"unknown moment {shown(said)}{hint}")


def _form(at: str) -> tuple[str, ...]:
    before, arrow, options = " ".join(at.casefold().split()).replace("->", "→").rpartition("→")
    return (before.strip(), arrow, *sorted(option.strip() for option in options.split("|")))


def _foretold(said: object, action: Action, moment: Moment, known: Known) -> tuple[str, str]:
    """The kind of the rule and what it foretells: as it was said, else as the action goes."""
    if said is not None and not isinstance(said, str):
        raise _RefusedError(f"foretells {shown(said)} is not a text")
    goes_to = {"route": dict(action.parameters).get("to"), "close_case": "end"}.get(action.name)
    if goes_to is not None:
        if goes_to not in moment.options:
            raise _RefusedError(f"{action.name} is asked for at a decision point with the option {shown(goes_to)}")
        if said not in (None, "", goes_to):
            raise _RefusedError(f"it foretells {shown(said)} and goes to {shown(goes_to)}; leave foretells out")
        return "decision", str(goes_to)
    foretells = said or known.catalogue[action.name].foretells
    if foretells in moment.options:
        return "decision", foretells
    if foretells not in KIND_OF_TARGET:
        allowed = (*KIND_OF_TARGET, *moment.options)
        hint = did_you_mean(foretells, allowed) or f"; write one of {', '.join(allowed)}"
        raise _RefusedError(f"unknown foretells {shown(foretells)}{hint}")
    return KIND_OF_TARGET[foretells], foretells


def _line(value: object, longest: int) -> str:
    """A text as one printable line: what a person or a model wrote is shown, and shows nothing else."""
    text = value if isinstance(value, str) else "" if value is None else shown(value)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
