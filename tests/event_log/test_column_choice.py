"""Columns told by what they hold: times in two halves, and logs whose names say nothing."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bpa_assets.settings import ProcessConfig, Source
from bpa_resources.errors import InputError
from tests.stored_logs import read, stored, write_rows

Columns = dict[str, list[str | None]]


def log_columns(seed: int = 1, cases: int = 80) -> Columns:
    """An order process: a fixed course with a choice, a resource a step, an attribute a case."""
    random = Random(seed)
    rows: list[tuple[str, ...]] = []
    for case in range(cases):
        at = datetime(2024, 1, 1) + timedelta(hours=5 * case)
        steps = ["Receive", "Check", random.choice(["Approve", "Reject"]), "Inform", "Archive"]
        country, value = random.choice(["NL", "DE", "FR"]), str(random.randrange(100, 5000))
        for step in steps:
            end = at + timedelta(minutes=random.randrange(5, 500))
            rows.append((f"{4711 + case}", step, str(at), str(end), f"User {random.randrange(6)}", country, value))
            at = end + timedelta(minutes=random.randrange(5, 500))
    names = ("case", "activity", "start_time", "end_time", "resource", "country", "value")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def findings(log: object) -> list[str]:
    return [str(one) for one in log.accounting["findings"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5, 6), (6, 4, 1, 5, 3, 2, 0)])
def test_columns_without_names_are_told_by_their_content(tmp_path: Path, order: tuple[int, ...]) -> None:
    known = log_columns()
    names = [list(known)[place] for place in order]
    path = write_rows(tmp_path / "log.csv", **{f"F{i}": known[name] for i, name in enumerate(names)})
    log = read([path])
    fields = {name: f"F{i}" for i, name in enumerate(names)}
    roles = ("case_id", "activity", "start_time", "end_time")
    told = ", ".join(f"{role} = '{fields[role.removesuffix('_id')]}'" for role in roles)
    assert f"log.csv: columns by content: {told}" in findings(log)
    by_name = stored(read([write_rows(tmp_path / "named.csv", **known)]))
    same = ("case_id", "activity", "start_time", "end_time", "source_row")
    assert [[row[name] for name in same] for row in stored(log)] == [[row[name] for name in same] for row in by_name]


def test_one_time_without_a_name_is_the_time(tmp_path: Path) -> None:
    known = log_columns()
    path = write_rows(tmp_path / "log.csv", a=known["case"], b=known["activity"], c=known["end_time"])
    log = read([path])
    assert findings(log)[0] == "log.csv: columns by content: case_id = 'a', activity = 'b', end_time = 'c'"


def test_seconds_since_1970_without_a_name_are_a_time_where_nothing_else_is(tmp_path: Path) -> None:
    known = log_columns()
    seconds = [str(int(datetime.fromisoformat(str(text) + "+00:00").timestamp())) for text in known["end_time"]]
    log = read([write_rows(tmp_path / "log.csv", a=known["case"], b=known["activity"], c=seconds)])
    assert [str(row["end_time"]) for row in stored(log)][:5] == known["end_time"][:5]


def test_what_names_tell_is_kept_and_content_tells_the_rest(tmp_path: Path) -> None:
    known = log_columns()
    path = write_rows(tmp_path / "log.csv", dossier=known["case"], what=known["activity"], end_time=known["end_time"])
    assert findings(read([path]))[:2] == [
        "log.csv: columns by name: case_id = 'dossier', end_time = 'end_time'",
        "log.csv: columns by content: activity = 'what'",
    ]
    config = ProcessConfig(source=Source(case_id="what", activity="dossier"))
    assert {row["case_id"] for row in stored(read([path], config=config))} == set(known["activity"])


def test_a_date_that_stays_the_same_in_a_case_is_not_the_time(tmp_path: Path) -> None:
    known = log_columns()
    ordered = dict(zip(known["case"], known["start_time"], strict=True))
    path = write_rows(
        tmp_path / "log.csv",
        a=known["case"], b=known["activity"], c=[ordered[case] for case in known["case"]], d=known["end_time"],
    )  # fmt: skip
    assert "log.csv: columns by content: case_id = 'a', activity = 'b', end_time = 'd'" in findings(read([path]))


def test_what_is_not_clear_is_asked(tmp_path: Path) -> None:
    random = Random(3)
    times = [str(datetime(2024, 1, 1) + timedelta(hours=hour)) for hour in range(400)]
    letters: Columns = {name: [random.choice("ABCDEFGH") for _ in times] for name in ("one", "two", "three")}
    with pytest.raises(InputError, match=r"no column is known to be the case; say which with source\.case_id"):
        read([write_rows(tmp_path / "log.csv", **letters, end_time=list(times))])
    known = log_columns()
    further = [str(datetime(2024, 6, 1) + timedelta(minutes=random.randrange(9000))) for _ in known["case"]]
    path = write_rows(
        tmp_path / "log.csv",
        a=known["case"],
        b=known["activity"],
        c=further,
        d=known["start_time"],
        e=known["end_time"],
    )
    with pytest.raises(InputError, match=r"no column is known to be the time; say which with source\.end_time"):
        read([path])


@pytest.mark.parametrize(
    ("columns", "start", "end"),
    [
        ({"Datum": ["13.04.2021"], "Uhrzeit": ["17:05:06"]}, "2021-04-13 17:05:06", "2021-04-13 17:05:06"),
        ({"Uhrzeit": ["17:05"], "Datum": ["13.04.2021"]}, "2021-04-13 17:05:00", "2021-04-13 17:05:00"),
        ({"ERDAT": ["20210413"], "ERZET": ["170506"]}, "2021-04-13 17:05:06", "2021-04-13 17:05:06"),
        ({"UDATE": ["2021-04-13"], "UTIME": ["17:05:06"]}, "2021-04-13 17:05:06", "2021-04-13 17:05:06"),
        ({"Date": ["4/13/2021"], "Time": ["5:05:06 PM"]}, "2021-04-13 17:05:06", "2021-04-13 17:05:06"),
        (
            {"Startdatum": ["13.04.21"], "Startzeit": ["17:05"], "Enddatum": ["14.04.21"], "Endzeit": ["08:00"]},
            "2021-04-13 17:05:00",
            "2021-04-14 08:00:00",
        ),
        (
            {"Date": ["2021-04-13"], "Start time": ["17:05"], "End time": ["18:00"]},
            "2021-04-13 17:05:00",
            "2021-04-13 18:00:00",
        ),
    ],
)
def test_a_date_and_a_clock_side_by_side_are_one_time(tmp_path: Path, columns: Columns, start: str, end: str) -> None:
    log = read([write_rows(tmp_path / "log.csv", Case=["1"], Activity=["A"], **columns, Note=["x"])])
    (row,) = stored(log)
    assert (str(row["start_time"]), str(row["end_time"])) == (start, end)
    assert log.event_attribute["source_name"].to_pylist() == ["Note"]


def test_a_clock_without_a_date_is_no_time_and_one_beside_a_whole_time_is_an_attribute(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no time in column 'Time' can be read"):
        read([write_rows(tmp_path / "log.csv", Case=["1"], Activity=["A"], Time=["17:05"])])
    columns: Columns = {"end_time": ["2021-04-13 17:05"], "Date": ["2021-04-13"], "Time": ["17:05"]}
    log = read([write_rows(tmp_path / "log.csv", Case=["1"], Activity=["A"], **columns)])
    assert log.event_attribute["source_name"].to_pylist() == ["Date", "Time"]


def test_a_rejected_record_of_a_split_time_is_kept_as_it_was(tmp_path: Path) -> None:
    columns: Columns = {"Datum": ["13.04.2021", "32.04.2021"], "Uhrzeit": ["17:05", "17:05"]}
    log = read([write_rows(tmp_path / "log.csv", Case=["1", "1"], Activity=["A", "B"], **columns)])
    (rejected,) = log.rejected_events.to_pylist()
    assert rejected["reason"] == "unreadable time 32.04.2021 17:05"
    assert rejected["record"] == '{"Case":"1","Activity":"B","Datum":"32.04.2021","Uhrzeit":"17:05"}'
