"""The column `imputed`: which columns of a row are not the source's."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bpa_assets.event_log.instances import Instances

Mask = npt.NDArray[np.bool_]


def guesses_of(found: Instances, guessed: Mapping[str, Mask]) -> dict[str, Mask]:
    """Which instances have an imputed activity, start or end, from which records (`activity`, `time`) have.

    A record that is an instance alone has both its times from its one; of a pair each record gives one.
    """
    if not guessed:
        return {}
    rows = found.rows.to_numpy()
    is_pair = found.start_rows.is_valid().to_numpy(zero_copy_only=False)
    start_rows = np.where(is_pair, found.start_rows.fill_null(0).to_numpy(), rows)
    return {
        "activity": guessed["activity"][rows] | guessed["activity"][start_rows],
        "start_time": found.reversed | guessed["time"][start_rows],
        "end_time": guessed["time"][rows],
    }


def names_of_imputed(marks: Mapping[str, Mask]) -> pa.ListArray:
    """Of each row the names of the columns in which it is marked."""
    names, table = pa.array(list(marks), pa.string()), np.array(list(marks.values()))
    ends = np.zeros(table.shape[1] + 1, dtype=np.int32)
    if table.any():
        np.cumsum(table.sum(axis=0), out=ends[1:])
    which = np.nonzero(table.T)[1] if ends[-1] else np.zeros(0, dtype=np.int64)
    return pa.ListArray.from_arrays(pa.array(ends), names.take(pa.array(which)))
