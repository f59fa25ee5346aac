"""The rules of the process as the page shows them: figures, examples, where they are asked, what is left undecided.

Every row is one of the stage's tables; a run of a version without rules has none of them, and its part is null.
"""

from typing import Any

from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables
from bpa_assets.rule_set.rule_sentence import action_text, before_of
from bpa_assets.rule_set.strength import strongest_first

MOST_RULES, MOST_POINTS, MOST_REFUSED = 100, 100, 50

_RULE = (
    *("rule_id", "name", "kind", "at", "condition", "foretells", "origin", "explanation", "status", "decided_by"),
    *("decided_reason", "change", "replaces", "cases", "support", "confidence", "base_rate", "coverage"),
    *("holdout_support", "holdout_precision", "holdout_precision_low", "holdout_recall", "holdout_base_rate"),
    *("q_value", "stability", "never_fires", "conflicts"),
)
_POINT = (
    *("decision_point", "kind", "cases", "passages", "majority", "majority_share", "decided_share", "rules"),
    *("not_decided_because", "element"),
)
_CHOICES = ("choice", "loop", "skip")
_GONE = ("rule_id", "at", "condition", "foretells", "replaced_by")


def rule_payload(tables: RunTables) -> Row | None:
    """`rules` (the strongest first, with `examples`), `points`, `refused`, `gone`, `accounting`; null without rules."""
    if not tables.has("rule_set"):
        return None
    rules = strongest_first(tables.rows("rule_set"))
    examples = _examples(tables)
    elements = {row["decision_point"]: row["element"] for row in tables.rows("decision_point")}
    return {
        "rules": [_rule(dict(row), examples, elements) for row in rules[:MOST_RULES]],
        "rules_left_out": max(len(rules) - MOST_RULES, 0),
        "points": [_picked(row, _POINT) for row in _undecided_first(tables)[:MOST_POINTS]],
        "refused": tables.rows("refused_rule")[:MOST_REFUSED],
        "gone": [_picked(row, _GONE) for row in tables.rows("gone_rule")[:MOST_REFUSED]],
        "accounting": {name: compact(value) if isinstance(value, float) else value
                       for name, value in tables.row("rule_accounting").items()},
    }  # fmt: skip


def _rule(row: Row, examples: dict[str, dict[bool, list[list[Any]]]], elements: dict[str, str | None]) -> Row:
    found = examples.get(row["rule_id"], {})
    return {
        **_picked(row, _RULE),
        "action": action_text(row["action"]),
        "after": _after(row["at"]),
        "element": elements.get(row["at"]) if row["kind"] == "decision" else None,
        "examples_for": found.get(True, []),
        "examples_against": found.get(False, []),
    }


def _after(at: str) -> str | None:
    """The activity after which a rule is asked; none at the start."""
    if at == "start":
        return None
    return at.removeprefix("after ") if at.startswith("after ") and " → " not in at else before_of(at)


def _examples(tables: RunTables) -> dict[str, dict[bool, list[list[Any]]]]:
    """By rule, for and against: case, the row after which it fires, whether the case is a later one."""
    found: dict[str, dict[bool, list[list[Any]]]] = {}
    for row in tables.rows("rule_example"):
        of_rule = found.setdefault(row["rule_id"], {})
        of_rule.setdefault(row["came_true"], []).append([row["case_id"], row["event_index"], row["later"]])
    return found


def _undecided_first(tables: RunTables) -> list[Row]:
    """Choices of the model before other moments; each by the passages that no rule decides, the most first."""
    rows = tables.rows("decision_point")

    def left(row: Row) -> float:
        return (row["passages"] or 0) * (1 - (row["decided_share"] or 0.0))

    return sorted(rows, key=lambda row: (row["kind"] not in _CHOICES, -left(row), row["decision_point"], row["kind"]))


def _picked(row: Row, names: tuple[str, ...]) -> Row:
    return {name: compact(row[name]) if isinstance(row[name], float) else row[name] for name in names}
