"""A rule: when, under which condition, what is to be done; and its id, made from that alone.

Add here what a rule is, whoever proposed it; what is known of it (figures, status) stays out.
"""

import hashlib
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """What a rule asks for: an entry of the catalogue and its parameters, sorted by name."""

    name: str
    parameters: tuple[tuple[str, str | float | bool], ...] = ()


@dataclass(frozen=True)
class Rule:
    """At a moment of a case: if the condition is true, the action; and what the log is expected to show then."""

    kind: str  # "decision", "sla_breach", "outcome", "rework"
    at: str  # the moment
    condition: str  # canonical text of the language
    action: Action
    origin: str  # "tree", "language_model", "analyst"
    foretells: str  # decision: the option; else "sla_breach", "bad_outcome", "rework"
    explanation: str = ""
    name: str | None = None

    @property
    def rule_id(self) -> str:
        """The id made from the content: who proposed the rule, its name and its explanation do not change it."""
        content = {
            "kind": self.kind,
            "at": self.at,
            "condition": self.condition,
            "action": {"name": self.action.name, "parameters": dict(self.action.parameters)},
            "foretells": self.foretells,
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return f"r-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
