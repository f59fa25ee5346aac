"""Ways to guess an absent value, each with how often it would have been right where the value is known.

A way looks at the context of a row (its activity, its neighbours, who did it, …) and takes what is most usual there:
the mode of a category, the median of a number; or it repeats the value that the case has in the row before or after.
Its accuracy is measured by leave-one-out: every known value is hidden in turn, and guessed from all the others.
Add a way here; which rows and columns are guessed at all is decided in `columns.py` and `absent_records.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Kind = Literal["category", "number"]
"""category: the mode, right if equal; number: the median, right within `NEAR` of the true value (or of `reach`)."""

NEAR = 0.1
FEWEST_IN_GROUP = 5
"""A context that is known from fewer rows says nothing: the next way is asked."""
FEWEST_KNOWN = 30
PULL = 10
"""So many rows of average accuracy are added to each group: small ones that look good by chance would be chosen."""

_FEATURE = ":"

MEASURES = ("guess", "accuracy", "plain", "gain", "gain_square")
"""Of a group: what to fill in; expected share right; share right of the plain mode or median on the same rows; how much
smaller the error is than the plain one's, and its square (a category's error is 0 or 1)."""


@dataclass(frozen=True)
class Way:
    """One way to guess: `groups` has the columns of `context` (texts), then `MEASURES`.

    `repeats`: the feature that is repeated instead; `groups` then has one row and no guess. `loss`: its mean error
    over the known rows that it can speak of.
    """

    context: tuple[str, ...]
    groups: pl.DataFrame
    loss: float
    repeats: str | None = None


def feature(column: str) -> str:
    """The name of a column of the log among the features: whatever it is called, it meets no name of ours."""
    return f"{_FEATURE}{column}"


def column_of(name: str) -> str:
    """The column of the log that a feature is of."""
    return name.removeprefix(_FEATURE)


def plain_guess(known: pl.Series, kind: Kind) -> str | float:
    """The baseline: the mode (of equally frequent ones the first by name), or the median, of all known values."""
    if kind == "number":
        return float(known.median())  # type: ignore[arg-type]
    counts = known.value_counts(name="n").sort("n", known.name, descending=[True, False])
    return str(counts[known.name][0])


def by_context(rows: pl.DataFrame, context: Sequence[str], *, kind: Kind, plain: str | float) -> Way | None:
    """The way that takes what is usual in this context; None if no context is known from enough rows.

    `rows`: the known ones, with the columns of `context` and `value` as texts; of a number, `value` and `reach` (what
    an error is compared with) as floats. Rows whose context is unknown are left out.
    """
    whole = rows.drop_nulls(list(context))
    measured = _modes(whole, context, str(plain)) if kind == "category" else _medians(whole, context, float(plain))
    groups = measured.filter(pl.col("known") >= FEWEST_IN_GROUP)
    if not groups.height:
        return None
    of_all = {name: (pl.col(name) * pl.col("known")).sum() / pl.col("known").sum() for name in ("loss", "accuracy")}
    pulled = (pl.col("accuracy") * pl.col("known") + of_all["accuracy"] * PULL) / (pl.col("known") + PULL)
    loss = float(groups.select(of_all["loss"]).item())
    return Way(tuple(context), groups.with_columns(accuracy=pulled).select(*context, *MEASURES), loss)


def by_repeating(rows: pl.DataFrame, feature: str, *, kind: Kind, plain: str | float) -> Way | None:
    """The way that repeats another row's value (column `feature`), as `by_context` measures it."""
    known = rows.filter(pl.col(feature).is_not_null())
    if known.height < FEWEST_KNOWN:
        return None
    if kind == "category":
        right, plain_right = pl.col(feature) == pl.col("value"), pl.col("value") == plain
        loss, plain_loss = 1.0 - right.cast(pl.Float64), 1.0 - plain_right.cast(pl.Float64)
    else:
        loss, plain_loss = (pl.col("value") - pl.col(feature)).abs(), (pl.col("value") - plain).abs()
        right, plain_right = loss <= NEAR * pl.col("reach"), plain_loss <= NEAR * pl.col("reach")
    group = known.select(
        accuracy=right.mean(),
        plain=plain_right.mean(),
        gain=(plain_loss - loss).mean(),
        gain_square=(plain_loss - loss).pow(2).mean(),
        loss=loss.mean(),
    )
    return Way((), group, group["loss"][0], repeats=feature)


def guessed(rows: pl.DataFrame, ways: Sequence[Way]) -> pl.DataFrame:
    """Each row's guess by the first way that can speak of it: columns `MEASURES`, null where none can.

    `rows` has the columns of all contexts (texts), and those that are repeated.
    """
    found = pl.DataFrame({name: pl.Series([], dtype=pl.Float64) for name in MEASURES}).clear(rows.height)
    for way in ways:
        one = _guessed_by(rows, way)
        found = pl.DataFrame(
            {
                name: one[name] if found[name].null_count() == rows.height else _first(found, one, name)
                for name in MEASURES
            }
        )
    return found


def _first(found: pl.DataFrame, further: pl.DataFrame, name: str) -> pl.Series:
    return pl.select(pl.when(found["guess"].is_not_null()).then(found[name]).otherwise(further[name])).to_series()


def _guessed_by(rows: pl.DataFrame, way: Way) -> pl.DataFrame:
    if way.repeats is None:
        keys = list(way.context)
        joined = rows.select(keys).join(way.groups, on=keys, how="left", maintain_order="left")
        return joined.select(MEASURES)
    is_known = rows[way.repeats].is_not_null()
    measures = {
        name: pl.select(pl.when(is_known).then(pl.lit(way.groups[name][0]))).to_series() for name in MEASURES[1:]
    }
    return pl.DataFrame({"guess": rows[way.repeats], **measures})


def _modes(rows: pl.DataFrame, context: Sequence[str], plain: str) -> pl.DataFrame:
    """Of each context: its mode, and how often a hidden value is the mode of the others."""
    keys = list(context)
    counts = rows.group_by([*keys, "value"]).agg(n=pl.len().cast(pl.Int64))
    by_size = counts.sort("n", "value", descending=[True, False])
    groups = by_size.group_by(keys, maintain_order=True).agg(
        guess=pl.col("value").first(),
        known=pl.col("n").sum(),
        first=pl.col("n").first(),
        second=pl.col("n").slice(1, 1).first().fill_null(0),
        plain_hits=pl.col("n").filter(pl.col("value") == plain).sum(),
    )
    lead = pl.col("first") - pl.col("second")
    # Without the hidden one the mode still leads, or is level with another (then a coin decides), or has lost.
    hits = pl.col("first") * pl.when(lead >= 2).then(1.0).when(lead == 1).then(0.5).otherwise(0.0)
    differ = pl.when(pl.col("guess") == plain).then(0.0).otherwise(pl.col("first") + pl.col("plain_hits"))
    return groups.with_columns(
        accuracy=hits / pl.col("known"), plain=pl.col("plain_hits") / pl.col("known")
    ).with_columns(
        gain=pl.col("accuracy") - pl.col("plain"), gain_square=differ / pl.col("known"), loss=1.0 - pl.col("accuracy")
    )


def _medians(rows: pl.DataFrame, context: Sequence[str], plain: float) -> pl.DataFrame:
    """Of each context: its median, and how far hidden values are from the median of the others."""
    keys = list(context)
    sizes = rows.group_by(keys).agg(known=pl.len().cast(pl.Int64), sorted=pl.col("value").sort())
    half = pl.col("known") // 2
    at = {name: pl.col("sorted").list.get(half + step, null_on_oob=True) for name, step in _MIDDLE.items()}
    groups = sizes.filter(pl.col("known") >= FEWEST_IN_GROUP).with_columns(**at, guess=pl.col("sorted").list.median())
    value = pl.col("value")
    error, plain_error = (value - _median_of_others(value)).abs(), (value - plain).abs()
    near = NEAR * pl.col("reach")
    measured = (
        rows.join(groups.drop("sorted"), on=keys)
        .group_by(keys)
        .agg(
            accuracy=(error <= near).mean(),
            plain=(plain_error <= near).mean(),
            gain=(plain_error - error).mean(),
            gain_square=(plain_error - error).pow(2).mean(),
            loss=error.mean(),
        )
    )
    return groups.drop("sorted", *_MIDDLE).join(measured, on=keys)


_MIDDLE = {"lower": -1, "middle": 0, "upper": 1}


def _median_of_others(value: pl.Expr) -> pl.Expr:
    """The median of a sorted group without one of its values: it only moves by a place around the middle."""
    lower, middle, upper = (pl.col(name) for name in _MIDDLE)
    odd = (
        pl.when(value < middle).then((middle + upper) / 2).when(value > middle).then((lower + middle) / 2)
        .otherwise((lower + upper) / 2)
    )  # fmt: skip
    even = pl.when(value < middle).then(middle).otherwise(lower)
    return pl.when(pl.col("known") % 2 == 1).then(odd).otherwise(even)
