"""Three processes whose truth is known: each a model made by hand, so that what a change really does can be simulated.

They differ in what is hard to see in a log: a bank (a line of hand-overs, earliest free takes it), a works (branches
side by side, people who do two things at once, waits that nobody causes), a clinic (who takes it goes half by habit,
people differ in speed and hours, days off).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np

from bpa_assets.optimized_plan.calibration.durations import ragged
from bpa_assets.optimized_plan.process_simulation_model import (
    Arrivals,
    Durations,
    Identified,
    Policy,
    RaggedInts,
    SimulationModel,
    Traces,
    Workforce,
)

DAY, HOUR, MINUTE = 86_400.0, 3600.0, 60.0
QUANTILES = 400


@dataclass(frozen=True)
class Person:
    """Who works from `begins` to `ends` (hours) on `weekdays`, on `activities`, `slow` times as long as others."""

    name: str
    begins: int
    ends: int
    activities: Sequence[str]
    weekdays: Sequence[int] = (0, 1, 2, 3, 4)
    slow: float = 1.0
    at_once: int = 1
    habit: float = 1.0


@dataclass(frozen=True)
class Step:
    """An activity of a route, what it waits for (names), and the mean of its extraneous delay in seconds."""

    activity: str
    after: Sequence[str] = ()
    delay: float = 0.0


def true_process(
    minutes: Mapping[str, float],
    people: Sequence[Person],
    routes: Sequence[tuple[float, Sequence[Step]]],
    *,
    cases_a_day: float,
    weeks: int,
    frequency_share: float = 0.0,
    days_off: Sequence[int] = (),
    seed: int = 1,
) -> SimulationModel:
    """Build the model of a process: mean minutes by activity (0: needs nobody), people, routes with their shares."""
    rng = np.random.default_rng(seed)
    activities = tuple(minutes)
    steps = [(step, names) for _, route in routes for names in [[one.activity for one in route]] for step in route]
    predecessors = [[names.index(before) for before in step.after] for step, names in steps]
    lists: list[np.ndarray] = []
    table = np.full((len(activities), len(people) + 1), -1)
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    for code, mean in enumerate(minutes.values()):
        spread = np.exp(0.5 * _normal_quantiles(levels))
        for who, person in enumerate([*people, None]):
            slow = person.slow if person else 1.0
            table[code, who] = len(lists)
            lists.append(spread / spread.mean() * mean * MINUTE * slow)
    delays = [-np.log1p(-levels) * step.delay for step, _ in steps]
    can = [
        [
            (who, person.habit)
            for who, person in enumerate(people)
            if activity in person.activities and minutes[activity]
        ]
        for activity in activities
    ]
    lengths = np.array([len(route) for _, route in routes])
    day = np.arange(7 * weeks)
    arriving = [
        np.sort(rng.uniform(8 * HOUR, 17 * HOUR, rng.poisson(cases_a_day))) if one % 7 < 5 else np.zeros(0)
        for one in day.tolist()
    ]
    offsets = ragged(arriving)
    hours = np.zeros((len(people), 7, 24), np.bool_)
    for who, person in enumerate(people):
        hours[who, list(person.weekdays), person.begins : person.ends] = True
    weights = np.array([habit for few in can for _, habit in few])
    totals = np.array([sum(habit for _, habit in few) for few in can for _ in few])
    shares = np.array([share for share, _ in routes])
    return SimulationModel(
        origin=datetime(2024, 1, 1),
        zone="UTC",
        start=0.0,
        end=float(7 * weeks * DAY),
        activities=activities,
        workforce=Workforce(
            resources=tuple(person.name for person in people),
            roles=("all",),
            role=np.zeros(len(people), np.int64),
            hours=hours.reshape(-1, 168),
            days_off=ragged_ints([list(days_off) for _ in people]),
            capacity=np.array([person.at_once for person in people]),
            candidates=ragged_ints([[who for who, _ in few] for few in can]),
            weights=weights / totals,
        ),
        traces=Traces(
            starts=np.append(0, np.cumsum(lengths)),
            arrived=np.zeros(len(routes)),
            weight=shares,
            priority=np.zeros(len(routes), np.int64),
            activity=np.array([activities.index(step.activity) for step, _ in steps]),
            resource=np.full(len(steps), -1),
            processing=np.zeros(len(steps)),
            delay=np.zeros(len(steps)),
            fixed=np.zeros(len(steps), np.bool_),
            predecessors=ragged_ints(predecessors),
        ),
        durations=Durations(
            table=table,
            samples=ragged(lists),
            runs_on=np.array([mean == 0 for mean in minutes.values()]),
            delay_table=np.arange(len(steps)),
            delays=ragged(delays),
        ),
        arrivals=Arrivals(day, offsets, np.zeros(len(offsets.values), np.int64), np.inf, keeps_mix=False),
        policy=Policy(
            observed_share=0.0,
            same_resource_share=0.0,
            frequency_share=frequency_share,
            batch_size=np.ones(len(activities), np.int64),
            batch_seconds=np.full(len(activities), np.inf),
            activity_priority=np.zeros(len(activities), np.int64),
        ),
        in_progress=np.zeros(0, np.int64),
        identified=Identified(True, True, True, ()),
        parameters=(),
    )


def ragged_ints(lists: Sequence[Sequence[int]]) -> RaggedInts:
    """Lists as one array and where each begins."""
    starts = np.append(0, np.cumsum([len(part) for part in lists])).astype(np.int64)
    return RaggedInts(starts, np.array([value for part in lists for value in part], np.int64))


def _normal_quantiles(levels: np.ndarray) -> np.ndarray:
    from statistics import NormalDist

    return np.array([NormalDist().inv_cdf(level) for level in levels.tolist()])


def _line(names: Sequence[str], delays: Mapping[str, float] | None = None) -> list[Step]:
    found = [Step(names[0])]
    for before, name in pairwise(names):
        found.append(Step(name, (before,), (delays or {}).get(name, 0.0)))
    return found


def bank(weeks: int = 52) -> SimulationModel:
    """A line of hand-overs; back office from 9 to 17, loan officers from 8 to 16."""
    minutes = {"Received": 0.0, "Check": 25.0, "Assess": 62.0, "Ask": 20.0, "Decide": 30.0, "Inform": 10.0}
    people = [
        *(Person(f"Clerk {one}", 9, 17, ("Check", "Ask", "Inform")) for one in (1, 2)),
        *(Person(f"Officer {one}", 8, 16, ("Assess",)) for one in (1, 2)),
        Person("Manager", 10, 16, ("Decide",)),
    ]
    routes = [
        (0.6, _line(["Received", "Check", "Assess", "Decide", "Inform"])),
        (0.25, _line(["Received", "Check", "Ask", "Assess", "Decide", "Inform"])),
        (0.15, _line(["Received", "Check", "Inform"])),
    ]
    return true_process(minutes, people, routes, cases_a_day=12.0, weeks=weeks)


def works(weeks: int = 52) -> SimulationModel:
    """Branches side by side, people who do two things at once, and waits for what nobody in the log causes."""
    minutes = {"Order": 0.0, "Plan": 20.0, "Cut": 82.0, "Weld": 100.0, "Paint": 45.0, "Deliver": 40.0}
    people = [
        Person("Planner", 8, 16, ("Plan",)),
        *(Person(f"Cutter {one}", 7, 15, ("Cut",)) for one in (1, 2)),
        *(Person(f"Welder {one}", 7, 15, ("Weld",)) for one in (1, 2)),
        Person("Painter", 9, 17, ("Paint",), at_once=2),
        Person("Driver", 9, 17, ("Deliver",)),
    ]
    whole = [
        Step("Order"),
        Step("Plan", ("Order",)),
        Step("Cut", ("Plan",), 3 * HOUR),
        Step("Weld", ("Plan",)),
        Step("Paint", ("Cut", "Weld"), 2 * HOUR),
        Step("Deliver", ("Paint",), 12 * HOUR),
    ]
    short = _line(["Order", "Plan", "Cut", "Deliver"], {"Cut": 3 * HOUR, "Deliver": 12 * HOUR})
    return true_process(minutes, people, [(0.8, whole), (0.2, short)], cases_a_day=9.0, weeks=weeks, seed=2)


def clinic(weeks: int = 52) -> SimulationModel:
    """Half of the work goes by habit; people differ in speed and hours; some days off."""
    minutes = {"Arrive": 0.0, "Register": 12.0, "Examine": 40.0, "Scan": 45.0, "Treat": 55.0, "Bill": 15.0}
    people = [
        Person("Desk 1", 8, 16, ("Register", "Bill"), habit=2.0),
        Person("Desk 2", 10, 18, ("Register", "Bill"), habit=1.0),
        Person("Doctor 1", 8, 17, ("Examine", "Treat"), habit=2.0, slow=0.8),
        Person("Doctor 2", 8, 17, ("Examine", "Treat"), habit=1.0, slow=1.2),
        Person("Doctor 3", 9, 15, ("Examine", "Treat"), weekdays=(0, 2, 4), habit=1.0),
        Person("Radiologist", 9, 16, ("Scan",)),
    ]
    routes = [
        (0.5, _line(["Arrive", "Register", "Examine", "Bill"])),
        (0.3, _line(["Arrive", "Register", "Examine", "Scan", "Treat", "Bill"])),
        (0.2, _line(["Arrive", "Register", "Examine", "Treat", "Bill"])),
    ]
    return true_process(
        minutes, people, routes, cases_a_day=13.0, weeks=weeks, frequency_share=0.5, days_off=(88, 91, 121), seed=3
    )


PROCESSES = {"bank": bank, "works": works, "clinic": clinic}
