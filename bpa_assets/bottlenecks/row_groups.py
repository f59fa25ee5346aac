"""Counts, sums and medians of rows by several columns at once, in steps over whole columns.

For groups as many as rows (a resource an event); `grouped_values` is for few groups that come a chunk at a time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bpa_assets.bottlenecks.order_sums import ascending
from bpa_assets.event_log.waits import Integers
from bpa_assets.process_model.event_chunks import Codes
from bpa_assets.process_model.grouped_values import MOST_MARKS, renumbered

Seconds = npt.NDArray[np.float64]

_SECOND = 1e6
_LOW = 20
"""Bits of a duration that are summed apart: both parts stay below 2^53, up to which floats are exact."""


@dataclass(frozen=True)
class RowGroups:
    """The distinct combinations of some columns: `place`: which one each row has; `row`: a row that has it."""

    place: Integers
    row: Integers

    @classmethod
    def of(cls, *columns: Codes) -> "RowGroups":
        """The groups of columns of codes (from −1), in the order of the codes."""
        key, size = np.zeros(len(columns[0]), np.int64), 1
        for column in columns if len(key) else ():
            width = int(column.max()) + 2
            if size * width >= 1 << 62:
                key = _places(key)
                size = int(key.max()) + 1
            key, size = key * width + column + 1, size * width
        place = _places(key)
        row = np.empty(int(place.max(initial=-1)) + 1, np.int64)
        row[place] = np.arange(len(place))
        return cls(place, row)

    def rows(self) -> Integers:
        """Rows of each group."""
        return np.bincount(self.place, minlength=len(self.row))

    def cases(self, case: Codes) -> Integers:
        """Distinct cases of each group."""
        width = int(case.max(initial=0)) + 1
        return np.bincount(ascending(self.place * width + case) // width, minlength=len(self.row))

    def total(self, micros: Integers) -> Seconds:
        """Sum of each group, in seconds, whatever the order of the rows."""
        high, low = (
            np.bincount(self.place, weights=part, minlength=len(self.row))
            for part in (micros >> _LOW, micros & ((1 << _LOW) - 1))
        )
        return np.asarray((high * (1 << _LOW) + low) / _SECOND)

    def median(self, micros: Integers) -> Seconds:
        """Median of each group, in seconds: of an even number the mean of the two in the middle."""
        return self.quantile(micros, 0.5)

    def quantile(self, micros: Integers, share: float) -> Seconds:
        """Quantile of each group, in seconds: linear between the two nearest ranks, as `quantile_cont`."""
        values, rows = self._sorted(micros), self.rows()
        place = (rows - 1) * share
        first = np.cumsum(rows) - rows + place.astype(np.int64)
        second = first + (place > place.astype(np.int64))
        return np.asarray((values[first] + (values[second] - values[first]) * (place % 1)) / _SECOND)

    def _sorted(self, micros: Integers) -> Integers:
        """The values, group by group, each ascending."""
        if not len(micros):
            return micros
        least = int(micros.min())
        span = int(micros.max()) - least + 1
        if len(self.row) * span >= 1 << 63:
            return micros[np.lexsort((micros, self.place))]
        together = np.sort(self.place * span + (micros - least))  # a quarter of the time
        return np.asarray(together % span + least)


def _places(codes: Integers) -> Integers:
    """Of each row the place of its code among the distinct ones."""
    if int(codes.max(initial=0)) < MOST_MARKS:
        return renumbered(codes)[1] if len(codes) else codes
    order = np.argsort(codes)  # a third of the time of a search for each
    ordered, places = codes[order], np.empty_like(codes)
    places[order] = np.cumsum(np.append(False, ordered[1:] != ordered[:-1]))
    return places
