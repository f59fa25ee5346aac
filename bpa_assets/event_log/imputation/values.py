"""Absent resources, roles and attributes of activity instances: where a value belongs, and what it most likely is.

A column is expected of an activity that has it in at least half of its rows; elsewhere its absence means something,
and nothing is filled in. Absent activities and times are `records.py`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.event_log.imputation.columns import ColumnModel, learn_column
from bpa_assets.event_log.imputation.guesses import Kind, column_of, feature
from bpa_assets.event_log.waits import Integers

EXPECTED = 0.5
SAMPLE = 200_000
"""Rows that are learned from: whole cases, so that every context occurs as in the log."""
_FEW_VALUES = 200
"""A column with more distinct values is no context: its groups would be too small."""
_MOST_FEATURES = 12
_FEW_NUMBERS = 20
_CONSTANT = 0.995
_EXACT = 2**53
"""Beyond it whole numbers are not exact as floats: they are names, not amounts."""
_NO_ROW = "\x02"
"""The neighbour of a first or last row: not unknown, but none."""

Columns = Mapping[str, pa.Array]


@dataclass
class Outcome:
    """What became of one column; `known` and `filled` count its values (numbers by tenths of what is known)."""

    absent: int = 0
    filled: int = 0
    accuracy: float = 0.0
    plain: float = 0.0
    known_values: Counter[object] = field(default_factory=Counter)
    filled_values: Counter[object] = field(default_factory=Counter)

    def drift(self) -> float | None:
        """Total variation distance between the distribution of the known values and of all; null if none was filled."""
        known, filled = self.known_values.total(), self.filled_values.total()
        if not known or not filled:
            return None
        after = known + filled
        return (
            sum(
                abs(self.known_values[value] / known - (self.known_values[value] + self.filled_values[value]) / after)
                for value in self.known_values | self.filled_values
            )
            / 2
        )


@dataclass(frozen=True)
class _Target:
    """A column with absent values, the activities that are expected to have it, and how it is guessed."""

    name: str
    activities: frozenset[str]
    model: ColumnModel
    tenths: npt.NDArray[np.float64] | None


@dataclass
class Values:
    """Fills absent values of instances, a bucket of whole cases at a time. Made by `learn_values`."""

    targets: tuple[_Target, ...]
    outcomes: dict[str, Outcome]
    kinds: Mapping[str, Kind]

    def fill(self, columns: Columns, case: Integers) -> tuple[dict[str, pa.Array], dict[str, npt.NDArray[np.bool_]]]:
        """The columns with guesses in place of absent values; and, of each that changed, in which rows.

        `columns`: activity, resource, role and the attributes; rows sorted by case and in their final order.
        """
        changed: dict[str, pa.Array] = {}
        marks: dict[str, npt.NDArray[np.bool_]] = {}
        holes = {target.name: self._holes(target, columns) for target in self.targets}
        asked = [one for one in self.targets if holes[one.name].any() and not one.model.abstains_because]
        rows = (
            _Rows(_needed(columns, asked), case, self.kinds).frame([target.name for target in asked])
            if asked
            else pl.DataFrame()
        )
        for target in asked:
            values, mark = self._filled(target, columns[target.name], holes[target.name], rows)
            if mark.any():
                changed[target.name], marks[target.name] = values, mark
        return changed, marks

    def _holes(self, target: _Target, columns: Columns) -> npt.NDArray[np.bool_]:
        """The rows in which the column is absent, and expected."""
        column = columns[target.name]
        holes = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
        if column.null_count:
            holes = holes & _is_any_of(columns["activity"], target.activities)
            self.outcomes[target.name].absent += int(holes.sum())
        return holes

    def _filled(
        self, target: _Target, column: pa.Array, holes: npt.NDArray[np.bool_], rows: pl.DataFrame
    ) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
        """The column with its guesses, and where they are."""
        outcome, mark = self.outcomes[target.name], np.zeros(len(column), dtype=np.bool_)
        guesses = target.model.guesses(rows.filter(pl.Series(holes)))
        mark[np.flatnonzero(holes)[guesses["guess"].is_not_null().to_numpy()]] = True
        found = guesses.drop_nulls("guess")
        outcome.filled += found.height
        outcome.accuracy += float(found["accuracy"].sum())
        outcome.plain += float(found["plain"].sum())
        values = _with_guesses(column, mark, found["guess"])
        _count(outcome.known_values, column.filter(pa.array(~mark)), target.tenths)
        _count(outcome.filled_values, values.filter(pa.array(mark)), target.tenths)
        return values, mark


def learn_values(columns: Columns, case: Integers) -> Values | None:
    """Learn from instances (as `Values.fill` gets them); None if nothing is absent where it is expected."""
    step = max(1, -(-len(case) // SAMPLE))
    if step > 1:
        taken = np.flatnonzero(case % step == 0)
        columns = {name: column.take(pa.array(taken)) for name, column in columns.items()}
        case = case[taken]
    kinds = {name: _kind(column) for name, column in columns.items()}
    rows = _Rows(columns, case, kinds)
    found = [rows.target(name) for name in columns if name != "activity"]
    targets = tuple(target for target in found if target is not None)
    return Values(targets, {target.name: Outcome() for target in targets}, kinds) if targets else None


class _Rows:
    """The instances of some cases as features: what each row and its neighbours hold, as texts.

    `kinds`: of the columns, as they were learned: another bucket of the log may look otherwise.
    """

    def __init__(self, columns: Columns, case: Integers, kinds: Mapping[str, Kind]) -> None:
        self._columns, self._kinds = columns, kinds
        features = {feature(name): _as_feature(column, kinds[name]) for name, column in columns.items()}
        self._frame = pl.DataFrame({"case": case} | features)
        self._steady: dict[str, bool] = {}

    def frame(self, targets: list[str]) -> pl.DataFrame:
        """All features, and the neighbouring values of the targets as `… before` and `… after`."""
        activity, wanted = pl.col(_ACTIVITY), [feature(name) for name in targets]
        return self._frame.with_columns(
            activity.shift(1, fill_value=_NO_ROW).over("case").alias(_before(_ACTIVITY)),
            activity.shift(-1, fill_value=_NO_ROW).over("case").alias(_after(_ACTIVITY)),
            *(pl.col(name).shift(1).forward_fill().over("case").alias(_before(name)) for name in wanted),
            *(pl.col(name).shift(-1).backward_fill().over("case").alias(_after(name)) for name in wanted),
        )

    def target(self, name: str) -> _Target | None:
        """How the column is to be guessed; None if no value is absent where it is expected."""
        own, kind = feature(name), self._kinds[name]
        activities = self._activities_with(own)
        if not activities:
            return None
        known = self.frame([name]).filter(pl.col(own).is_not_null()).with_columns(value=pl.col(own))
        if kind == "number":
            known = known.with_columns(reach=pl.col("value").abs())
        steady = self._is_steady(own)
        contexts = [] if _is_unique(known["value"], kind) else [*self._contexts(own, kind, steady=steady)]
        # Who lacks what is constant in a case lacks it in all its rows: a case is hidden, not a row.
        hidden = known.unique("case", keep="first", maintain_order=True) if steady else known
        model = learn_column(known, kind=kind, contexts=contexts, repeats=[_before(own), _after(own)], hidden=hidden)
        tenths = None
        if kind == "number" and known.height:
            tenths = np.unique(np.quantile(known["value"].to_numpy(), np.linspace(0.1, 0.9, 9)))
        return _Target(name, activities, model, tenths)

    def _activities_with(self, name: str) -> frozenset[str]:
        """The activities that have a value in at least half of their rows, if any of these lacks one."""
        present = self._frame.group_by(_ACTIVITY).agg(share=pl.col(name).is_not_null().mean())
        expected = present.filter(pl.col("share") >= EXPECTED)
        if expected.height == 0 or (expected["share"] == 1.0).all():
            return frozenset()
        return frozenset(expected[_ACTIVITY].drop_nulls().to_list())

    def _contexts(self, target: str, kind: Kind, *, steady: bool) -> Iterator[tuple[str, ...]]:
        """What may tell the target. Of what is constant in a case, only what is constant too: else its rows differ."""
        features = [name for name in self._features() if name != target]
        if steady:
            features = [name for name in features if self._is_steady(name)]
            yield from ((name,) for name in features)
            yield from ((one, other) for one in features[:4] for other in features[:4] if one < other)
            return
        before, after = _before(_ACTIVITY), _after(_ACTIVITY)
        yield from ((_ACTIVITY,), (_ACTIVITY, before), (_ACTIVITY, after), (_ACTIVITY, before, after))
        if kind == "category":
            yield from ((_ACTIVITY, _before(target)), (_ACTIVITY, _before(target), _after(target)))
        for name in features:
            yield (name,)
            yield (_ACTIVITY, name)

    def _features(self) -> list[str]:
        """The columns that can be a context, beside the activity."""
        names = [feature(name) for name in self._columns if name != "activity" and self._kinds[name] == "category"]
        counts = self._frame.select(pl.col(name).n_unique() for name in names)
        return [name for name in names if 1 < counts[name][0] <= _FEW_VALUES][:_MOST_FEATURES]

    def _is_steady(self, name: str) -> bool:
        """Whether the column is (nearly) always the same within a case."""
        if name not in self._steady:
            before = pl.col(name).shift(1).forward_fill().over("case")
            pairs = self._frame.select(now=pl.col(name), before=before).drop_nulls()
            self._steady[name] = pairs.height > 0 and float((pairs["now"] == pairs["before"]).mean()) >= _CONSTANT  # type: ignore[arg-type]
        return self._steady[name]


_ACTIVITY = feature("activity")


def _before(name: str) -> str:
    return f"{name} before"


def _after(name: str) -> str:
    return f"{name} after"


def _needed(columns: Columns, targets: Sequence[_Target]) -> Columns:
    """The columns that guesses of these look at, of the row or of its neighbours."""
    looked_at = {"activity", *(target.name for target in targets)}
    for target in targets:
        looked_at |= {column_of(name).removesuffix(" before").removesuffix(" after") for name in target.model.features}
    return {name: column for name, column in columns.items() if name in looked_at}


def _kind(column: pa.Array) -> Kind:
    """Few whole numbers are codes, and those of very many digits are names: they have a mode."""
    if pa.types.is_floating(column.type):
        return "number"
    if not pa.types.is_integer(column.type) or len(column.unique()) <= _FEW_NUMBERS:
        return "category"
    least, most = pc.min_max(column).as_py().values()
    return "number" if least > -_EXACT and most < _EXACT else "category"


def _as_feature(column: pa.Array, kind: Kind) -> pl.Series:
    """Texts; of a number its value, which is none if it is not finite."""
    if kind == "number":
        numbers = pl.Series("number", column.cast(pa.float64(), safe=False))
        return pl.select(pl.when(numbers.is_finite()).then(numbers)).to_series()
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    return pl.Series(column.cast(pa.string()))


def _is_unique(known: pl.Series, kind: Kind) -> bool:
    """Texts of which nearly every one is another: none is usual anywhere."""
    return kind == "category" and known.n_unique() > max(_FEW_VALUES, len(known) // 20)


def _is_any_of(activity: pa.Array, names: frozenset[str]) -> npt.NDArray[np.bool_]:
    listed = np.array([name in names for name in activity.dictionary.to_pylist()], dtype=np.bool_)
    return np.asarray(listed[activity.indices.to_numpy()])


def _with_guesses(column: pa.Array, mark: npt.NDArray[np.bool_], guesses: pl.Series) -> pa.Array:
    """The column, of the same type, with the guesses (in order) where it is marked."""
    values = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    guess = (
        guesses.round(0).cast(pl.Int64) if guesses.dtype.is_float() and pa.types.is_integer(values.type) else guesses
    )
    if pa.types.is_timestamp(values.type):
        guess = guesses.cast(pl.Int64)
    filled = pc.replace_with_mask(values, pa.array(mark), guess.to_arrow().cast(values.type))
    return pc.dictionary_encode(filled) if pa.types.is_dictionary(column.type) else filled


def _count(counts: Counter[object], values: pa.Array, tenths: npt.NDArray[np.float64] | None) -> None:
    if tenths is not None:
        numbers = values.drop_null().cast(pa.float64(), safe=False).to_numpy()
        counts.update(
            dict(enumerate(np.bincount(np.searchsorted(tenths, numbers), minlength=len(tenths) + 1).tolist()))
        )
        return
    for pair in values.drop_null().value_counts().to_pylist():
        counts[pair["values"]] += pair["counts"]
