"""The stored event log as the rows of work that are counted by hour, by resource, by handover and by repetition.

One read of the log; 40 bytes a row, because medians need all values. What is counted is in `waiting_by_hour`,
`waiting_by_resource`, `handovers` and `rework`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from bpa_assets.event_log.waits import Integers, waiting
from bpa_assets.process_model.event_chunks import Codes, EventChunk, Names, event_chunks

_TEXTS = ("resource", "role")


@dataclass(frozen=True)
class WorkRows:
    """Rows in the order of the log, whole cases side by side: codes (−1: unknown); times in µs, UTC; durations in µs.

    The texts behind the codes: `activities`, `resources`, `roles`.
    """

    case: Codes
    activity: Codes
    resource: Codes
    role: Codes
    start: Integers
    waiting: Integers
    processing: Integers
    activities: Sequence[str]
    resources: Sequence[str]
    roles: Sequence[str]


def work_rows(files: Sequence[Path], *, activities: Sequence[str]) -> WorkRows:
    """All rows of a stored event log; `activities`: by code."""
    resources, roles = Names(), Names()
    parts = [_columns(chunk, resources, roles) for chunk in event_chunks(files, texts=_TEXTS)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return WorkRows(**columns, activities=activities, resources=resources.texts, roles=roles.texts)


def _columns(chunk: EventChunk, resources: Names, roles: Names) -> dict[str, Codes]:
    return {
        "case": chunk.case,
        "activity": chunk.activity,
        "resource": chunk.codes("resource", resources),
        "role": chunk.codes("role", roles),
        "start": chunk.start,
        "waiting": waiting(chunk.case, chunk.start, chunk.end),
        "processing": chunk.end - chunk.start,
    }


def texts_of(codes: Codes, texts: Sequence[str]) -> pa.Array:
    """The texts behind some codes; null for −1."""
    return pa.array(list(texts), pa.string()).take(pa.array(codes, mask=codes < 0))
