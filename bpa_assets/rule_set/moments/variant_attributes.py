"""Attributes that are only another name of the variant, as tools that export logs add them: known at the end alone.

No rule may be learned from one: at the start of a case nobody knows it. Definition: docs/contracts.md, "feature".
"""

import numpy as np
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.moments.moments import AT_START, Moments

LEAST_NAMES = 5
"""An attribute of fewer values may well decide between so few ways; a name of each variant has one a variant."""

ALIKE = 0.9
"""Share of the cases whose value has their variant as its most frequent one, and the other way round."""


def naming_the_variant(at: Moments) -> tuple[str, ...]:
    """The attributes whose value at the start and the variant of the case nearly always tell each other, sorted."""
    rows = at.at(AT_START)
    variant = at.variant[rows["case_index"].to_numpy()]
    return tuple(
        sorted(
            name
            for name, feature in at.features.items()
            if feature.source == "attribute" and feature.kind in ("text", "number") and _names(rows[name], variant)
        )
    )


def _names(column: pa.ChunkedArray, variant: Integers) -> bool:
    known = column.is_valid().to_numpy()
    if known.sum() < ALIKE * len(known):
        return False
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    _, value = np.unique(encoded.indices.drop_null().to_numpy(), return_inverse=True)
    _, way = np.unique(variant[known], return_inverse=True)
    values, ways = int(value.max(initial=-1)) + 1, int(way.max(initial=-1)) + 1
    if min(values, ways) < LEAST_NAMES or max(values, ways) > len(value) / 2:
        return False
    pairs, counts = np.unique(value * ways + way, return_counts=True)
    told = [np.zeros(values, np.int64), np.zeros(ways, np.int64)]
    np.maximum.at(told[0], pairs // ways, counts)
    np.maximum.at(told[1], pairs % ways, counts)
    return bool(min(told[0].sum(), told[1].sum()) >= ALIKE * len(value))
