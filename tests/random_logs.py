"""Random logs that are small and nasty, as lists of `Record` (see `tests.oracle`), and as files.

Names that differ only by case, blanks or Unicode form, or look like something else; identical, reversed and distant
times; cases interleaved in the file; lifecycles that interleave, repeat, miss a part or are written in mixed case.
Add a shape here when a bug shows that it was missing. How records become files is in `random_log_files`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.oracle import Record
from tests.random_log_files import write_csv, write_parquet, write_xes

__all__ = [
    "RandomLog",
    "any_logs",
    "lifecycle_logs",
    "names",
    "one_time_logs",
    "two_time_logs",
    "write_csv",
    "write_parquet",
    "write_xes",
]

ACTIVITIES = (
    *("Approve", "approve", "APPROVE", " Approve", "Approve ", "A  b", "A b"),
    *('say "yes"', '"', "a,b", "a;b", "a\tb", "it's", "two\nlines", "two\r\nlines", "back\\slash", "<a> & b", "%s {0}"),
    *("Prüfung", "Pru\u0308fung", "審査", "מאשר", "\U0001f600", "zero\u200bwidth"),
    *("7", "07", "7.0", "1e3", "true", "2020-01-02", "NULL", "None", "NaN", "N/A", "-", "a->b", "START", "activity"),
)
# Names that are easily taken for one another: some logs have only such.
ALIKE = (
    ("Approve", "approve", "APPROVE", " Approve", "Approve "),
    ("7", "07", "7.0", " 7"),
    ("Prüfung", "Pru\u0308fung", "prüfung", "PRÜFUNG"),
    ("a,b", "a", "b", "b,a"),
    ("two\nlines", "two\r\nlines", "two lines", "two"),
    ("null", "NULL", "None", "NaN"),
)
CASES = ("1", "01", "1.0", "10", "2", "c-1", "C-1", "Fall Ü", 'case "x", y', "null", "2021-03-04", " 1", "#7", "=7")
RESOURCES = ("Ann", "ann", "Ann ", "Bob", 'O\'Neil, "Pat"', "42", "Jürgen", "NULL")
ROLES = ("Clerk", "clerk", "Senior Officer")
INSTANCES = ("1", "01", "a", "A")

# The turn of a year, a leap day, both changes of European summer time, before the epoch, and far apart.
MOMENTS = tuple(
    datetime.fromisoformat(moment)
    for moment in (
        *("1969-12-31T23:59:58", "1999-12-31T23:59:58", "2012-02-29T12:00:00", "2021-03-28T00:59:58"),
        *("2021-10-31T00:59:58", "2020-01-01T00:00:00", "2037-06-30T08:00:00", "2069-01-01T00:00:00"),
    )
)
LIFECYCLE = ("start", "complete", "start", "complete", "start", "complete", "schedule", "assign", "suspend", "resume")
OTHER_TRANSITIONS = ("withdraw", "ate_abort", "In Progress", "completed", "starting")
MAX_RECORDS = 24

Times = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class RandomLog:
    """Records and whether their source has a start and an end column, as `oracle.pair` takes them."""

    records: list[Record]
    two_times: bool


def names(pool: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Give names from the pool and any others that CSV, XML and Parquet can all hold and that are not blank."""
    writable = st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co"))
    return st.sampled_from(pool) | st.text(writable, min_size=1, max_size=6).filter(lambda name: name.strip() != "")


@st.composite
def one_time_logs(draw: st.DrawFn) -> list[Record]:
    """Draw logs with one time a record, without a lifecycle or with one that has little or nothing to pair."""
    transitions = draw(
        st.sampled_from([(None,), ("complete",), ("START", "start"), OTHER_TRANSITIONS, ("schedule", "Complete", None)])
    )
    return draw(_logs(_one_time(draw), {"lifecycle": st.sampled_from(transitions)}))


@st.composite
def lifecycle_logs(draw: st.DrawFn) -> list[Record]:
    """Draw logs with one time a record whose lifecycle has starts and completions, and often more."""
    plain = draw(st.booleans())  # half of the logs have nothing else, so that long interleavings are found
    transitions = st.sampled_from(LIFECYCLE[:2]) if plain else st.sampled_from(LIFECYCLE + OTHER_TRANSITIONS)
    parts: dict[str, st.SearchStrategy[Any]] = {"lifecycle": _in_any_case(transitions)}
    if draw(st.booleans()):
        parts["lifecycle"] = parts["lifecycle"] | st.none()
    if draw(st.booleans()):
        instances = draw(_some(st.sampled_from(INSTANCES), 2))
        parts["instance"] = st.none() | st.sampled_from(instances)
    records = draw(_logs(_one_time(draw), parts, min_size=2))
    first, second = draw(st.permutations(range(len(records))))[:2]
    records[first] = replace(records[first], lifecycle=draw(_in_any_case(st.just("start"))))
    records[second] = replace(records[second], lifecycle=draw(_in_any_case(st.just("complete"))))
    return records


@st.composite
def two_time_logs(draw: st.DrawFn) -> list[Record]:
    """Draw logs with a start and an end column, either of which may be empty or before the other.

    At least one record has both. A lifecycle column, where there is one, is not to be paired by.
    """
    times = _times(draw)
    transitions = draw(st.sampled_from([(None,), ("complete",), ("start", "complete")]))
    known: st.SearchStrategy[Times] = st.tuples(times, times)
    either: st.SearchStrategy[Times] = st.tuples(times, st.none()) | st.tuples(st.none(), times)
    both = known if draw(st.booleans()) else known | either
    records = draw(_logs(both, {"lifecycle": st.sampled_from(transitions)}))
    whole = draw(st.integers(0, len(records) - 1))
    start, end = draw(known)
    records[whole] = replace(records[whole], start=records[whole].start or start, end=records[whole].end or end)
    return records


def any_logs() -> st.SearchStrategy[RandomLog]:
    """Give logs of all three kinds."""
    return (
        one_time_logs().map(lambda records: RandomLog(records, two_times=False))
        | lifecycle_logs().map(lambda records: RandomLog(records, two_times=False))
        | two_time_logs().map(lambda records: RandomLog(records, two_times=True))
    )


def _some(one: st.SearchStrategy[str], at_most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(one, min_size=1, max_size=at_most, unique=True)


def _in_any_case(transitions: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, change: change(name), transitions, st.sampled_from([str, str.upper, str.title]))


def _times(draw: st.DrawFn) -> st.SearchStrategy[datetime]:
    """Give times few enough to be equal often: a short grid of steps after one moment or several."""
    moments = draw(st.lists(st.sampled_from(MOMENTS), min_size=1, max_size=2, unique=True))
    unit = draw(st.sampled_from([1, 1_000, 333_333, 1_000_000, 60_000_000, 3_600_000_000]))
    steps = draw(st.sampled_from([1, 3, 8, 40]))
    return st.builds(
        lambda moment, step: moment + timedelta(microseconds=step * unit),
        st.sampled_from(moments),
        st.integers(0, steps),
    )


def _one_time(draw: st.DrawFn) -> st.SearchStrategy[Times]:
    return st.tuples(st.none(), _times(draw))


@st.composite
def _logs(
    draw: st.DrawFn,
    start_and_end: st.SearchStrategy[Times],
    parts: dict[str, st.SearchStrategy[Any]],
    min_size: int = 1,
) -> list[Record]:
    """Draw records over few cases, activities and resources, in any order of cases and times, numbered as they lie."""
    case_ids = draw(_some(names(CASES), draw(st.sampled_from([1, 2, 4]))))
    alike = draw(st.booleans())
    activities = draw(_some(st.sampled_from(draw(st.sampled_from(ALIKE))) if alike else names(ACTIVITIES), 4))
    resources: list[str | None] = [*draw(_some(names(RESOURCES), 3))]
    roles: list[str | None] = [*draw(_some(st.sampled_from(ROLES), 2))]
    if draw(st.booleans()):
        resources, roles = [*resources, None], [*roles, None]
    enabled = draw(st.sampled_from([st.none(), st.none(), st.none() | _times(draw)]))
    drawn = st.fixed_dictionaries(
        {
            "case": st.sampled_from(case_ids),
            "activity": st.sampled_from(activities),
            "times": start_and_end,
            "resource": st.sampled_from(resources),
            "role": st.sampled_from(roles),
            "enabled": enabled,
            **parts,
        }
    )
    at_least = draw(st.sampled_from([min_size, 6, 15]))  # lists alone would be of five records or so
    rows = draw(st.lists(drawn, min_size=at_least, max_size=MAX_RECORDS))
    records = []
    for number, row in enumerate(rows, start=1):
        start, end = row.pop("times")
        records.append(Record(row=number, start=start, end=end, **row))
    return records
