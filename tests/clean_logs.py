"""Random logs without a fault, as rows that faults can be planted into: a process, a calendar, people, attributes.

Seeded, so that a log that shows a mistake can be made again. Add a trait here when clean logs have it and a finder
takes it for a fault. Faults stay out: `tests.planted_faults`.
"""

import csv
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

ACTIVITIES = (
    *("Register request", "Check documents", "Assess risk", "Ask customer", "Receive answer", "Calculate offer"),
    *("Approve offer", "Send contract", "Book payment", "Archive file", "Inspect goods", "Plan delivery"),
    *("Notify partner", "Review complaint", "Order parts", "Close ticket"),
)
PEOPLE = ("Ann", "Bob", "Chidi", "Dewi", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kofi", "Lena", "Mehmet")
REGIONS = ("North", "South", "East", "West")
CHANNELS = ("mail", "phone", "desk")
FIRST_DAY = datetime(2024, 1, 8)
MICROSECOND = timedelta(microseconds=1)


@dataclass
class Row:
    """One record. `planted`: a fault was put into it."""

    case: str
    activity: str
    start: datetime
    end: datetime
    resource: str | None
    attributes: dict[str, str | None] = field(default_factory=dict)
    planted: bool = False
    start_text: str | None = None
    """Written instead of the start, for times that are none."""


@dataclass
class Process:
    """A random process: what always happens, in which order, and what may happen between."""

    core: list[str]
    choice: tuple[str, str]
    optional: str
    repeated: str
    minutes: dict[str, float]
    people: dict[str, list[str]]


@dataclass
class CleanLog:
    """Rows in the order of the file, the process they follow, and whether they have a start and an end."""

    rows: list[Row]
    process: Process
    two_times: bool

    def of(self, rows: list[Row]) -> "CleanLog":
        """The same with other rows."""
        return replace(self, rows=rows)


def clean_log(seed: int) -> CleanLog:
    """A log of 150 to 350 cases, each from its usual first to its usual last step."""
    random = Random(seed)
    process = _process(random)
    two_times = random.random() < 0.6
    unit = random.choice([MICROSECOND * 1_000, MICROSECOND * 1_000_000])
    cases = random.randint(150, 350)
    days = random.randint(60, 120)
    rows = []
    for number in range(1, cases + 1):
        arrival = FIRST_DAY + timedelta(days=random.random() * days)
        rows += _case(f"C-{number}", arrival, process, random, two_times=two_times, unit=unit)
    if random.random() < 0.7:
        rows.sort(key=lambda row: row.start)
    return CleanLog(rows, process, two_times)


def _process(random: Random) -> Process:
    names = random.sample(ACTIVITIES, 9)
    core, others = names[:5], names[5:]
    return Process(
        core=core,
        choice=(others[0], others[1]),
        optional=others[2],
        repeated=others[3],
        minutes={name: random.uniform(5, 90) for name in names},
        people={name: random.sample(PEOPLE, 5) for name in names},
    )


def _steps(process: Process, random: Random) -> list[str]:
    """First, second, either of two, third (or with an optional step before it), a repeated one, fourth, last."""
    first, second, third, fourth, last = process.core
    steps = [first, second, random.choice(process.choice)]
    if random.random() < 0.4:
        steps.append(process.optional)
    steps += [third, process.repeated]
    while random.random() < 0.2:
        steps.append(process.repeated)
    return [*steps, fourth, last]


def _case(
    case: str, arrival: datetime, process: Process, random: Random, *, two_times: bool, unit: timedelta
) -> list[Row]:
    rows, now = [], arrival
    case_level = {"amount": f"{random.lognormvariate(6, 1):.2f}", "region": random.choice(REGIONS)}
    for activity in _steps(process, random):
        begin = _in_working_time(now + timedelta(hours=random.expovariate(1 / 5)), random)
        minutes = process.minutes[activity] * random.lognormvariate(0, 0.6)
        start = begin - (begin - datetime.min) % unit
        end = start + unit * round(timedelta(minutes=minutes) / unit) if two_times else start
        channel = random.choice(CHANNELS) if activity in process.core[:2] else None
        who = random.choice(process.people[activity])
        rows.append(Row(case, activity, start, end, who, {**case_level, "channel": channel}))
        now = end + timedelta(minutes=2)
    return rows


def _in_working_time(moment: datetime, random: Random) -> datetime:
    """The moment, or one at the beginning of the next working day (Monday to Friday, 8 to 18)."""
    if moment.hour >= 18 or moment.weekday() >= 5:
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while moment.weekday() >= 5:
            moment += timedelta(days=1)
    if moment.hour < 8:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        moment = midnight + timedelta(hours=8, seconds=random.random() * 7200)
    return moment


def write(log: CleanLog, path: Path) -> Path:
    """Write the log as CSV, rows as they lie."""
    names = sorted({name for row in log.rows for name in row.attributes})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        times = ["start_time", "end_time"] if log.two_times else ["end_time"]
        writer.writerow(["case_id", "activity", *times, "resource", *names])
        for row in log.rows:
            start = row.start_text if row.start_text is not None else row.start.isoformat(sep=" ")
            moments = [start, row.end.isoformat(sep=" ")] if log.two_times else [start]
            values = [row.attributes.get(name) for name in names]
            writer.writerow([row.case, row.activity, *moments, row.resource, *values])
    return path
