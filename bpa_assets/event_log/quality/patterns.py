"""What a pattern of imperfection is, and what is said when it is found in a log.

The patterns themselves are in `catalog.py`; the modules beside it find them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["info", "warning", "error"]
Action = Literal["kept", "imputed", "rejected"]
Unit = Literal["rows", "cases", "days", "resources", "columns"]


@dataclass(frozen=True)
class Pattern:
    """One kind of imperfection.

    `check` is the sentence that is true when the log is free of it. A share above `warns_above` is a warning, one above
    `stops_above` stops the run, because a model of such a log would be wrong; up to `warns_above` it is told only.
    `because` gives the reason of the thresholds, `source` where the pattern is described.
    """

    name: str
    check: str
    meaning: str
    unit: Unit
    warns_above: float
    because: str
    stops_above: float | None = None
    source: str = ""

    def severity(self, share: float) -> Severity:
        """How much it matters that this share of the log shows the pattern."""
        if self.stops_above is not None and share > self.stops_above:
            return "error"
        return "warning" if share > self.warns_above else "info"


@dataclass(frozen=True)
class Example:
    """A row in which the pattern can be seen: where the record lies in its source, and the value that shows it."""

    source_file: str | None
    source_row: int | None
    case_id: str | None
    activity: str | None
    value: str | None


@dataclass(frozen=True)
class Issue:
    """One pattern found in one column of a log.

    `rows`: how many (of the pattern's unit) show it, `of`: out of how many; `told`: what was found, as a clause.
    """

    pattern: Pattern
    column: str
    rows: int
    of: int
    told: str
    examples: Sequence[Example] = field(default=())
    action: Action = "kept"
    imputation_accuracy: float | None = None

    @property
    def share(self) -> float:
        """Rows as a share of all, 0 to 1."""
        return min(self.rows / self.of, 1.0) if self.of else 0.0

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return self.pattern.severity(self.share)
