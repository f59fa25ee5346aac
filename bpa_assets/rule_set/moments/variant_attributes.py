"""Attributes that are only another name of the variant, as tools that export logs add them: known at the end alone.

No rule may be learned from one: at the start of a case nobody knows it. Definition: docs/contracts.md, "feature".
"""

import numpy as np
import pyarrow as pa

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.moments.moments import AT_START, Moments

LEAST_NAMES = 5
"""An attribute of fewer values may well decide between so few ways; a name of each variant has one a variant."""

TOLD = 0.9
"""Share of the cases that have the most frequent value of their variant: .97 in a log with names of 77 variants,
though only .41 have the most frequent variant of their value, as the exporting tool told variants apart otherwise."""

MOST_OF_ONE = 0.5
"""A value that most cases have tells every variant, and nothing."""

CASES_A_VARIANT = 5
"""Of variants of one or two cases each any value is the most frequent one."""


def naming_the_variant(at: Moments) -> tuple[str, ...]:
    """The attributes whose value at the start nearly always follows from the variant of the case, sorted."""
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
    encoded = column.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    _, value = np.unique(encoded.indices.drop_null().to_numpy(), return_inverse=True)
    _, way = np.unique(variant[known], return_inverse=True)
    cases, ways = len(value), int(way.max(initial=-1)) + 1
    of_value = np.bincount(value)
    if len(of_value) < LEAST_NAMES or of_value.max() > MOST_OF_ONE * cases or cases < CASES_A_VARIANT * ways:
        return False
    pairs, counts = np.unique(value * ways + way, return_counts=True)
    told = np.zeros(ways, np.int64)
    np.maximum.at(told, pairs % ways, counts)
    return bool(told.sum() >= TOLD * cases)
