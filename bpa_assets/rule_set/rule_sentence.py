"""A rule in one sentence, made from its parts: no name from a log and no model's words decide what it says."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bpa_assets.rule_set.share_text import share_text
from bpa_assets.rule_set.strength import in_force

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


def strongest_as_table(rows: Iterable[Mapping[str, Any]], most: int = 10) -> str:
    """The strongest rules as a Markdown table; no text of the log or of a model is markup in it."""
    shown = in_force(rows)[:most]
    if not shown:
        return "*no rule is kept*"
    lines = [
        (short_sentence(row), _share(row["holdout_precision"]), _share(row["holdout_base_rate"]), f"{row['support']:,}")
        for row in shown
    ]
    head = ["| rule | right in later cases | without it | fires |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(f"| {' | '.join(map(_cell, line))} |" for line in lines)])


def _share(value: float | None) -> str:
    return "" if value is None else share_text(value)


def _cell(text: str) -> str:
    plain = " ".join(text.split())
    return "".join(f"&#{ord(sign)};" if sign in "|<>&`*_[]\\" else sign for sign in plain)


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
