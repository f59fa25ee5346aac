"""What the public optimizer published on three logs, and the rates of its two small cost files.

L. Kirchdorfer, A. Doumeni, H. van der Aa, H. A. López, *From Global Policies to Local Strategies* (arXiv 2606.01857),
variant Guided; the files are `costs.json` (LoanApp), `costs_P2P.json` and `costs_ConsultaDataMining.json` (ACR) of its
public repository. The rates are invented there, one an hour for each resource in the order in which the log first names
them; who has none (the applicant of LoanApp) costs nothing. Those of ACR are not kept here: give its file with --rates.
The public ACR has 6,870 events and 561 resources, the one that is shared 5,894 and 511: not all are the same people.
"""

import csv
import gzip
import json
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path


@dataclass(frozen=True)
class Published:
    """Shares by which cost and waiting fell, the column of resources, and their rates in the order of the log."""

    cost: float
    waiting: float
    resources: str
    rates: tuple[float, ...]


def rates_in(path: Path) -> tuple[float, ...]:
    """Return the rates of a cost file of the public optimizer: JSON, by number of the resource."""
    return tuple(map(float, json.loads(path.read_text()).values()))


def rates_of(log: Path, published: Published) -> dict[str, float]:
    """Return the rate of each resource of a log."""
    with gzip.open(log, "rt", encoding="utf-8", newline="") as rows:
        named = list(dict.fromkeys(row[published.resources] for row in csv.DictReader(rows)))
    return dict(zip(named, chain(published.rates, repeat(0.0)), strict=False))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(one) for one in text.split())


_LOANAPP = "20 25 20 30 25 35 30 80 20 40 45 50 55 90 40 35 95 30"
_P2P = "77 52 85 47 82 88 57 51 60 27 33 55 52 52 51 71 18 12 53 65 18 46 59 54 52 50 47"

PUBLISHED = {
    "LoanApp": Published(0.202, 0.183, "resource", _numbers(_LOANAPP)),
    "P2P": Published(0.547, 0.789, "Resource", _numbers(_P2P)),
    "ACR": Published(0.624, 0.906, "resource", ()),
}
