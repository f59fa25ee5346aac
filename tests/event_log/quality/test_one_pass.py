"""What one pass counts: by hand, and against a slow look at the same rows."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest.mock import patch

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.event_log.opened_sources import connect
from bpa_assets.event_log.quality import row_batches
from bpa_assets.event_log.quality.one_pass import DAY_STEP, OnePass
from tests.stored_logs import MEMORY, Row

MONDAY = datetime(2024, 1, 8, 9, 0, 1)
SCHEMA = pa.schema(
    [
        *[(name, pa.int32()) for name in ("case_code", "activity_code", "event_index")],
        *[(name, pa.timestamp("us")) for name in ("start_time", "end_time")],
        ("source_file", pa.string()),
        *[(name, pa.int64()) for name in ("source_row", "start_source_row")],
        ("resource", pa.string()),
        ("processing_seconds", pa.float64()),
    ]
)


def event(activity: int, start: int, lasts: int = 0, **known: Any) -> Row:
    """A row whose times are seconds after Monday."""
    begin = MONDAY + timedelta(seconds=start)
    row = {"activity_code": activity, "start_time": begin, "end_time": begin + timedelta(seconds=lasts)}
    row |= {"source_file": "a.csv", "source_row": 1, "start_source_row": None, "resource": "Ann"}
    return row | {"processing_seconds": float(lasts)} | known


def in_order(cases: Sequence[Sequence[Row]]) -> list[Row]:
    """The rows as they are stored."""
    return [
        row | {"case_code": code, "event_index": place}
        for code, case in enumerate(cases)
        for place, row in enumerate(sorted(case, key=lambda row: (row["start_time"], row["end_time"])))
    ]


def passed(folder: Path, files: Sequence[Sequence[Row]], rows_a_batch: int = 1000) -> OnePass:
    paths = [folder / f"{number}.parquet" for number in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), path, row_group_size=7)
    with patch.object(row_batches, "ROWS_A_BATCH", rows_a_batch):
        return OnePass(connect(folder, MEMORY), paths)


def table(one: OnePass, name: str) -> list[Row]:
    return cast("list[Row]", one.connection.table(name).to_arrow_table().to_pylist())


def test_what_one_pass_tells_of_two_cases(tmp_path: Path) -> None:
    """Case 0: 5 after itself within 10 s, then within 60 s; case 1: two at one instant, and one against the source."""
    cases = [
        [event(5, 0), event(5, 10), event(5, 70), event(6, 86_400)],
        [event(5, 0, 50, source_row=4), event(6, 0, 50, source_row=5), event(7, 3599, 60, source_row=2)],
    ]
    one = passed(tmp_path, [in_order(cases)], rows_a_batch=3)
    assert (one.cases, one.steps, one.ties, one.against) == (2, 5, 1, 1)
    assert one.by_day == [(datetime(2024, 1, 8), 6), (datetime(2024, 1, 9), 1)]
    assert (one.within_10.tolist(), one.within_60.tolist()) == ([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 1])
    shapes = [(row["events"], row["started_at"], row["ended_at"], row["first_row"]) for row in table(one, "case_shape")]
    later = timedelta(days=1)
    assert shapes == [(4, MONDAY, MONDAY + later, 0), (3, MONDAY, MONDAY + timedelta(seconds=3659), 4)]
    tied = [(row["case_code"], row["event_index"], row["instant"], row["whole_hour"]) for row in table(one, "tied")]
    assert tied == [(1, 0, 1, False), (1, 1, 1, False)]
    (against,) = table(one, "against_source")
    assert (against["case_code"], against["event_index"], against["before_row"]) == (1, 2, 5)


def test_rows_of_one_instant_at_a_whole_hour_are_told(tmp_path: Path) -> None:
    hour = event(1, 3599)
    rows = in_order([[hour, hour, event(1, 3600)]])
    assert [row["whole_hour"] for row in table(passed(tmp_path, [rows]), "tied")] == [True, True]


times = st.sampled_from([0, 1, 5, 11, 30, 65, 3599, 7199, 86_398, 86_399, 100_000, -2_000_000_000])
row_numbers = st.integers(1, 6)
events = st.builds(
    event,
    st.integers(0, 3),
    times,
    st.sampled_from([0, 1, 60, 50_000, 90_000]),
    source_file=st.sampled_from(["a.csv", "b.csv"]),
    source_row=row_numbers,
    start_source_row=st.none() | row_numbers,
    resource=st.none() | st.sampled_from(["Ann", "Bob", "Eve"]),
)
logs = st.lists(st.lists(events, min_size=1, max_size=7), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(cases=logs, rows_a_batch=st.integers(1, 12), in_first=st.integers(0, 8))
def test_one_pass_counts_what_a_slow_look_counts(cases: list[list[Row]], rows_a_batch: int, in_first: int) -> None:
    rows = in_order(cases)
    files = [part for part in _split(rows, in_first) if part]
    with TemporaryDirectory() as folder:
        one = passed(Path(folder), files, rows_a_batch)
        by_case = [list(of) for _, of in groupby(rows, key=lambda row: row["case_code"])]
        _same_cases(table(one, "case_shape"), by_case, files)
        steps = [pair for case in by_case for pair in pairwise(case)]
        assert (one.cases, one.steps) == (len(by_case), len(steps))
        assert {(row["case_code"], row["event_index"]) for row in table(one, "tied")} == _at_one_instant(rows)
        against = [(one_, two) for one_, two in steps if _is_against(one_, two)]
        assert one.against == len(against)
        assert [(row["case_code"], row["event_index"]) for row in table(one, "against_source")] == [
            (two["case_code"], two["event_index"])
            for before, two in against
            if before["source_file"] == two["source_file"]
        ]
        for counts, low, high in ((one.within_10, 0, 10), (one.within_60, 10, 60)):
            found = Counter(two["activity_code"] for before, two in steps if _again(before, two, low, high))
            assert {code: count for code, count in enumerate(counts.tolist()) if count} == found
        starts = Counter(row["start_time"].date() for row in rows)
        assert [(day.date(), count) for day, count in one.by_day] == sorted(starts.items())
        _never_too_few(one, rows)


def _split(rows: list[Row], in_first: int) -> tuple[list[Row], list[Row]]:
    """The rows of the first cases and of the others."""
    return [row for row in rows if row["case_code"] < in_first], [row for row in rows if row["case_code"] >= in_first]


def _same_cases(shapes: list[Row], by_case: list[list[Row]], files: list[list[Row]]) -> None:
    assert [row["case_code"] for row in shapes] == [case[0]["case_code"] for case in by_case]
    hashes: dict[tuple[int, ...], set[int]] = defaultdict(set)
    for shape, case in zip(shapes, by_case, strict=True):
        started, ended = min(row["start_time"] for row in case), max(row["end_time"] for row in case)
        assert (shape["events"], shape["started_at"], shape["ended_at"]) == (len(case), started, ended)
        assert files[shape["file_index"]][shape["first_row"]] == case[0]
        hashes[tuple(row["activity_code"] for row in case)].add(shape["variant"])
    assert all(len(found) == 1 for found in hashes.values())
    assert len(set().union(*hashes.values())) == len(hashes)


def _at_one_instant(rows: list[Row]) -> set[tuple[int, int]]:
    key = {id(row): (row["case_code"], row["start_time"], row["end_time"]) for row in rows}
    often = Counter(key.values())
    return {(row["case_code"], row["event_index"]) for row in rows if often[key[id(row)]] > 1}


def _is_against(one: Row, two: Row) -> bool:
    if two["start_time"] <= one["start_time"] or two["end_time"] <= one["end_time"]:
        return False
    starts = [row["start_source_row"] or row["source_row"] for row in (one, two)]
    return bool(two["source_row"] < one["source_row"] and starts[1] < starts[0])


def _again(one: Row, two: Row, low: int, high: int) -> bool:
    apart = (two["start_time"] - one["start_time"]).total_seconds()
    return bool(one["activity_code"] == two["activity_code"] and low < apart <= high)


def _never_too_few(one: OnePass, rows: list[Row]) -> None:
    """Counters are shared, so they may have more than the rows (seconds) of their key, and never less."""
    epoch = datetime(1970, 1, 1)
    for (activity, end), count in Counter((row["activity_code"], row["end_time"]) for row in rows).items():
        micros = (end - epoch) // timedelta(microseconds=1)
        if not end.minute and not end.second:
            continue
        counter = one.instants.of_instants(np.array([activity]), np.array([micros]))
        assert one.instants.amounts[counter] >= count
    work: dict[tuple[str, int], float] = defaultdict(float)
    for row in rows:
        if row["resource"] and row["start_time"].date() == row["end_time"].date():
            work[row["resource"], (row["start_time"] - epoch).days] += row["processing_seconds"]
    for (resource, day), seconds in work.items():
        ((hashed,),) = one.connection.execute("select hash($name)", {"name": resource}).fetchall()
        assert one.worked[(hashed + day * DAY_STEP) & (len(one.worked) - 1)] >= seconds - 1e-6
