"""Random logs whose one choice follows a rule on attributes, and what the best rule on their rows would be.

Three generators: a limit of a number, two attributes together, a set of texts. The best rule is found by trying every
limit and every set in the order of rates, straight from the definition, and knows nothing of trees.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log
from pathlib import Path
from random import Random

import pyarrow.parquet as pq

from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.pnml import pnml
from bpa_assets.rule_set.mining.mining import MinedFrom, MinedRules, mine_rules
from bpa_assets.settings import ProcessConfig
from tests.stored_logs import read, tables_of, write_rows

NUMBERS = ("amount", "days", "score")
REGIONS = ("north", "south", "east", "west", "centre", "coast", "hills", "isles")
SEGMENTS = ("new", "regular", "key", "public")
TEXTS: Mapping[str, Sequence[str]] = {"region": REGIONS, "segment": SEGMENTS}
POINT = "Check → Approve | Review"
NET = PetriNet(
    5,
    ("Register", "Check", "Approve", "Review", "Close"),
    ((0,), (2,), (3,), (3,), (4,)),
    ((2,), (3,), (4,), (4,), (1,)),
)
_FIRST = datetime(2024, 1, 1, 8)

Values = dict[str, float | str]


@dataclass(frozen=True)
class Above:
    """A number above a limit."""

    name: str
    limit: float

    def holds(self, case: Values) -> bool:
        """Whether it is true of a case."""
        return float(case[self.name]) > self.limit


@dataclass(frozen=True)
class OneOf:
    """A text that is one of some."""

    name: str
    texts: frozenset[str]

    def holds(self, case: Values) -> bool:
        """Whether it is true of a case."""
        return case[self.name] in self.texts


Part = Above | OneOf


@dataclass(frozen=True)
class PlantedLog:
    """Cases by their attributes, whether each was reviewed, and the parts that all have to hold for that."""

    cases: list[Values]
    reviewed: list[bool]
    parts: tuple[Part, ...]


def limit_rule(random: Random) -> PlantedLog:
    """Reviewed if a number is above a limit."""
    cases = _cases(random)
    name = random.choice(NUMBERS)
    return _followed(cases, (Above(name, _limit(cases, name, random.uniform(0.4, 0.8))),))


def conjunction_rule(random: Random) -> PlantedLog:
    """Reviewed if a number is above a limit, and another one too or a text is one of some."""
    cases = _cases(random)
    one, other = random.sample(NUMBERS, 2)
    parts: list[Part] = [Above(one, _limit(cases, one, random.uniform(0.3, 0.6)))]
    if random.random() < 0.5:
        parts.append(Above(other, _limit(cases, other, random.uniform(0.3, 0.6))))
    else:
        parts.append(_some_texts(random, "segment", (1, 2)))
    return _followed(cases, tuple(parts))


def set_rule(random: Random) -> PlantedLog:
    """Reviewed if a text is one of two to four."""
    return _followed(_cases(random), (_some_texts(random, "region", (2, 4)),))


def no_rule(random: Random) -> PlantedLog:
    """Reviewed by chance."""
    cases = _cases(random)
    rate = random.uniform(0.1, 0.5)
    return PlantedLog(cases, [random.random() < rate for _ in cases], ())


GENERATORS: Mapping[str, Callable[[Random], PlantedLog]] = {
    "limits": limit_rule,
    "conjunctions": conjunction_rule,
    "sets": set_rule,
}


def noisy(planted: PlantedLog, noise: float, random: Random) -> PlantedLog:
    """The same where so large a share of the cases goes the other way."""
    return replace(planted, reviewed=[one != (random.random() < noise) for one in planted.reviewed])


def mined(planted: PlantedLog, folder: Path, *, config: ProcessConfig | None = None) -> MinedRules:
    """The log written, read and mined by the product."""
    folder = Path(tempfile.mkdtemp(dir=folder))
    return mine_rules(source_of(write_log(planted, folder / "log.csv"), NET, config or ProcessConfig()))


def source_of(log: Path, net: PetriNet, config: ProcessConfig) -> MinedFrom:
    """What is mined from: the tables of a log, stored beside it, and a net."""
    stored = read([log], config=config)
    folder = log.parent
    tables = vars(tables_of(stored, config=config)) | {"event_attribute": stored.event_attribute}
    for name in ("cases", "variants", "activities", "event_attribute"):
        pq.write_table(tables[name], folder / f"{name}.parquet")
    (folder / "model.pnml").write_text(pnml(net, name="p"), encoding="utf-8")
    files = {name: [folder / f"{name}.parquet"] for name in ("cases", "variants", "activities", "event_attribute")}
    return MinedFrom(
        event_log=list(stored.event_log.files), **files, pnml=folder / "model.pnml", bpmn=None, config=config
    )


def write_log(planted: PlantedLog, path: Path) -> Path:
    """Four rows a case, begun ten minutes after the one before; numbers become known with the second row only."""
    columns: dict[str, list[object]] = {name: [] for name in ("case_id", "activity", "start_time", *NUMBERS, *TEXTS)}
    for number, (case, reviewed) in enumerate(zip(planted.cases, planted.reviewed, strict=True)):
        begun = _FIRST + timedelta(minutes=10 * number)
        for place, activity in enumerate(("Register", "Check", "Review" if reviewed else "Approve", "Close")):
            columns["case_id"].append(f"c{number}")
            columns["activity"].append(activity)
            columns["start_time"].append((begun + timedelta(minutes=7 * place)).isoformat())
            for name in NUMBERS:
                columns[name].append(case[name] if place else None)
            for name in TEXTS:
                columns[name].append(case[name])
    return write_rows(path, **columns)


def is_recovered(planted: PlantedLog, found: MinedRules) -> bool:
    """Whether a kept rule names the planted attributes only and parts the cases to learn from as planted.

    Or as the best rule on these attributes does: with noise another limit or set may fit the rows better. A rule for
    the other option that says the opposite counts as well.
    """
    rows = found.moments.at(POINT)
    learned = [not one for one in rows["later"].to_pylist()]
    numbers = [int(one[1:]) for one, early in zip(rows["case_id"].to_pylist(), learned, strict=True) if early]
    cases, reviewed = [planted.cases[one] for one in numbers], [planted.reviewed[one] for one in numbers]
    wanted = [_all(planted.parts, one) for one in cases]
    fitted = best_parts(planted.parts, cases, reviewed)
    best = [_all(fitted, one) for one in cases]
    names = {part.name for part in planted.parts}
    for rule in found.rules:
        if rule.at == POINT and {name for name in (*NUMBERS, *TEXTS) if name in rule.condition} == names:
            fires = [bool(one) for one, early in zip(found.fires[rule.rule_id], learned, strict=True) if early]
            fires = fires if rule.foretells == "Review" else [not one for one in fires]
            if fires in (wanted, best):
                return True
    return False


def best_parts(parts: tuple[Part, ...], cases: Sequence[Values], reviewed: Sequence[bool]) -> tuple[Part, ...]:
    """The parts with the limits and sets that make what happened likeliest, each found while the others stay."""
    for _ in range(3):
        for place, part in enumerate(parts):
            others = parts[:place] + parts[place + 1 :]
            rows = [(case[part.name], one) for case, one in zip(cases, reviewed, strict=True) if _all(others, case)]
            parts = (*parts[:place], _best(part, rows), *parts[place + 1 :])
    return parts


def _best(part: Part, rows: Sequence[tuple[float | str, bool]]) -> Part:
    by_value: dict[float | str, list[int]] = {}
    for value, one in rows:
        counts = by_value.setdefault(value, [0, 0])
        counts[0] += 1
        counts[1] += one
    if isinstance(part, Above):
        ordered = sorted(by_value, key=float, reverse=True)
    else:
        ordered = sorted(by_value, key=lambda value: (-by_value[value][1] / by_value[value][0], str(value)))
    total, good = len(rows), sum(one for _, one in rows)
    best, place, count, right = -float("inf"), 0, 0, 0
    for number, value in enumerate(ordered[:-1]):
        count, right = count + by_value[value][0], right + by_value[value][1]
        likelihood = _likelihood(count, right) + _likelihood(total - count, good - right)
        if likelihood > best and right * (total - count) > (good - right) * count:
            best, place = likelihood, number
    if isinstance(part, Above):
        return replace(part, limit=float(ordered[place + 1]))
    return replace(part, texts=frozenset(map(str, ordered[: place + 1])))


def _likelihood(count: int, good: int) -> float:
    return sum(one * log(one / count) for one in (good, count - good) if one)


def _all(parts: Sequence[Part], case: Values) -> bool:
    return all(part.holds(case) for part in parts)


def _followed(cases: list[Values], parts: tuple[Part, ...]) -> PlantedLog:
    return PlantedLog(cases, [_all(parts, case) for case in cases], parts)


def _cases(random: Random) -> list[Values]:
    return [
        {
            "amount": round(random.lognormvariate(6, 1), 2),
            "days": random.randint(1, 60),
            "score": round(random.gauss(50, 12), 1),
            **{name: random.choice(texts) for name, texts in TEXTS.items()},
        }
        for _ in range(random.randint(700, 1_200))
    ]


def _limit(cases: Sequence[Values], name: str, share: float) -> float:
    """A value below which so large a share of the cases lies."""
    values = sorted(float(case[name]) for case in cases)
    return values[int(share * len(values))]


def _some_texts(random: Random, name: str, count: tuple[int, int]) -> OneOf:
    return OneOf(name, frozenset(random.sample(TEXTS[name], random.randint(*count))))
