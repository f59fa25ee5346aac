"""Real logs, with no configuration: their counts, and their tables against the oracle and against pm4py."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast
from xml.etree import ElementTree

import pytest

from bpa_assets.event_log.reading import EventLog
from bpa_assets.process_model.tables import BehaviourTables
from tests import oracle
from tests.oracle import Record
from tests.process_model.test_behaviour_tables import check_tables
from tests.stored_logs import expected, fixed_columns, read, stored, tables_of

pytestmark = [
    pytest.mark.shared,
]

# Records as of the logs' README; rows, pairs, cases, variants and open cases by the contract.
COUNTS = {
    "running-example.xes": (42, 42, 0, 6, 6),
    "running-example.csv": (42, 42, 0, 6, 6),
    "receipt.xes.gz": (8_577, 8_577, 0, 1_434, 116),
    "sepsis.xes.gz": (15_214, 15_214, 0, 1_050, 846),
    "bpi2013-incidents.xes.gz": (65_533, 65_533, 0, 7_554, 1_511),
    "bpi2012.xes.gz": (262_200, 164_580, 71_373, 13_087, 4_228),
    "road-traffic-fines.xes.gz": (561_470, 561_470, 0, 150_370, 231),
    "ACR.csv.gz": (5_894, 5_894, 0, 852, 151),
    "LoanApp.csv.gz": (7_492, 7_492, 0, 1_000, None),
    "LoanApp_simplified_train.csv.gz": (7_544, 7_544, 0, 1_000, None),
    "LoanApp_simplified_test.csv.gz": (7_495, 7_495, 0, 1_000, None),
    "LoanApp_train_log_large.csv.gz": (5_976, 5_976, 0, 797, None),
    "LoanApp_test_log.csv.gz": (1_490, 1_490, 0, 200, None),
    "P2P.csv.gz": (9_119, 9_119, 0, 608, 70),
    "Production.csv.gz": (4_503, 4_503, 0, 225, 217),
}
# The oracle takes its time over these: pm4py is asked instead.
LARGE = {"bpi2012.xes.gz", "road-traffic-fines.xes.gz"}
SMALL = sorted(COUNTS.keys() - LARGE)
# One time a row, so that pm4py's order by it is ours.
FOR_PM4PY = ["running-example.xes", "receipt.xes.gz", "sepsis.xes.gz", *sorted(LARGE)]

Read = tuple[EventLog, BehaviourTables]


@pytest.fixture(scope="module")
def logs(shared_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Read]:
    """Every shared log that a test asks for, read once."""

    class Logs(dict[str, Read]):
        def __missing__(self, name: str) -> Read:
            path = tmp_path_factory.mktemp("log") / name
            path.symlink_to(shared_logs / name)
            log = read([path])
            self[name] = log, tables_of(log)
            return self[name]

    return Logs()


@pytest.mark.parametrize("name", COUNTS)
def test_the_counts_are_those_known_of_the_log(logs: Mapping[str, Read], name: str) -> None:
    log, tables = logs[name]
    rows, events, pairs, cases, variants = COUNTS[name]
    accounts = log.accounting
    assert (accounts["rows_read"], accounts["events"], accounts["rejected_events"]) == (rows, events, 0)
    assert accounts["rows_paired"] == rows - events
    two_times = {"start_time", "end_time"} <= set(str(accounts["findings"]).replace("=", " ").split())
    assert two_times or sum(row["start_source_row"] is not None for row in stored(log)) == pairs
    (profile,) = tables.process_profile.to_pylist()
    assert profile["cases"] == cases
    assert variants in (None, profile["variants"])


def test_what_was_measured_of_bpi_2012(logs: Mapping[str, Read]) -> None:
    log, tables = logs["bpi2012.xes.gz"]
    (profile,) = tables.process_profile.to_pylist()
    assert {name: profile[name] for name in ("open_cases", "open_rule", "activities", "time_basis")} == {
        "open_cases": 283,
        "open_rule": "inferred",
        "activities": 24,
        "time_basis": "mixed",
    }
    assert sum(row["enabled_time"] is not None for row in stored(log)) > 1_000


@pytest.mark.parametrize("name", SMALL)
def test_a_real_log_has_the_rows_and_tables_of_the_oracle(
    shared_logs: Path, logs: Mapping[str, Read], name: str
) -> None:
    path = shared_logs / name
    is_xes = ".xes" in name
    records = list(_xes_records(path) if is_xes else _csv_records(path))
    log, tables = logs[name]
    events = oracle.pair(records, two_times=records[0].start is not None)
    assert fixed_columns(log) == expected(events)
    assert not oracle.cases_on_the_open_boundary(events)
    check_tables(tables, events)


@pytest.mark.parametrize("name", FOR_PM4PY)
def test_pm4py_finds_the_same_variants_transitions_and_durations(logs: Mapping[str, Read], name: str) -> None:
    import pandas as pd
    import pm4py

    log, tables = logs[name]
    names = {"case": "case_id", "activity": "activity", "start": "start_time", "end": "end_time"}
    frame = pd.concat([pd.read_parquet(file, columns=[*names.values(), "source_row"]) for file in log.event_log.files])
    # pm4py orders by one time only, and counts variants right only where the rows of a case lie together.
    frame = frame.sort_values(["case_id", "start_time", "end_time", "source_row"]).reset_index(drop=True)
    for column in ("start_time", "end_time"):
        frame[column] = frame[column].dt.tz_localize("UTC")
    keys = {"case_id_key": "case_id", "activity_key": "activity", "timestamp_key": "start_time"}

    dfg, _, _ = pm4py.discover_dfg(frame, **keys)
    transitions = {(row["source"], row["target"]): row["frequency"] for row in tables.transitions.to_pylist()}
    assert transitions == dict(dfg)

    variants = {tuple(row["activities"]): row["cases"] for row in tables.variants.to_pylist()}
    assert variants == dict(pm4py.get_variants(frame, **keys))

    activities = {row["activity"]: row["frequency"] for row in tables.activities.to_pylist()}
    assert activities == dict(pm4py.get_event_attribute_values(frame, "activity", case_id_key="case_id"))

    if name not in LARGE or "fines" in name:  # pm4py takes one time: the same as ours where a row has no other
        durations = Counter(round(one, 3) for one in pm4py.get_all_case_durations(frame, **keys))
        assert durations == Counter(round(one, 3) for one in tables.cases["cycle_time_seconds"].to_pylist())


# --- reading, plainly ------------------------------------------------------------------------------------------------


def _utc(text: str | None) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text.replace("/", "-"))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def _xes_records(path: Path) -> Iterator[Record]:
    row = 0
    with _opened(path) as file:
        for _, trace in ElementTree.iterparse(file):  # noqa: S314 (a log we know)
            if not trace.tag.endswith("}trace") and trace.tag != "trace":
                continue
            case = {one.get("key"): one.get("value") for one in trace}.get("concept:name")
            for event in trace:
                if event.tag.endswith("event"):
                    row += 1
                    values = {one.get("key"): one.get("value") for one in event}
                    yield Record(
                        row=row,
                        case=case,
                        activity=values.get("concept:name"),
                        end=_utc(values.get("time:timestamp")),
                        lifecycle=values.get("lifecycle:transition"),
                        instance=values.get("concept:instance"),
                        resource=values.get("org:resource"),
                        role=values.get("org:role"),
                    )
            trace.clear()


CSV_NAMES = {
    "case": ("case_id", "caseid", "case:concept:name"),
    "activity": ("activity", "Activity", "activity_name", "task", "concept:name"),
    "start": ("start_time", "start_timestamp"),
    "end": ("end_time", "end_timestamp", "time:timestamp"),
    "resource": ("resource", "Resource", "user", "org:resource"),
    "role": ("role",),
    "enabled": ("enabled_time",),
}


def _csv_records(path: Path) -> Iterator[Record]:
    with _opened(path) as binary:
        lines = (line.decode("utf-8-sig") for line in binary)
        first = next(lines)
        delimiter = ";" if first.count(";") > first.count(",") else ","
        names = next(csv.reader([first], delimiter=delimiter))
        for row, line in enumerate(csv.DictReader(lines, names, delimiter=delimiter), start=1):
            value = {
                part: next((line[name] or None for name in known if name in line), None)
                for part, known in CSV_NAMES.items()
            }
            yield Record(
                row=row,
                case=value["case"],
                activity=value["activity"],
                start=_utc(value["start"]),
                end=_utc(value["end"]),
                resource=value["resource"],
                role=value["role"],
                enabled=_utc(value["enabled"]),
            )
