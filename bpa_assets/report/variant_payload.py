"""The variants as the page carries them: the most frequent ones one by one, the others added up.

Everything that a filter counts again is held by variant: times of the steps, cycle times, arrivals and completions.
Columns, not objects: keys repeated for thousands of variants would be half of the file. `page/payload.js` unfolds it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bpa_assets.report.compact_numbers import compact, compact_all
from bpa_assets.report.run_tables import RunTables
from bpa_assets.report.step_seconds import EDGE, Steps, collect_steps

if TYPE_CHECKING:
    import duckdb

    from bpa_assets.process_model.event_chunks import Codes

MOST_VARIANTS = 5_000
MOST_STEPS = 120_000
"""Activities of all carried variants together: about 1.3 MB of the file, and 20 ms of a filter."""

VALUES = 51
"""Cycle times of a variant that are carried: all of its cases, of more cases its quantiles in steps of 2 %."""

_KEPT = """
select variant_id, activities, cases, mean_cycle_seconds, median_cycle_seconds
from read_parquet($files) as variants
order by cases desc, variant_id
limit $most
"""
_FIGURES = f"""
select
    number,
    count(*) filter (where not is_open) as closed,
    sum(cycle_time_seconds) filter (where not is_open) as cycle_seconds,
    sum(waiting_time_seconds) filter (where not is_open) as waiting_seconds,
    count(cost) filter (where not is_open) as with_cost,
    sum(cost) filter (where not is_open) as cost,
    count(sla_breached) as with_sla,
    count(*) filter (where sla_breached) as breached,
    sum(handovers) as handovers,
    case when closed <= {VALUES} then list(cycle_time_seconds order by cycle_time_seconds) filter (where not is_open)
    else quantile_cont(cycle_time_seconds, $quantiles) filter (where not is_open) end as cycle_values
from base where number is not null group by number order by number
"""  # noqa: S608 - a constant of this file


@dataclass(frozen=True)
class KeptVariants:
    """The variants that the report carries, the most frequent first; `fits`: cost 0 on the discovered model."""

    ids: list[str]
    paths: list[list[str]]
    cases: list[int]
    means: list[float | None]
    medians: list[float | None]
    fits: list[bool | None]
    fits_reference: list[bool | None]


def kept_variants(tables: RunTables) -> KeptVariants:
    """The most frequent variants, as many as the page can hold."""
    import duckdb

    with duckdb.connect(config={"threads": 1}) as connection:
        query = {"files": tables.paths("variants"), "most": MOST_VARIANTS}
        rows = connection.execute(_KEPT, query).fetchall()
    taken = np.cumsum([len(row[1]) for row in rows]) <= MOST_STEPS
    kept = rows[: int(taken.sum())]
    ids, paths, cases, means, medians = ([row[place] for row in kept] for place in range(5))
    fits, references = _fits(tables, "variant_alignment"), _fits(tables, "reference_alignment")
    return KeptVariants(ids, paths, cases, means, medians, [*map(fits.get, ids)], [*map(references.get, ids)])


def _fits(tables: RunTables, alignments: str) -> dict[str, bool | None]:
    """Whether each aligned variant fits the model of that table; null: it could not be aligned."""
    if not tables.has(alignments):
        return {}
    rows = tables.table(alignments, ["variant_id", "cost"]).to_pydict()
    costs = zip(rows["variant_id"], rows["cost"], strict=True)
    return {variant: None if cost is None else cost == 0 for variant, cost in costs}


def variants_payload(
    tables: RunTables, kept: KeptVariants, connection: "duckdb.DuckDBPyConnection", names: Sequence[str]
) -> dict[str, Any]:
    """`variants` (columns), `variants_left_out` and `rest_edges`; paths are indices into `names`.

    `connection`: with the table `base` of `case_base.py`.
    """
    index = {name: number for number, name in enumerate(names)}
    steps = collect_steps(
        tables.files["event_log"],
        variant_of=_variant_of_cases(tables, kept),
        lengths=[len(path) for path in kept.paths],
    )
    cases = _total_cases(tables)
    return {
        "variants": {
            "id": kept.ids,
            "path": [[index[name] for name in path] for path in kept.paths],
            "cases": kept.cases,
            "mean_cycle_seconds": compact_all(kept.means),
            "median_cycle_seconds": compact_all(kept.medians),
            "fits": kept.fits,
            "fits_reference": kept.fits_reference,
            "step_seconds": _step_means(steps, kept),
            **_case_figures(connection),
            "arrivals": _by_period(connection, "arrivals", len(kept.ids)),
            "completions": _by_period(connection, "completions", len(kept.ids)),
        },
        "variants_left_out": {
            "variants": tables.row("process_profile")["variants"] - len(kept.ids),
            "cases": cases - sum(kept.cases),
        },
        "rest_edges": _rest_edges(steps, _codes(tables), index),
    }


def _variant_of_cases(tables: RunTables, kept: KeptVariants) -> "Codes":
    """The number of the variant of each case, in the order of the log (that of the table), −1 if it is not kept."""
    import pyarrow as pa

    column = tables.table("cases", ["variant_id"])["variant_id"].cast(pa.string()).combine_chunks()
    coded = column.dictionary_encode()
    numbers = {variant: number for number, variant in enumerate(kept.ids)}
    known = np.array([numbers.get(variant, -1) for variant in coded.dictionary.to_pylist()], dtype=np.int32)
    codes: Codes = known[coded.indices.to_numpy(zero_copy_only=False)]
    return codes


def _total_cases(tables: RunTables) -> int:
    return int(tables.row("process_profile")["cases"])


def _codes(tables: RunTables) -> list[str]:
    from bpa_assets.process_model.event_chunks import activity_names

    return activity_names(tables.files["event_log"])


def _step_means(steps: Steps, kept: KeptVariants) -> list[list[float | int | None]]:
    places = pairwise(steps.first.tolist())
    sums = steps.kept.tolist()
    return [
        compact_all([total / cases for total in sums[begin:end]])
        for (begin, end), cases in zip(places, kept.cases, strict=True)
    ]


def _rest_edges(steps: Steps, codes: Sequence[str], index: dict[str, int]) -> list[list[float | int | None]]:
    def place(code: int) -> int:
        return EDGE if code == EDGE else index[codes[code]]

    edges = [
        [place(source), place(target), count, compact(steps.seconds[source, target] / count)]
        for (source, target), count in steps.counts.items()
    ]
    return sorted(edges, key=lambda edge: edge[:2])


def _case_figures(connection: "duckdb.DuckDBPyConnection") -> dict[str, list[Any]]:
    quantiles = [number / (VALUES - 1) for number in range(VALUES)]
    result = connection.execute(_FIGURES, {"quantiles": quantiles})
    names = [column[0] for column in result.description or ()][1:]
    columns = list(zip(*result.fetchall(), strict=True))[1:] or [() for _ in names]
    figures = dict(zip(names, columns, strict=True))
    values = figures.pop("cycle_values")
    return {
        **{name: compact_all(column) for name, column in figures.items() if any(column)},
        "closed": list(figures["closed"]),
        "cycle_values": [compact_all(one or []) for one in values],
    }


def _by_period(connection: "duckdb.DuckDBPyConnection", what: str, variants: int) -> list[list[int]]:
    """Of each variant the periods in which any of its cases began (were completed), each followed by how many."""
    column, condition = {"arrivals": ("started_in", "true"), "completions": ("ended_in", "not is_open")}[what]
    rows = connection.execute(
        f"select number, {column}, count(*) from base where number is not null and {condition} "  # noqa: S608 - names of this file
        "group by all order by all"
    ).fetchall()
    found: list[list[int]] = [[] for _ in range(variants)]
    for number, period, count in rows:
        found[number] += [period, count]
    return found
