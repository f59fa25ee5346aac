"""Which of several rules goes first: in decision tables, in the report, in what a run says."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
_STATUSES = ("accepted", "proposed", "refused")
_TEXT = re.compile("'(?:[^']|'')*'")
_NAME = re.compile(r'"(?:[^"]|"")*"|(?<!\w)[a-z]\w*')
# The words of the language, and what only says which way the case came: the model shows that already.
_OF_THE_WAY = re.compile(
    r"(and|or|not|in|between|is|null|true|false|date|timestamp|times_\w+|last_activity|events_so_far)"
)


def strongest_first(rules: Iterable[Row]) -> list[Row]:
    """Rows of `rule_set`: accepted ones, others, refused ones; each by the precision that is sure on later cases.

    That is `holdout_precision_low`; among equals the one that fires more often in later cases, then the one with the
    lesser id. A rule that later cases say nothing of comes after those of which they do.
    """
    return sorted(
        rules,
        key=lambda row: (
            _STATUSES.index(row["status"]),
            -(row["holdout_precision_low"] if row["holdout_precision_low"] is not None else -1.0),
            -(row["holdout_support"] or 0),
            row["rule_id"],
        ),
    )


def in_force(rules: Iterable[Row]) -> list[Row]:
    """The rules that nobody refused, the strongest first."""
    return strongest_first(row for row in rules if row["status"] != "refused")


def most_telling(rules: Iterable[Row]) -> Row | None:
    """The rule in force to show where there is room for one; None where later cases say nothing of any.

    First those whose condition names more than the way that the case came; then what gains most: the later cases in
    which it fires times what its precision is, at its low bound, above what it would be without the rule.
    """
    known = [row for row in in_force(rules) if row["holdout_precision_low"] is not None]
    return max(known, key=lambda row: (_says_why(row["condition"]), _gain(row)), default=None)


def _says_why(condition: str) -> bool:
    names = (name.strip('"') for name in _NAME.findall(_TEXT.sub("", condition)))
    return any(not _OF_THE_WAY.fullmatch(name) for name in names)


def _gain(row: Row) -> float:
    return float(row["holdout_support"] * (row["holdout_precision_low"] - (row["holdout_base_rate"] or 0.0)))
