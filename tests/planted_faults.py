"""Faults to plant into clean logs, one function a pattern.

Each takes a clean log and gives it back with the fault, and how many the judge should count. Planted rows are marked.
How well they are found again is measured in `tests.fault_scores`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from tests.clean_logs import FIRST_DAY, CleanLog, Row

Plant = Callable[[CleanLog, Random], tuple[CleanLog, int]]


def missing_values(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Resources left out."""
    rows = _some(log.rows, random, 0.02, 0.2)
    for row in rows:
        row.resource, row.planted = None, True
    return log, len(rows)


def duplicate_events(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Records written twice."""
    copies = [replace(row, planted=True) for row in _some(log.rows, random, 0.005, 0.05)]
    return log.of(_inserted(log.rows, copies, random)), len(copies)


def near_duplicate_events(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Records written again some seconds later."""
    copies = []
    for row in _some(log.rows, random, 0.005, 0.03):
        later = timedelta(seconds=random.randint(1, 9))
        copies.append(replace(row, start=row.start + later, end=row.end + later, planted=True))
    return log.of(_in_order([*log.rows, *copies])), len(copies)


def order_violations(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Times before those of the record before, of the same case: each in a case of its own."""
    cases = _some_cases(log, random, 0.02, 0.1)
    for rows in cases:
        place = random.randint(1, len(rows) - 1)
        back = rows[place].start - rows[place - 1].start + timedelta(minutes=20)
        if place > 1:  # not before the step before that
            back = min(back, rows[place].start - rows[place - 2].start - timedelta(seconds=61))
        length = rows[place].end - rows[place].start
        rows[place].start -= back
        rows[place].end = min(rows[place].start + length, rows[place - 1].end - timedelta(seconds=1))
        rows[place].end = max(rows[place].end, rows[place].start)
        _mark(rows)
    return log, len(cases)


def reversed_steps(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """The first two steps the other way round, in few cases."""
    first, second = log.process.core[:2]
    cases = _some_cases(log, random, 0.01, 0.035)
    for rows in cases:
        rows[0].activity, rows[1].activity = second, first
        _mark(rows)
    return log, len(cases)


def implausible_times(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Dates that stand for none, and years that are typed wrong."""
    rows = _some(log.rows, random, 0.003, 0.02)
    wrong = random.choice([datetime(1900, 1, 1), datetime(1970, 1, 1), datetime(9999, 12, 31), None])
    for row in rows:
        row.start = wrong or row.start.replace(year=row.start.year - 100, day=min(row.start.day, 28))
        row.end, row.planted = row.start, True
    return log, len(rows)


def future_times(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Years that have not come."""
    rows = _some(log.rows, random, 0.003, 0.02)
    for row in rows:
        row.start += timedelta(days=1461)
        row.end, row.planted = row.end + timedelta(days=1461), True
    return log, len(rows)


def whole_day_times(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """One activity known by its date only, or some rows of all."""
    one = random.choice(log.process.core)
    rows = (
        [row for row in log.rows if row.activity == one]
        if random.random() < 0.5
        else _some(log.rows, random, 0.05, 0.3)
    )
    for row in rows:
        row.start = row.end = row.start.replace(hour=0, minute=0, second=0, microsecond=0)
        row.planted = True
    return log, len(rows)


def mixed_precision(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Some activities written to the minute."""
    some = set(random.sample(log.process.core, random.randint(1, 3)))
    rows = [row for row in log.rows if row.activity in some]
    for row in rows:
        row.start, row.planted = row.start.replace(second=0, microsecond=0), True
        row.end = row.end.replace(second=0, microsecond=0)
    return log, len(rows)


def same_instant_events(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Three steps of a case saved by one form."""
    cases = _some_cases(log, random, 0.05, 0.3)
    for rows in cases:
        for row in rows[:3]:
            row.start = row.end = rows[2].start
            row.planted = True
    return log, 3 * len(cases)


def batch_bursts(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """The last steps of 15 to 40 cases booked by one nightly job."""
    cases = random.sample(_cases(log), random.randint(15, 40))
    night = max(rows[-1].end for rows in cases).replace(hour=23, minute=47, second=12)
    for rows in cases:
        rows[-1].start = rows[-1].end = night
        rows[-1].planted = True
    return log, len(cases)


def recording_gaps(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Two days of a busy time from which nothing is left."""
    by_day: dict[datetime, int] = defaultdict(int)
    for row in log.rows:
        by_day[row.start.replace(hour=0, minute=0, second=0, microsecond=0)] += 1
    days = sorted(day for day, count in by_day.items() if count)
    inner = [day for day in days[len(days) // 5 : -len(days) // 3] if day.weekday() < 5]
    gone = set(random.sample(inner, 2))
    rows = [row for row in log.rows if row.start.replace(hour=0, minute=0, second=0, microsecond=0) not in gone]
    return log.of(rows), 2


def distorted_labels(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Another spelling of an activity in a few rows."""
    name = random.choice(log.process.core)
    word = max(name.split(), key=len)
    letter = random.randint(1, len(word) - 2)
    slip = name.replace(word, word[:letter] + word[letter + 1 :])
    spelling = random.choice([name.upper(), name.replace(" ", "  "), name.replace(" ", "_"), name.lower(), slip])
    rows = _some([row for row in log.rows if row.activity == name], random, 0.02, 0.08)
    for row in rows:
        row.activity, row.planted = spelling, True
    return log, len(rows)


def polluted_labels(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Numbers that got into the names of an activity."""
    name = random.choice(log.process.core)
    rows = _some([row for row in log.rows if row.activity == name], random, 0.1, 0.6)
    for row in rows:
        row.activity, row.planted = f"{name} #{random.randint(10_000, 99_999)}", True
    return log, len(rows)


def distorted_resources(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Another spelling of a resource in a few rows."""
    name = log.rows[0].resource or ""
    rows = _some([row for row in log.rows if row.resource == name], random, 0.03, 0.3)
    for row in rows:
        row.resource, row.planted = random.choice([name.upper(), name.lower()]), True
    return log, len(rows)


def tireless_resources(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """A robot that notes something every hour of six days."""
    first = (FIRST_DAY + timedelta(days=20)).replace(hour=random.randint(0, 23))
    notes = []
    for hour in range(144):
        moment = first + timedelta(hours=hour, minutes=random.randint(0, 20), seconds=random.randint(1, 59))
        moment = moment.replace(microsecond=log.rows[hour].start.microsecond)
        case = random.choice(log.rows)
        notes.append(Row(case.case, "Write note", moment, moment, "Robot", dict(case.attributes), planted=True))
    return log.of(_in_order([*log.rows, *notes])), 1


def single_event_cases(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Cases of which only the last step is there."""
    some = random.sample(_cases(log), random.randint(1, 15))
    kept = {id(rows[-1]) for rows in some}
    cases = {rows[-1].case for rows in some}
    for rows in some:
        _mark(rows)
    return log.of([row for row in log.rows if row.case not in cases or id(row) in kept]), len(some)


def cases_without_beginning(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """A log that was cut out of a longer one, at its start."""
    times = sorted(row.start for row in log.rows)
    cut = times[int(random.uniform(0.1, 0.25) * len(times))]
    lost = {row.case for row in log.rows if row.start < cut}
    rows = [row for row in log.rows if row.start >= cut]
    for row in rows:
        row.planted = row.case in lost
    return log.of(rows), len({row.case for row in rows if row.planted})


def cases_without_end(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """A log that was cut out of a longer one, at its end."""
    times = sorted(row.start for row in log.rows)
    cut = times[int(random.uniform(0.75, 0.9) * len(times))]
    lost = {row.case for row in log.rows if row.start > cut}
    rows = [row for row in log.rows if row.start <= cut]
    for row in rows:
        row.planted = row.case in lost
    return log.of(rows), len({row.case for row in rows if row.planted})


def missing_events(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """The second step missing in few cases."""
    gone: set[int] = set()
    some = _some_cases(log, random, 0.005, 0.035)
    for rows in some:
        _mark(rows)
        gone.add(id(rows[1]))
    return log.of([row for row in log.rows if id(row) not in gone]), len(some)


def outlying_durations(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """A hundred times the time it should have taken."""
    rows = _some(log.rows, random, 0.002, 0.01)
    for row in rows:
        row.end = row.start + timedelta(minutes=100 * log.process.minutes[row.activity])
        row.planted = True
    return replace(log, two_times=True), len(rows)


def negative_durations(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Start and end swapped."""
    rows = [row for row in _some(log.rows, random, 0.005, 0.05) if row.end > row.start]
    for row in rows:
        row.start, row.end, row.planted = row.end, row.start, True
    return log, len(rows)


def rejected_records(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """Times that nobody can read."""
    rows = _some(log.rows, random, 0.002, 0.02)
    for row in rows:
        row.start_text, row.planted = "yesterday", True
    return log, len(rows)


def constant_columns(log: CleanLog, random: Random) -> tuple[CleanLog, int]:
    """A column that says the same everywhere."""
    for row in log.rows:
        row.attributes["client"], row.planted = "100", True
    return log, 1


PLANTS: tuple[Plant, ...] = (
    missing_values,
    duplicate_events,
    near_duplicate_events,
    order_violations,
    reversed_steps,
    implausible_times,
    future_times,
    whole_day_times,
    mixed_precision,
    same_instant_events,
    batch_bursts,
    recording_gaps,
    distorted_labels,
    polluted_labels,
    distorted_resources,
    tireless_resources,
    single_event_cases,
    cases_without_beginning,
    cases_without_end,
    missing_events,
    outlying_durations,
    negative_durations,
    rejected_records,
    constant_columns,
)
NEEDS_TWO_TIMES = (outlying_durations, negative_durations)
BUSY = (recording_gaps,)


def _cases(log: CleanLog) -> list[list[Row]]:
    cases: dict[str, list[Row]] = defaultdict(list)
    for row in log.rows:
        cases[row.case].append(row)
    return list(cases.values())


def _some(rows: Sequence[Row], random: Random, low: float, high: float) -> list[Row]:
    return random.sample(list(rows), max(1, round(random.uniform(low, high) * len(rows))))


def _some_cases(log: CleanLog, random: Random, low: float, high: float) -> list[list[Row]]:
    cases = _cases(log)
    return random.sample(cases, max(1, round(random.uniform(low, high) * len(cases))))


def _mark(rows: Sequence[Row]) -> None:
    for row in rows:
        row.planted = True


def _in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row.start)


def _inserted(rows: Sequence[Row], more: Sequence[Row], random: Random) -> list[Row]:
    """The further rows right behind those they are copies of."""
    place = {(row.case, row.activity, row.start): number for number, row in enumerate(rows)}
    found = [(number, row) for number, row in enumerate(rows)]
    found += [(place[row.case, row.activity, row.start], row) for row in more]
    return [row for _, row in sorted(found, key=lambda pair: pair[0])]
