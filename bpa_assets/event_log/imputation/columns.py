"""One column with absent values: how they are guessed, and whether that is better than the plain mode or median.

What a way to guess is: `guesses.py`. Which columns and which of their rows are asked for: `values.py` (resource, role
and attributes of instances) and `records.py` (activity and time of records).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import polars as pl

from bpa_assets.event_log.imputation.guesses import (
    FEWEST_KNOWN,
    Kind,
    Way,
    by_context,
    by_repeating,
    column_of,
    guessed,
    plain_guess,
)

LIKELY = 0.5
"""A category that is more likely wrong than right is no repair."""
WORTH = 0.05
"""By how much the guesses must beat the plain one: share of values right, or of the median's mean error."""
_MOST_WAYS = 4
_WORTH_ASKING = 0.01
"""Share of the known rows that a further way must be able to speak of."""
_CERTAIN = 2.0
"""Standard errors by which the guesses must beat the plain one."""


@dataclass(frozen=True)
class ColumnModel:
    """How to guess the absent values of one column; `ways` in the order they are asked.

    `abstains_because`: why nothing is to be filled in, else null.
    """

    kind: Kind
    ways: tuple[Way, ...]
    abstains_because: str | None = None

    @property
    def features(self) -> frozenset[str]:
        """What a row to guess must have."""
        return frozenset(name for way in self.ways for name in (*way.context, *([way.repeats] if way.repeats else [])))

    def sentence(self) -> str:
        """What is taken, in the order in which it is asked."""
        usual = "most frequent value" if self.kind == "category" else "median"
        return "; else ".join(
            f"the case's value in {column_of(way.repeats)}"
            if way.repeats
            else f"{usual} by {', '.join(map(column_of, way.context))}"
            for way in self.ways
        )

    def guesses(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Each row's `guess` (text or float; null: it stays absent), `accuracy` and `plain`: expected shares right."""
        found = guessed(rows, self.ways)
        keep = pl.col("guess").is_not_null()
        if self.kind == "category":
            keep &= pl.col("accuracy") >= LIKELY
        return found.select(pl.when(keep).then(pl.col(name)).alias(name) for name in ("guess", "accuracy", "plain"))


def learn_column(
    known: pl.DataFrame,
    *,
    kind: Kind,
    contexts: Iterable[Sequence[str]],
    repeats: Sequence[str] = (),
    hidden: pl.DataFrame | None = None,
) -> ColumnModel:
    """Learn from the rows where the value is known.

    `known`: `value` (category: text; number: float, then also `reach`: what an error is compared with), the columns
    named in `contexts` (texts), and those in `repeats` (the value in a neighbouring row, null where unknown). `hidden`:
    those of them from which the contexts are learned, and which are hidden in turn; by default all.
    """
    if known.height < FEWEST_KNOWN:
        return ColumnModel(kind, (), f"only {known.height} values are known")
    plain = plain_guess(known["value"], kind)
    found = [by_repeating(known, feature, kind=kind, plain=plain) for feature in repeats]
    told = known if hidden is None else hidden
    found += [by_context(told, context, kind=kind, plain=plain) for context in contexts]
    ways = sorted((way for way in found if way is not None), key=lambda way: (way.loss, len(way.context)))
    if not ways:
        return ColumnModel(kind, (), "no context is known from enough rows")
    chosen, reasons = _covering(told, ways, kind, plain)
    return ColumnModel(kind, chosen, None if chosen else reasons[0])


def _covering(
    known: pl.DataFrame, ways: Sequence[Way], kind: Kind, plain: str | float
) -> tuple[tuple[Way, ...], list[str]]:
    """The best ways, best first, each of which can speak of rows that those before it cannot, and is worth it there.

    And why the others are not.
    """
    chosen: list[Way] = []
    reasons: list[str] = []
    open_rows = known
    for way in ways:
        found = guessed(open_rows, [way])
        said = found["guess"].is_not_null()
        if said.sum() > _WORTH_ASKING * known.height:
            if reason := _why_not(known, found.filter(said), kind, plain):
                reasons.append(reason)
                continue
            chosen.append(way)
            open_rows = open_rows.filter(~said)
        if len(chosen) == _MOST_WAYS or open_rows.height <= _WORTH_ASKING * known.height:
            break
    return tuple(chosen), reasons or ["no context is known from enough rows"]


def _why_not(known: pl.DataFrame, found: pl.DataFrame, kind: Kind, plain: str | float) -> str | None:
    """Why guesses are no better than the plain mode or median, by all known values hidden in turn."""
    baseline = "most frequent value" if kind == "category" else "median"
    if kind == "category":
        found = found.filter(pl.col("accuracy") >= LIKELY)
    if not found.height:
        return f"no guess would be right in {LIKELY:.0%} of the rows"
    worth = WORTH * (1.0 if kind == "category" else float((known["value"] - plain).abs().mean()))  # type: ignore[arg-type]
    gain, square = float(found["gain"].mean()), float(found["gain_square"].mean())  # type: ignore[arg-type]
    if gain >= worth and gain >= _CERTAIN * sqrt(max(square - gain**2, 0.0) / found.height):
        return None
    return f"no context tells it better than the {baseline}"
