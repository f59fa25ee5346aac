"""What a language model is asked for in a run, and what it took; where none is asked, nothing.

What it may say is `proposals.py`, what it is told `told_facts.py`; here the facts are put together from the run.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bpa_assets.durations import duration_text
from bpa_assets.rule_set.action_catalogue import CATALOGUE, action_text
from bpa_assets.rule_set.mining.coverage import coverage
from bpa_assets.rule_set.mining.mining import MinedRules
from bpa_assets.rule_set.proposals.proposals import Ask, explain, propose
from bpa_assets.rule_set.proposals.told_facts import MomentFacts, ProcessFacts
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.rule_sentence import short_sentence
from bpa_assets.rule_set.strength import strongest_first
from bpa_assets.rule_set.validation import Known, Proposal, RefusedRule, validate
from bpa_assets.settings import ProcessConfig
from bpa_resources.language_model import Answer

OFF = "off"
_MOST_PLACES = 10


@dataclass(frozen=True)
class Asking:
    """Who is asked, None if nobody is, and what the run knows of the process beside its moments.

    `activities`: cases of each; `bottlenecks`: rows of the table; `limits`: sentences.
    """

    process: str
    ask: Ask | None = None
    cases: int = 0
    activities: Mapping[str, int] = field(default_factory=dict)
    bottlenecks: Sequence[Mapping[str, Any]] = ()
    limits: Sequence[str] = ()


@dataclass(frozen=True)
class ModelWords:
    """Sentences by rule_id."""

    answer: Answer | None = None
    sentences: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class ModelRules:
    """What the model proposed; `refused`: rows of refused_rule; `asked`: proposals in all."""

    answer: Answer | None = None
    rules: tuple[Rule, ...] = ()
    refused: tuple[Mapping[str, str | None], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """How many were proposed."""
        return len(self.rules) + len(self.refused)

    def cost(self, words: ModelWords) -> dict[str, Any]:
        """The columns of rule_accounting about the model."""
        answers = [one for one in (self.answer, words.answer) if one is not None]
        if all(one.status == OFF for one in answers):
            return {"language_model": OFF, "tokens": 0, "cost": None, "seconds": 0.0}
        failed = next((one.why for one in answers if one.status == "failed"), None)
        costs = [one.cost for one in answers if one.cost is not None]
        return {
            "language_model": "answered" if failed is None else f"failed: {failed}",
            "tokens": sum(one.tokens_in + one.tokens_out for one in answers),
            "cost": sum(costs) if costs else None,
            "seconds": round(sum(one.seconds for one in answers), 3),
        }


def ask_for_rules(asking: Asking, mined: MinedRules, known: Known, ids: Collection[str]) -> ModelRules:
    """The rules that the model proposes and the validator accepts; none if it is off, slow, down or talks nonsense."""
    if asking.ask is None:
        return ModelRules()

    def check(said: Mapping[str, Any]) -> Rule | RefusedRule:
        return validate(Proposal(**said), known)

    found = propose(_facts(asking, mined), asking.ask, check, known=ids)
    return ModelRules(found.answer, found.rules, found.refused, _note(found.answer, "no rules are proposed"))


def ask_for_words(asking: Asking, rows: Sequence[Mapping[str, Any]]) -> ModelWords:
    """Sentences for rules (rows of rule_set) that have none."""
    if asking.ask is None:
        return ModelWords()
    told = explain([row for row in strongest_first(rows) if not row["explanation"]], asking.ask)
    return ModelWords(told.answer, told.sentences, _note(told.answer, "rules are explained in our words"))


def limits_in_words(config: ProcessConfig) -> list[str]:
    """The limits of `sla` in process.yaml, as sentences."""
    limits = {"cycle time": config.sla.cycle_time, "waiting time": config.sla.waiting_time, **config.sla.activities}
    return [f"{what}: at most {duration_text(one.limit)}" for what, one in limits.items() if one is not None]


def _note(answer: Answer, so: str) -> tuple[str, ...]:
    return (f"the language model was asked in vain, so {so}: {answer.why}",) if answer.status == "failed" else ()


def _facts(asking: Asking, mined: MinedRules) -> ProcessFacts:
    places = [one for one in asking.bottlenecks if one["preceding_activity"] is None and one["total_waiting_seconds"]]
    return ProcessFacts(
        process=asking.process,
        cases=asking.cases,
        activities=asking.activities,
        moments=_moments(mined),
        features=mined.features,
        actions={name: [one.name for one in kind.parameters] for name, kind in CATALOGUE.items()},
        bottlenecks=[
            f"{one['activity']}: {one['share_of_waiting']:.0%} of all waiting, "
            f"{duration_text(one['mean_waiting_seconds'])} on average"
            for one in places[:_MOST_PLACES]
        ],
        limits=asking.limits,
        rules=[short_sentence(_told(rule)) for rule in mined.rules],
    )


def _told(rule: Rule) -> dict[str, Any]:
    return {"at": rule.at, "condition": rule.condition, "foretells": rule.foretells, "kind": rule.kind,
            "action": action_text(rule.action)}  # fmt: skip


def _moments(mined: MinedRules) -> list[MomentFacts]:
    """The moments with what may follow there, the most passed first."""
    found: dict[str, MomentFacts] = {}
    for row in coverage([], {}, mined.moments, mined.passages).decision_points:
        at, shares = str(row["decision_point"]), _shares(row)
        before = found.get(at, MomentFacts(at, 0, {}))
        cases = max(before.cases, int(str(row["cases"])))
        found[at] = MomentFacts(at, cases, {**before.options, **shares})
    return sorted(found.values(), key=lambda one: (-one.cases, one.at))


def _shares(row: Mapping[str, Any]) -> dict[str, float]:
    shares = dict(zip(row["options"], row["option_shares"], strict=True))
    if row["kind"] in ("choice", "loop", "skip"):
        return shares
    target = row["options"][0]
    return {target: shares[target]}
