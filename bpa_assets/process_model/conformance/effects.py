"""What deviations go along with: the cycle times of cases with one beside those of cases without."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClosedCases:
    """The closed cases by ascending cycle time: the place of its variant in a list, and seconds."""

    variants: NDArray[np.int64]
    seconds: NDArray[np.float64]


def closed_cases(cases: Sequence[Path], variant_ids: Sequence[str]) -> ClosedCases:
    """From the stored table `cases`, by columns."""
    import pyarrow.parquet

    columns = ["variant_id", "is_open", "cycle_time_seconds"]
    table = pyarrow.parquet.read_table(list(cases), columns=columns, read_dictionary=["variant_id"])
    closed = table.filter(pc.invert(table["is_open"])).unify_dictionaries()
    numbers = {variant: number for number, variant in enumerate(variant_ids)}
    parts = [
        np.array([numbers[one] for one in chunk.dictionary.to_pylist()], np.int64)[chunk.indices.to_numpy()]
        for chunk in closed["variant_id"].chunks
        if len(chunk)
    ]
    variants = np.concatenate(parts) if parts else np.empty(0, np.int64)
    seconds = closed["cycle_time_seconds"].to_numpy()
    order = np.argsort(seconds, kind="stable")
    return ClosedCases(variants[order], seconds[order])


def effects(
    model: str,
    deviations: Iterable[tuple[int, str, str]],
    aligned: NDArray[np.bool_],
    cases: NDArray[np.int64],
    closed: ClosedCases,
) -> list[Mapping[str, object]]:
    """A row of `deviation_effect` for each kind of deviation of an activity, the most frequent first.

    `deviations`: (number of the variant, kind, activity). `aligned`, `cases`: of each variant, whether it was aligned,
    and how many cases ran so.
    """
    having: dict[tuple[str, str], set[int]] = {}
    for variant, kind, activity in deviations:
        having.setdefault((kind, activity), set()).add(variant)
    all_cases = int(cases[aligned].sum())
    rows = []
    for (kind, activity), variants in having.items():
        deviating = np.zeros(len(cases), np.bool_)
        deviating[list(variants)] = True
        one, other = _median(closed, deviating), _median(closed, aligned & ~deviating)
        rows.append(
            {
                "model": model,
                "kind": kind,
                "activity": activity,
                "cases": int(cases[deviating].sum()),
                "share": float(cases[deviating].sum() / all_cases),
                "median_cycle_seconds_with": one,
                "median_cycle_seconds_without": other,
                "difference_seconds": None if one is None or other is None else one - other,
            }
        )
    return sorted(rows, key=lambda row: (-int(str(row["cases"])), str(row["kind"]), str(row["activity"])))


def _median(closed: ClosedCases, variants: NDArray[np.bool_]) -> float | None:
    """The median of the cycle times of the cases of some variants; they are in order already."""
    seconds = closed.seconds[variants[closed.variants]]
    if not len(seconds):
        return None
    middle = len(seconds) // 2
    return float(seconds[middle] if len(seconds) % 2 else (seconds[middle - 1] + seconds[middle]) / 2)
