"""The random logs are as nasty as they claim, and their files hold the records that were asked for."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests import oracle
from tests.oracle import Event, Record
from tests.random_log_files import CONVENTIONS, Convention, TimeText
from tests.random_logs import (
    RandomLog,
    any_logs,
    lifecycle_logs,
    one_time_logs,
    two_time_logs,
    write_csv,
    write_parquet,
    write_xes,
)

Logs = st.SearchStrategy[list[Record]]
# No test here is timed: a busy machine is no failure.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WRITES_FILES = settings(
    UNTIMED,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    max_examples=50,
)


def _paired(records: Sequence[Record]) -> list[Event]:
    return oracle.pair(records, two_times=False)


def _ends_out_of_order(records: Sequence[Record]) -> bool:
    """Whether two pairs of one key overlap and are closed out of their order."""
    pairs = [event for event in _paired(records) if event.has_duration]
    return any(
        (a.case_id, a.activity) == (b.case_id, b.activity) and a.start_time < b.start_time and b.end_time < a.end_time
        for a, b in pairwise(pairs)
    )


def _suspends(records: Sequence[Record]) -> bool:
    """Whether a suspend or resume became part of another row."""
    named = {event.source_row for event in _paired(records)} | {event.start_source_row for event in _paired(records)}
    suspends = {r.row for r in records if (r.lifecycle or "").lower() in {"suspend", "resume"}}
    return not suspends <= named


SHAPES: dict[str, tuple[str, Callable[[list[Record]], bool]]] = {
    "a log of one record": ("one time", lambda log: len(log) == 1),
    "five records at one time in one case": (
        "one time",
        lambda log: max(Counter((record.case, record.end) for record in log).values()) >= 5,
    ),
    "cases interleaved": (
        "one time",
        lambda log: sum(a.case != b.case for a, b in pairwise(log)) > len({record.case for record in log}),
    ),
    "a case later in the file but earlier in time": (
        "one time",
        lambda log: any(a.case == b.case and b.end < a.end for a, b in pairwise(log) if a.end and b.end),
    ),
    "names that differ only by case": (
        "one time",
        lambda log: len({r.activity for r in log}) > len({(r.activity or "").lower() for r in log}),
    ),
    "a line break in a name": ("one time", lambda log: any("\n" in (record.activity or "") for record in log)),
    "decades between records": (
        "one time",
        lambda log: max(r.end.year for r in log if r.end) - min(r.end.year for r in log if r.end) > 60,
    ),
    "microseconds": ("one time", lambda log: any(r.end.microsecond % 1_000 for r in log if r.end)),
    "a missing resource": ("one time", lambda log: len({record.resource is None for record in log}) == 2),
    "a reversed row": ("two times", lambda log: any(r.start and r.end and r.end < r.start for r in log)),
    "a row of no length": ("two times", lambda log: any(r.start == r.end for r in log)),
    "a row without an end": ("two times", lambda log: any(r.end is None for r in log)),
    "a row inside another": (
        "two times",
        lambda log: any(
            a.case == b.case and a.start < b.start and b.end < a.end
            for a, b in pairwise(log)
            if a.start and a.end and b.start and b.end and b.start < b.end
        ),
    ),
    "pairs closed out of their order": ("lifecycle", _ends_out_of_order),
    "a start left open": ("lifecycle", lambda log: any(event.is_open for event in _paired(log))),
    "a schedule taken": (
        "lifecycle",
        lambda log: all(r.enabled is None for r in log) and any(event.enabled_time for event in _paired(log)),
    ),
    "a suspend or resume taken": ("lifecycle", _suspends),
    "another transition among pairs": (
        "lifecycle",
        lambda log: any((record.lifecycle or "").lower() == "withdraw" for record in log),
    ),
    "an instance": ("lifecycle", lambda log: any(record.instance for record in log)),
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[list[Record]]]:
    """Draw 200 logs of each kind, the same in every run."""

    def draw(logs: Logs) -> list[list[Record]]:
        found: list[list[Record]] = []

        @settings(
            max_examples=200,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(logs)
        def collect(log: list[Record]) -> None:
            found.append(log)

        collect()
        return found

    return {"one time": draw(one_time_logs()), "two times": draw(two_time_logs()), "lifecycle": draw(lifecycle_logs())}


@pytest.mark.parametrize("shape", SHAPES)
def test_random_logs_often_have_every_nasty_shape(shape: str, drawn: dict[str, list[list[Record]]]) -> None:
    kind, has_it = SHAPES[shape]
    assert sum(has_it(log) for log in drawn[kind]) >= 3


@UNTIMED
@given(any_logs())
def test_random_logs_number_their_records_and_give_each_a_case_an_activity_and_a_time(log: RandomLog) -> None:
    assert [record.row for record in log.records] == list(range(1, len(log.records) + 1))
    for record in log.records:
        assert (record.case or "").strip()
        assert (record.activity or "").strip()
        assert record.end or (log.two_times and record.start)
        assert log.two_times or record.start is None


def _utc(text: str) -> datetime | None:
    """Read a time of any of the formats; naive UTC."""
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("/", "-"))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _as_records(rows: Sequence[dict[str, str]], convention: Convention, *, two_times: bool) -> list[Record]:
    names = CONVENTIONS[convention]
    return [
        Record(
            row=number,
            case=row[names.case] or None,
            activity=row[names.activity] or None,
            start=_utc(row.get(names.start, "")) if two_times else None,
            end=_utc(row.get(names.end if two_times else names.one_time, "")),
            lifecycle=row.get(names.lifecycle) or None,
            instance=row.get(names.instance) or None,
            resource=row.get(names.resource) or None,
            role=row.get(names.role) or None,
            enabled=_utc(row.get(names.enabled, "")),
        )
        for number, row in enumerate(rows, start=1)
    ]


@WRITES_FILES
@given(
    log=any_logs(),
    convention=st.sampled_from(get_args(Convention)),
    times=st.sampled_from(get_args(TimeText)),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_a_csv_holds_its_records(
    tmp_path: Path, log: RandomLog, convention: Convention, times: TimeText, delimiter: str
) -> None:
    path = tmp_path / "log.csv.gz"
    write_csv(log.records, path, two_times=log.two_times, convention=convention, times=times, delimiter=delimiter)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter=delimiter))
    assert _as_records(rows, convention, two_times=log.two_times) == log.records


def test_a_csv_may_have_attributes(tmp_path: Path) -> None:
    record = Record(row=1, case="1", activity="A", end=datetime(2024, 1, 1))
    write_csv([record], tmp_path / "log.csv", two_times=False, attributes={"Amount": ["12,5"], "Note": [None]})
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines == ["case_id,activity,end_time,Amount,Note", '1,A,2024-01-01T00:00:00.000000,"12,5",']


@WRITES_FILES
@given(log=any_logs(), split_traces=st.booleans(), namespace=st.booleans(), offsets=st.booleans())
def test_an_xes_holds_its_records(
    tmp_path: Path, log: RandomLog, split_traces: bool, namespace: bool, offsets: bool
) -> None:
    path = tmp_path / "log.xes"
    written = write_xes(log.records, path, split_traces=split_traces, namespace=namespace, offsets=offsets)
    rows = []
    for trace in ElementTree.parse(path).getroot().iterfind("{*}trace"):  # noqa: S314 (our own file)
        (case,) = [element.attrib["value"] for element in trace.iterfind("{*}string")]
        for event in trace.iterfind("{*}event"):
            values = {element.attrib["key"]: element.attrib["value"] for element in event}
            rows.append({CONVENTIONS["xes"].case: case, **values})
    assert _as_records(rows, "xes", two_times=log.two_times) == written
    if split_traces:
        assert written == log.records
    order = sorted(log.records, key=lambda record: [other.case for other in log.records].index(record.case))
    assert split_traces or [(record.case, record.end) for record in written] == [(r.case, r.end) for r in order]


@WRITES_FILES
@given(log=any_logs(), convention=st.sampled_from(get_args(Convention)), zoned=st.booleans())
def test_a_parquet_file_holds_its_records(tmp_path: Path, log: RandomLog, convention: Convention, zoned: bool) -> None:
    path = tmp_path / "log.parquet"
    write_parquet(log.records, path, two_times=log.two_times, convention=convention, zoned=zoned)
    table = pq.read_table(path)
    assert pa.timestamp("us", tz="UTC" if zoned else None) in table.schema.types
    rows = [
        {name: value.isoformat() if isinstance(value, datetime) else value or "" for name, value in row.items()}
        for row in table.to_pylist()
    ]
    assert _as_records(rows, convention, two_times=log.two_times) == log.records
