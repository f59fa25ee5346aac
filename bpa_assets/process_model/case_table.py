"""The table `cases`, made of what was collected a part at a time: a part is used up before the next is begun."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bpa_assets.process_model.behaviour import Behaviour
from bpa_assets.process_model.case_attributes import attribute_maps
from bpa_assets.process_model.case_parts import CasePart, Flags
from bpa_assets.process_model.event_chunks import Codes, Integers
from bpa_assets.process_model.grouped_values import GroupedValues
from bpa_assets.process_model.open_cases import OpenRule
from bpa_assets.process_model.service_level import MOMENT, case_limits, has_limits
from bpa_assets.process_model.variants import SequenceCounts


@dataclass(frozen=True)
class Cases:
    """The table, how many of its cases are open, and the cycle times (µs) of the others by number of the variant."""

    table: pa.Table
    open: int
    closed_cycles: GroupedValues[int]


def case_table(behaviour: Behaviour, rule: OpenRule, counts: SequenceCounts, ids: Sequence[str]) -> Cases:
    """Make the table; the cases of `behaviour` are used up. `ids`: variant_id by number of the variant."""
    parts = behaviour.cases
    maps = attribute_maps(
        [part.attributes for part in parts], behaviour.case_attributes, [len(part.started) for part in parts]
    )
    variant_ids = pa.array(list(ids), pa.string())
    tables: list[pa.Table] = []
    variants: list[Codes] = []
    cycles: list[Integers] = []
    for attributes in maps:
        part = parts.popleft()
        is_open = rule.is_open(part, counts.last_activity[part.variant])
        tables.append(_rows(behaviour, part, is_open, counts, variant_ids, attributes))
        variants.append(part.variant[~is_open])
        cycles.append((part.ended - part.started)[~is_open])
        _note_due(behaviour, part, is_open)
    table = pa.concat_tables(tables)
    closed = GroupedValues[int]()
    closed.add(np.concatenate(variants), np.concatenate(cycles))
    return Cases(table, table.num_rows - sum(map(len, cycles)), closed)


def _rows(
    behaviour: Behaviour,
    part: CasePart,
    is_open: Flags,
    counts: SequenceCounts,
    variant_ids: pa.Array,
    attributes: pa.Array,
) -> pa.Table:
    cycle = part.ended - part.started
    return pa.table(
        {
            "case_id": part.case_id,
            "started_at": pa.array(part.started).cast(MOMENT),
            "ended_at": pa.array(part.ended).cast(MOMENT),
            "is_open": pa.array(is_open),
            "events": pa.array(counts.events[part.variant]),
            "variant_id": pa.DictionaryArray.from_arrays(pa.array(part.variant), variant_ids),
            "cycle_time_seconds": pa.array(cycle / 1e6),
            # The waits are the gaps in the union of the intervals: what is left of the cycle is that union.
            "processing_time_seconds": pa.array((cycle - part.waiting) / 1e6),
            "waiting_time_seconds": pa.array(part.waiting / 1e6),
            "handovers": pa.array(part.handovers.astype(np.int64)),
            "rework_events": pa.array(counts.rework[part.variant]),
            "cost": pa.nulls(len(cycle), pa.float64())
            if part.cost is None
            else pa.array(part.cost, mask=np.isnan(part.cost)),
            "sla_breached": _breached(behaviour, part),
            "automated_events": pa.nulls(len(cycle), pa.int64())
            if part.automated is None
            else pa.array(part.automated.astype(np.int64)),
            "attributes": attributes,
        }
    )


def _breached(behaviour: Behaviour, part: CasePart) -> pa.Array:
    if not has_limits(behaviour.config):
        return pa.nulls(len(part.started), pa.bool_())
    longest_cycle, longest_wait = case_limits(behaviour.config)
    broken = part.over_limit
    if longest_cycle is not None:
        broken = broken | (part.ended - part.started > longest_cycle)
    if longest_wait is not None:
        broken = broken | (part.waiting > longest_wait)
    return pa.array(broken)


def _note_due(behaviour: Behaviour, part: CasePart, is_open: Flags) -> None:
    limit, _ = case_limits(behaviour.config)
    if limit is not None:
        behaviour.due.add(part.case_id, part.started + limit, part.ended, is_open, "cycle_time")
