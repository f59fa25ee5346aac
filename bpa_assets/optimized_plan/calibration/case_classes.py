"""What is known of cases when they arrive, by which work on them might be preferred."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.optimized_plan.process_simulation_model import Flags, Ints
from bpa_assets.process_model.event_chunks import event_chunks

MOST_VALUES = 10
"""Nobody sorts work by more than so many classes."""

_SORTABLE = ("VARCHAR", "BIGINT", "BOOLEAN")


@dataclass(frozen=True)
class CaseClass:
    """An attribute of few values: `code` by case, index into `values`."""

    name: str
    values: tuple[str, ...]
    code: Ints

    def of_cases(self, chosen: Flags) -> "CaseClass":
        """Of some of the cases."""
        return replace(self, code=self.code[chosen])


def sortable_attributes(attributes: pa.Table) -> list[str]:
    """Of the lake's table `event_attribute` the columns by which cases might be sorted: texts, whole numbers, flags."""
    rows = attributes.select(["column_name", "type", "level"]).to_pylist()
    return [row["column_name"] for row in rows if row["level"] == "case" and row["type"] in _SORTABLE]


def case_classes(files: Sequence[Path], attributes: Sequence[str]) -> tuple[CaseClass, ...]:
    """Of these columns of a stored log those whose values in the first rows of cases are few, but not one."""
    firsts: dict[str, list[pa.Array]] = {name: [] for name in attributes}
    for chunk in event_chunks(files, attributes):
        rows = pa.array(chunk.first)
        for name, parts in firsts.items():
            parts.append(chunk.columns[name].take(rows))
    found = []
    for name, parts in firsts.items():
        texts = pc.fill_null(pa.chunked_array(parts).cast(pa.string()), "")
        values = sorted(texts.unique().to_pylist())
        if 2 <= len(values) <= MOST_VALUES:
            code = pc.index_in(texts, pa.array(values)).to_numpy()
            found.append(CaseClass(name, tuple(values), code.astype("int64")))
    return tuple(found)
