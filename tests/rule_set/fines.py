"""A small process as a language model is told of it, and the validator of its rules."""

from collections.abc import Mapping
from typing import Any

from bpa_assets.rule_set.action_catalogue import CATALOGUE
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.proposals.told_facts import MomentFacts, ProcessFacts
from bpa_assets.rule_set.rule import Rule
from bpa_assets.rule_set.validation import Known, Moment, Proposal, RefusedRule, validate

CHOICE = "Create Fine → Payment | Send Fine"
FEATURES = {
    feature.name: feature
    for feature in (
        Feature("amount", "number", "attribute", "the fine in euros", low=5, high=8000.123456789),
        Feature("vehicle", "text", "attribute", "class of the vehicle", values=("car", "lorry", "motor")),
        Feature("elapsed", "duration", "computed", "seconds since the case began", low=0, high=864000),
        Feature("last_resource", "text", "computed", "who did the last activity", values=("Anna Berg", "Bo Li")),
        Feature("mail", "text", "attribute", "where to write", values=("a@example.com", "post")),
        Feature("driver", "text", "attribute", "who drove", values=tuple(f"Driver {n}" for n in range(45))),
    )
}
MOMENTS = (
    MomentFacts(CHOICE, 400, {"Send Fine": 0.71, "Payment": 0.29}),
    MomentFacts("start", 400, {"sla_breach": 0.12}),
)
FACTS = ProcessFacts(
    process="fines",
    cases=400,
    activities={"Create Fine": 400, "Send Fine": 284, "Payment": 116},
    moments=MOMENTS,
    features=FEATURES,
    actions={name: [parameter.name for parameter in kind.parameters] for name, kind in CATALOGUE.items()},
    bottlenecks=("Create Fine → Send Fine: waits 87 days in the middle",),
    limits=("cycle time: 120 days",),
)
KNOWN = Known(
    {moment.at: Moment(moment.at, FEATURES, tuple(moment.options) if " → " in moment.at else ()) for moment in MOMENTS},
    tuple(FACTS.activities),
)


def check(proposal: Mapping[str, Any]) -> Rule | RefusedRule:
    """The validator, on this process."""
    return validate(Proposal(**proposal), KNOWN)
