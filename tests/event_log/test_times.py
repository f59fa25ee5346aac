"""Every way of writing a time is read right, and what could be read in two ways is a question."""

from datetime import datetime
from pathlib import Path

import pytest

from bpa_assets.event_log.times import LOOSE_WAYS, WAYS
from bpa_assets.settings import ProcessConfig, Source
from bpa_resources.errors import InputError
from tests.stored_logs import read, stored, write_rows


def times(tmp_path: Path, texts: list[str], **source: str) -> list[str]:
    """What the texts of a column are read as, or why they are not."""
    path = write_rows(tmp_path / "log.csv", case=["1"] * len(texts), activity=["A"] * len(texts), end_time=texts)
    log = read([path], config=ProcessConfig(source=Source.model_validate(source)))
    found = {row["source_row"]: str(row["end_time"]) for row in stored(log)}
    found |= {row["source_row"]: row["reason"] for row in log.rejected_events.to_pylist()}
    return [found[row] for row in sorted(found)]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2021-04-13", "2021-04-13 00:00:00"),
        ("2021-04-13 17:05", "2021-04-13 17:05:00"),
        ("2021-04-13T17:05:06", "2021-04-13 17:05:06"),
        ("2021-04-13T17:05:06.123", "2021-04-13 17:05:06.123000"),
        ("2021-04-13T17:05:06.1234567", "2021-04-13 17:05:06.123456"),
        ("2021-04-13T17:05:06Z", "2021-04-13 17:05:06"),
        ("2021-04-13T17:05:06.5+02:00", "2021-04-13 15:05:06.500000"),
        ("2021-04-13T17:05:06-0330", "2021-04-13 20:35:06"),
        ("2021-04-13 17:05:06+02", "2021-04-13 15:05:06"),
        ("2021-04-13 17:05:06 +02:00", "2021-04-13 15:05:06"),
        ("2021-04-13 17:05:06 UTC", "2021-04-13 17:05:06"),
        ("2021/04/13 17:05:06", "2021-04-13 17:05:06"),
        ("2021/04/13 17:05:06.250", "2021-04-13 17:05:06.250000"),
        ("13/04/2021", "2021-04-13 00:00:00"),
        ("04/13/2021 17:05", "2021-04-13 17:05:00"),
        ("4/13/2021 5:05 PM", "2021-04-13 17:05:00"),
        ("13/04/2021 12:05:06 AM", "2021-04-13 00:05:06"),
        ("13/04/2021 17:05:06.250", "2021-04-13 17:05:06.250000"),
        ("13/04/2021 17:05:06+0200", "2021-04-13 15:05:06"),
        ("13.04.2021 17:05:06", "2021-04-13 17:05:06"),
        ("13.4.21 17:05", "2021-04-13 17:05:00"),
        ("13-04-2021 17:05", "2021-04-13 17:05:00"),
        ("13-Apr-2021 17:05:06", "2021-04-13 17:05:06"),
        ("13-APR-21", "2021-04-13 00:00:00"),
        ("13 Apr 2021 17:05", "2021-04-13 17:05:00"),
        ("Apr 13 2021 17:05", "2021-04-13 17:05:00"),
        ("April 13, 2021", "2021-04-13 00:00:00"),
        ("13 April 2021", "2021-04-13 00:00:00"),
        ("13/04/21 17:05", "2021-04-13 17:05:00"),
        ("04/13/21", "2021-04-13 00:00:00"),
        ("04-30-99", "1999-04-30 00:00:00"),
        ("2021.04.13 17:05", "2021-04-13 17:05:00"),
        ("20210413", "2021-04-13 00:00:00"),
        ("202104131705", "2021-04-13 17:05:00"),
        ("20210413170506", "2021-04-13 17:05:06"),
        ("1618333506", "2021-04-13 17:05:06"),
        ("1618333506250", "2021-04-13 17:05:06.250000"),
        ("1618333506.25", "2021-04-13 17:05:06.250000"),
        ("1618333506250123", "2021-04-13 17:05:06.250123"),
        ("1618333506250123456", "2021-04-13 17:05:06.250123"),
        ("44299", "2021-04-13 00:00:00"),
        ("44299.7123", "2021-04-13 17:05:42.720000"),
        ("44299,5", "2021-04-13 12:00:00"),
        ("2021-04-13 17:05:06,123", "2021-04-13 17:05:06.123000"),
        ("2021-04-13 5:05 PM", "2021-04-13 17:05:00"),
        ("20210413T170506", "2021-04-13 17:05:06"),
        ("20210413T170506Z", "2021-04-13 17:05:06"),
        ("20210413T170506.5+0200", "2021-04-13 15:05:06.500000"),
        ("2021-W15-2", "2021-04-13 00:00:00"),
        ("4/13/2021, 5:05:06 PM", "2021-04-13 17:05:06"),
        ("13/04/2021 5:05 p.m.", "2021-04-13 17:05:00"),
        ("13/04/2021 12:05 a. m.", "2021-04-13 00:05:00"),
        ("13.04.2021 17.05", "2021-04-13 17:05:00"),
        ("13/04/2021 17h05", "2021-04-13 17:05:00"),
        ("13.04.2021 um 17:05 Uhr", "2021-04-13 17:05:00"),
        ("13.04.2021 17:05:06,123", "2021-04-13 17:05:06.123000"),
        ("13.04.2021 17:05:06.1234567", "2021-04-13 17:05:06.123456"),
        ("13. April 2021 17:05", "2021-04-13 17:05:00"),
        ("Dienstag, 13. Apr. 2021 17:05", "2021-04-13 17:05:00"),
        ("13. März 2021", "2021-03-13 00:00:00"),
        ("13-Mai-2021 17:05", "2021-05-13 17:05:00"),
        ("13 août 2021", "2021-08-13 00:00:00"),
        ("13 de diciembre de 2021", "2021-12-13 00:00:00"),
        ("13-APR-21 05.05.06.123000 PM", "2021-04-13 17:05:06.123000"),
        ("Tue Apr 13 17:05:06 2021", "2021-04-13 17:05:06"),
        ("Tue, 13 Apr 2021 17:05:06 +0200", "2021-04-13 15:05:06"),
        ("Tue Apr 13 2021 17:05:06 GMT+0200 (CEST)", "2021-04-13 15:05:06"),
    ],
)
def test_a_time_is_read_as_it_is_written(tmp_path: Path, text: str, utc: str) -> None:
    assert times(tmp_path, [text]) == [utc]
    # With a zone set, times that carry an offset, or count from 1970, stay as they are; others are of that zone.
    fixed = text.startswith("1618") or any(sign in text[10:] for sign in ("+", "-0", "Z", "UTC"))
    (moved,) = times(tmp_path, [text], timezone="Asia/Kolkata")
    if fixed:
        assert moved == utc
    else:
        assert (datetime.fromisoformat(utc) - datetime.fromisoformat(moved)).total_seconds() == 5.5 * 3600


def test_every_way_has_a_name_of_its_own() -> None:
    ways = (*WAYS, *LOOSE_WAYS)
    assert len({way.name for way in ways}) == len(ways)


def test_day_and_month_are_settled_by_the_whole_column(tmp_path: Path) -> None:
    ambiguous = ["03/04/2021 10:00"] * 600
    assert times(tmp_path, [*ambiguous, "13/04/2021 10:00"])[0] == "2021-04-03 10:00:00"
    assert times(tmp_path, [*ambiguous, "04/13/2021 10:00"])[0] == "2021-03-04 10:00:00"
    dashes = ["03-04-2021"] * 30_000
    assert times(tmp_path, [*dashes, "04-13-2021"])[0] == "2021-03-04 00:00:00"


def test_day_and_month_are_settled_by_another_time_column(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv", case=["1"], activity=["A"], start_time=["03/04/2021"], end_time=["13/04/2021"]
    )
    assert str(stored(read([path]))[0]["start_time"]) == "2021-04-03 00:00:00"


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        ("03/04/2021", "%d/%m/%Y", "%m/%d/%Y"),
        ("03-04-2021 10:00", "%d-%m-%Y", "%m-%d-%Y"),
        ("03/04/21 10:00:00", "%d/%m/%y", "%m/%d/%y"),
        ("03-04-21", "%d-%m-%y", "%m-%d-%y"),
        ("21-04-13", "%d-%m-%y", "%y-%m-%d"),
        ("03/04/2021, 17:05:06,5", "%d/%m/%Y", "%m/%d/%Y"),
        ("3/4/21 5:05 p.m.", "%d/%m/%y", "%m/%d/%y"),
    ],
)
def test_a_time_that_can_be_read_in_two_ways_is_a_question(tmp_path: Path, text: str, one: str, two: str) -> None:
    with pytest.raises(InputError, match="can be read as") as refused:
        times(tmp_path, [text, text])
    said = str(refused.value)
    assert said.startswith(
        f"log.csv: the times in column 'end_time' (such as '{text}') can be read as {one} and as {two}"
    )
    assert f'source.timestamp_format in process.yaml, such as "{one}"' in said
    assert times(tmp_path, [text, text], timestamp_format=one) != times(tmp_path, [text, text], timestamp_format=two)


@pytest.mark.parametrize(
    "text", ["soon", "2021-02-30", "13/13/2021", "12345.5", "infinity", "epoch", "-1", "99", "2021", "0"]
)
def test_a_column_that_no_way_reads_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="no time in column 'end_time' can be read") as refused:
        times(tmp_path, [text])
    assert str(refused.value).endswith(
        f"(the first is '{text}'); say how they are written with source.timestamp_format in process.yaml"
    )


def test_times_with_and_without_an_offset_may_be_mixed(tmp_path: Path) -> None:
    texts = ["2021-07-01 12:00", "2021-07-01 12:00Z", "2021-07-01T12:00:00+02:00", "2021-07-01 12:00:00.5-04:00"]
    utc = ["2021-07-01 12:00:00", "2021-07-01 10:00:00", "2021-07-01 16:00:00.500000"]
    assert times(tmp_path, texts) == ["2021-07-01 12:00:00", *utc]
    assert times(tmp_path, texts, timezone="Europe/Amsterdam") == ["2021-07-01 10:00:00", *utc]


def test_a_time_that_python_cannot_hold_is_unreadable(tmp_path: Path) -> None:
    assert times(tmp_path, ["2021-07-01", "10000-01-01", "9999-12-31", "0021-07-01"]) == [
        "2021-07-01 00:00:00",
        "unreadable time 10000-01-01",
        "unreadable time 9999-12-31",
        "unreadable time 0021-07-01",
    ]


def test_the_users_own_way_wins(tmp_path: Path) -> None:
    assert times(tmp_path, ["03/04/2021 10:00"], timestamp_format="%m/%d/%Y %H:%M") == ["2021-03-04 10:00:00"]
    assert times(tmp_path, ["2021|093", "x"], timestamp_format="%Y|%j") == ["2021-04-03 00:00:00", "unreadable time x"]
    assert times(tmp_path, ["3.4.21 10:00 +0200"], timestamp_format="%d.%m.%y %H:%M %z", timezone="Asia/Tokyo") == [
        "2021-04-03 08:00:00"
    ]


def test_the_users_own_way_that_reads_nothing_is_refused(tmp_path: Path) -> None:
    said = (
        r"source\.timestamp_format '%d\.%m\.%Y' reads no time in column 'end_time' \(the first is '03/04/2021 10:00'\)"
    )
    with pytest.raises(InputError, match=said):
        times(tmp_path, ["03/04/2021 10:00"], timestamp_format="%d.%m.%Y")


def test_a_date_of_the_users_may_be_followed_by_any_clock(tmp_path: Path) -> None:
    texts = ["03/04/2021", "03/04/2021 17:05", "03/04/2021 5:05:06 PM"]
    utc = ["2021-04-03 00:00:00", "2021-04-03 17:05:00", "2021-04-03 17:05:06"]
    assert times(tmp_path, texts, timestamp_format="%d/%m/%Y") == utc
    assert times(tmp_path, [*texts, "03/04/2021, 17.05+02:00"], timestamp_format="%d/%m/%Y") == [
        *utc,
        "2021-04-03 15:05:00",
    ]


def test_offsets_may_be_mixed_with_local_times_in_any_way_of_writing(tmp_path: Path) -> None:
    texts = ["13.07.2021 12:00:00", "13.07.2021 12:00:00 +0200", "13.07.2021 12:00:00Z"]
    utc = ["2021-07-13 10:00:00", "2021-07-13 12:00:00"]
    assert times(tmp_path, texts) == ["2021-07-13 12:00:00", *utc]
    assert times(tmp_path, texts, timezone="Asia/Kolkata") == ["2021-07-13 06:30:00", *utc]


def test_one_unreadable_time_does_not_change_how_the_others_are_read(tmp_path: Path) -> None:
    assert times(tmp_path, ["yesterday", "13/04/2021 17:05"]) == ["unreadable time yesterday", "2021-04-13 17:05:00"]


def test_local_times_that_happened_twice_or_never_are_counted(tmp_path: Path) -> None:
    path = write_rows(
        tmp_path / "log.csv",
        case=["1"] * 3,
        activity=["A"] * 3,
        start_time=["2021-03-28 02:30", "2021-10-31 02:15", "2021-10-31 02:15+01:00"],
        end_time=["2021-03-28 03:30", "2021-10-31 02:45", "2021-11-01 02:45"],
        Seen=["2021-10-31 02:15"] * 3,
    )
    log = read([path], config=ProcessConfig(source=Source(timezone="Europe/Amsterdam")))
    assert [str(row["start_time"]) for row in stored(log)] == [
        "2021-03-28 01:30:00",
        "2021-10-31 00:15:00",
        "2021-10-31 01:15:00",
    ]
    assert {str(row["seen"]) for row in stored(log)} == {"2021-10-31 00:15:00"}
    # Two of the times, and the three values of the attribute.
    assert (log.accounting["ambiguous_times"], log.accounting["nonexistent_times"]) == (5, 1)
