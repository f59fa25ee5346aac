"""The oracle: what the contract says, computed plainly, slowly and obviously rightly.

Tests compare the product's tables with these. Written from docs/contracts.md alone: nothing here may look at, import
or imitate the product. The parts: `oracle_log` (records, events, exact arithmetic), `oracle_pairing` (records to
events), `oracle_tables` (events to tables). Add here what the contract defines; speed and file formats stay out.
"""

from tests.oracle_log import Event, Record, quantile
from tests.oracle_pairing import pair
from tests.oracle_tables import (
    activities,
    bottlenecks,
    cases,
    cases_on_the_open_boundary,
    profile,
    transitions,
    variants,
)

__all__ = [
    "Event",
    "Record",
    "activities",
    "bottlenecks",
    "cases",
    "cases_on_the_open_boundary",
    "pair",
    "profile",
    "quantile",
    "transitions",
    "variants",
]
