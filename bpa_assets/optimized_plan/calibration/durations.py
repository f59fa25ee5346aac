"""How long a step takes, by activity and resource, shrunk to the activity where little was seen."""

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Durations, Flags, Floats, Ints, Ragged

PRIOR = 5.0
"""Observations that the activity as a whole counts for beside those of one resource."""

STRATA = 200
"""Values of a table at most: the means of so many equal parts of what was seen, so that its mean is kept."""

RUNS_ON = 0.5
"""Share of an activity's rows that reach beyond its resources' hours and end there, above which its clock runs on."""


def strata_means(ascending: Floats, parts: int) -> Floats:
    """Means of so many equal parts of a distribution given by its values; their mean is that of the values."""
    summed = np.append(0.0, np.cumsum(ascending)) / len(ascending)
    bounds = np.interp(np.linspace(0, 1, parts + 1), np.linspace(0, 1, len(ascending) + 1), summed)
    return np.asarray(np.diff(bounds) * parts)


def shrunk(own: Floats, of_all: Floats) -> Floats:
    """Quantiles between those seen of a resource (ascending) and those of the activity, by how much was seen.

    The weight of its own is n / (n + PRIOR), as in an empirical Bayes estimate of a mean (B. Efron, C. Morris, 1973).
    """
    parts = min(STRATA, max(len(own), len(of_all)))
    weight = len(own) / (len(own) + PRIOR)
    own_part = weight * strata_means(own, parts) if len(own) else 0.0
    return np.asarray(own_part + (1 - weight) * strata_means(of_all, parts))


def duration_tables(
    activity: Ints, resource: Ints, seconds: Floats, names: tuple[int, int], runs_on: Flags, *, own: bool
) -> Durations:  # fmt: skip
    """Tables for `names` = (activities, resources) from rows whose work was seen; `own`: every step keeps its own.

    Activities that were never seen keep the template's own, too.
    """
    activities, resources = names
    table = np.full((activities, resources + 1), -1)
    lists: list[Floats] = []
    if not own and len(seconds):
        order = np.lexsort((seconds, resource, activity))
        pair = activity[order] * (resources + 1) + np.where(resource[order] < 0, resources, resource[order])
        values = seconds[order]
        found, begins = np.unique(pair, return_index=True)
        parts = dict(zip(found.tolist(), np.split(values, begins[1:]), strict=True))
        for code in np.unique(activity).tolist():
            mine = {key: part for key, part in parts.items() if key // (resources + 1) == code}
            together = np.sort(np.concatenate(list(mine.values())))
            table[code] = len(lists)
            lists.append(strata_means(together, min(STRATA, len(together))))
            for key, part in mine.items():
                if key % (resources + 1) < resources:
                    table[code, key % (resources + 1)] = len(lists)
                    lists.append(shrunk(part, together))
    return Durations(
        table=table,
        samples=ragged(lists),
        runs_on=runs_on,
        delay_table=np.zeros(0, np.int64),
        delays=ragged([]),
    )


def clocks_that_run_on(activity: Ints, beyond: Flags, ends_away: Flags, activities: int) -> Flags:
    """Activities whose work goes on while their resources are away (a machine, a bank): elapsed time counts.

    Of the rows that reach `beyond` the hours, work that rests then would end within them; `ends_away`: it did not.
    """
    reach, end = (np.bincount(activity, rows, activities) for rows in (beyond, beyond & ends_away))
    return np.asarray(end > RUNS_ON * reach)


def ragged(lists: list[Floats]) -> Ragged:
    """Lists as one array and where each begins."""
    starts = np.append(0, np.cumsum([len(part) for part in lists])).astype(np.int64)
    return Ragged(starts, np.concatenate(lists) if lists else np.zeros(0))
