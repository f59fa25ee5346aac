"""The stored event log as columns of cases: what their first rows say, and which activities they went through.

One read of the log, of the columns that are asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.waits import Integers, waiting
from bpa_assets.process_model.event_chunks import EventChunk, event_chunks


@dataclass(frozen=True)
class CaseColumns:
    """`first`: by factor the value in the first row of each case, in the order of the log.

    Then a row a case and an activity in it: case (its place in that order), activity (code), how many rows, and the
    longest wait (µs) before one.
    """

    first: Mapping[str, pa.ChunkedArray]
    case: Integers
    activity: Integers
    rows: Integers
    wait: Integers


def case_columns(files: Sequence[Path], *, attributes: Mapping[str, bool]) -> CaseColumns:
    """The cases of a stored log; `attributes`: columns of the log, and whether each holds texts."""
    texts = ["resource", "role", *(name for name, is_text in attributes.items() if is_text)]
    others = [name for name, is_text in attributes.items() if not is_text]
    firsts: dict[str, list[pa.Array]] = {name: [] for name in (*texts, *others)}
    parts, cases = [], 0
    for chunk in event_chunks(files, others, texts):
        rows = pa.array(chunk.first)
        for name, values in firsts.items():
            values.append(_decoded(chunk.columns[name].take(rows)))
        parts.append(_activities(chunk, cases))
        cases += len(chunk.first)
    factors = {"resource": "first resource", "role": "first role"} | {name: f"attribute {name}" for name in attributes}
    return CaseColumns(
        {factors[name]: pa.chunked_array(values) for name, values in firsts.items()},
        *(np.concatenate(column) for column in zip(*parts, strict=True)),
    )


def _decoded(values: pa.Array) -> pa.Array:
    return values.dictionary_decode().cast(pa.string()) if pa.types.is_dictionary(values.type) else values


def _activities(chunk: EventChunk, cases_before: int) -> tuple[Integers, ...]:
    """Case, activity, rows and longest wait of each activity of each case."""
    case = np.repeat(np.arange(len(chunk.first)), chunk.lengths)
    width = int(chunk.activity.max()) + 1
    together = case * width + chunk.activity
    order = np.argsort(together, kind="stable")
    together = together[order]
    begins = np.flatnonzero(np.append(True, together[1:] != together[:-1]))
    waited = waiting(chunk.case, chunk.start, chunk.end)
    return (
        together[begins] // width + cases_before,
        together[begins] % width,
        np.diff(begins, append=len(order)),
        np.maximum.reduceat(waited[order], begins),
    )
