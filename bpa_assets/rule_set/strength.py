"""Which of several rules goes first: in decision tables, in the report, in what a run says."""

from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
_STATUSES = ("accepted", "proposed", "refused")


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
