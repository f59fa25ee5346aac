"""A rule in one sentence, made from its parts: no name from a log and no model's words decide what it says."""

import json
from collections.abc import Mapping
from typing import Any

_FORETOLD = {
    "sla_breach": "it will break a limit",
    "bad_outcome": "it will end badly",
    "rework": "something will be done again",
}
_END = "end"


def short_sentence(row: Mapping[str, Any]) -> str:
    """`after Create Fine, amount > 500 → Send Fine`: a row of `rule_set`."""
    return f"{_when(row['at'])}, {row['condition']} → {_way(row)}"


def sentence(row: Mapping[str, Any]) -> str:
    """Such as: After “A”, if amount > 500: the case goes on with “B”. Action: route (to: B)."""
    when = _when(row["at"], quoted=True)
    condition = "always" if row["condition"] == "true" else f"if {row['condition']}"
    then = _FORETOLD.get(row["foretells"]) if row["kind"] != "decision" else None
    if then is None:
        then = "the case ends" if row["foretells"] == _END else f"the case goes on with “{row['foretells']}”"
    return f"{when[:1].upper()}{when[1:]}, {condition}: {then}. Action: {action_text(row['action'])}."


def action_text(action: str) -> str:
    """`route (to: Send Fine)`: of the JSON text of an action."""
    parameters = dict(json.loads(action))
    name = parameters.pop("name")
    said = ", ".join(f"{key}: {value}" for key, value in parameters.items())
    return f"{name} ({said})" if said else str(name)


def before_of(at: str) -> str:
    """What comes before a decision point: `Create Fine` of `Create Fine → Payment | Send Fine`."""
    return at.partition(" → ")[0]


def _when(at: str, *, quoted: bool = False) -> str:
    if at == "start":
        return "at the start"
    name = at.removeprefix("after ") if at.startswith("after ") and " → " not in at else before_of(at)
    return f"after “{name}”" if quoted else f"after {name}"


def _way(row: Mapping[str, Any]) -> str:
    return str(row["foretells"]) if row["kind"] == "decision" else str(json.loads(row["action"])["name"])
