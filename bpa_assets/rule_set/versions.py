"""What became of the rules since the published run before: new, the same, changed, gone.

A rule is found again by its id, which is made from its content. One that is gone and whose moment, kind and foretold
way are those of a new rule, with the same features in its condition, has moved: the new one replaces it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

CHANGED_BY = 0.05
"""A rule whose confidence or later-case precision has moved by more than this is `changed`."""

_STRENGTHS = ("confidence", "holdout_precision")
_SLACK = 1e-9


@dataclass(frozen=True)
class Versions:
    """`changes`: rule_id → `change` and `replaces`; `gone`: rows of the lake table `gone_rule`."""

    changes: dict[str, dict[str, str | None]]
    gone: list[dict[str, Any]]


def compare(now: Sequence[Row], before: Sequence[Row] | None, names: Mapping[str, frozenset[str]]) -> Versions:
    """Compare rows of `rule_set` with those of the published run before; None: that run had no rules stage.

    `names`: the features that each condition names, by its text; a condition that is not in it names none.
    """
    if before is None:
        return Versions({row["rule_id"]: {"change": None, "replaces": None} for row in now}, [])
    earlier = {row["rule_id"]: row for row in before}
    kept = {row["rule_id"] for row in now}
    gone = {rule_id: row for rule_id, row in sorted(earlier.items()) if rule_id not in kept}
    new = [row for row in now if row["rule_id"] not in earlier]
    replaces = _moved(new, gone, names)
    changes: dict[str, dict[str, str | None]] = {
        row["rule_id"]: {
            "change": _change(row, earlier.get(row["rule_id"])),
            "replaces": replaces.get(row["rule_id"]),
        }
        for row in now
    }
    replaced_by = {old: rule_id for rule_id, old in replaces.items()}
    columns = ("rule_id", "at", "condition", "action", "foretells")
    return Versions(
        changes,
        [
            {**{name: row[name] for name in columns}, "replaced_by": replaced_by.get(rule_id)}
            for rule_id, row in gone.items()
        ],
    )


def _change(now: Row, before: Row | None) -> str:
    if before is None:
        return "new"
    moved = any(_differ(now[name], before[name]) for name in _STRENGTHS)
    return "changed" if moved or now["status"] != before["status"] else "same"


def _differ(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is not other
    return abs(one - other) > CHANGED_BY + _SLACK


def _moved(new: Sequence[Row], gone: Mapping[str, Row], names: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """New rule → the gone one it replaces; each gone one once, by the order of ids."""
    waiting = dict(gone)
    found = {}
    for row in sorted(new, key=lambda one: str(one["rule_id"])):
        match = next((old for old, other in waiting.items() if _likeness(row, names) == _likeness(other, names)), None)
        if match is not None:
            found[str(row["rule_id"])] = match
            del waiting[match]
    return found


def _likeness(row: Row, names: Mapping[str, frozenset[str]]) -> tuple[Any, ...]:
    return (row["kind"], row["at"], row["foretells"], names.get(row["condition"], frozenset()))
