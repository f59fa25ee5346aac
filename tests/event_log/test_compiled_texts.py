"""Compiled code reads times and numbers as DuckDB does, or leaves them to it."""

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bpa_assets.event_log.attributes import AttributeType, fits
from bpa_assets.event_log.compiled.iso_times import iso_times
from bpa_assets.event_log.compiled.plain_numbers import plain_numbers
from bpa_assets.event_log.times import ISO, is_local, parsed

MOMENTS = st.datetimes(datetime(1000, 1, 5), datetime(9998, 12, 30))
SEPARATORS, ZONES = st.sampled_from("T "), st.sampled_from(["", "", "Z", "+02:00", "-11:30", "+0200", "+02", " +02:00"])
CLOCKS = st.sampled_from(["", "%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H:%M:%S.5", "%H:%M:%S,25", "%H:%M:%S.1234567"])


@st.composite
def time_texts(draw: st.DrawFn) -> str:
    """A time as files have it, or with one character too many, too few or wrong."""
    moment, clock = draw(MOMENTS), draw(CLOCKS)
    text = f"{moment.year:04}{moment:-%m-%d}"
    text += f"{draw(SEPARATORS)}{moment.strftime(clock)}{draw(ZONES)}" if clock else ""
    if draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(["", "0", "9", "-", ":", " ", "x", "+"])) + text[place + 1 :]
    return text


NUMBER_TEXTS = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(str),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**13), max_value=10**13).map(str),
    st.from_regex(r"-?[0-9]{0,17}\.?[0-9]{0,17}", fullmatch=True),
    st.text("0123456789.-+e ", max_size=8),
)


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return connection


def computed(connection: duckdb.DuckDBPyConnection, texts: list[str | None], *columns: duckdb.Expression) -> list[Any]:
    """What DuckDB makes of a column `c0` of texts."""
    table = pa.table({"c0": pa.array(texts, pa.string())})
    return connection.from_arrow(table).project(*columns).fetchall()


@given(text=time_texts())
@example("2024-02-30")
@example("2024-02-29T24:00:00")
@example("2024-02-29T23:59:60")
@example("9999-12-31T23:59:59-12:00")
@example("2024-02-29 1:02:03")
@example("")
def test_a_time_that_compiled_code_reads_is_the_time_that_duckdb_reads(
    connection: duckdb.DuckDBPyConnection, text: str
) -> None:
    read = iso_times(pa.array([text or None, "2020-01-02T03:04:05Z", None], pa.string()).slice(0, 1))
    if read is not None:
        ((time, local),) = computed(connection, [text or None], parsed("c0", ISO), is_local("c0", ISO))
        assert read[0].to_pylist() == [time]
        assert not text or read[1].to_pylist() == [local]


@given(moment=MOMENTS, minutes=st.integers(-14 * 60, 14 * 60), mark=SEPARATORS)
def test_the_usual_ways_of_writing_a_time_are_read_by_compiled_code(moment: datetime, minutes: int, mark: str) -> None:
    day = f"{moment.year:04}{moment:-%m-%d}"
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    texts = [
        day,
        f"{day}{mark}{moment:%H:%M:%S.%f}",
        f"{day}{mark}{moment:%H:%M:%S}Z",
        f"{day}{mark}{moment:%H:%M}{zone}",
    ]
    read = iso_times(pa.array([None, *texts, None], pa.string()))
    second = moment.replace(microsecond=0)
    minute = second.replace(second=0) - timedelta(minutes=minutes)
    assert read is not None
    assert read[0].to_pylist() == [None, datetime(moment.year, moment.month, moment.day), moment, second, minute, None]
    assert read[1].to_pylist()[1:-1] == [True, True, False, False]


@given(text=NUMBER_TEXTS, whole=st.booleans())
@example("-0", False)
@example("00.5", False)
@example(".5", False)
@example("5.", False)
@example("-", True)
@example("999999999999999", True)
@example("9007199254740993", True)
@example("0.1", True)
def test_a_number_that_compiled_code_reads_is_the_number_that_duckdb_reads(
    connection: duckdb.DuckDBPyConnection, text: str, whole: bool
) -> None:
    read = plain_numbers(pa.array([text or None], pa.string()), whole=whole)
    if read is not None:
        kinds: tuple[AttributeType, ...] = ("BIGINT",) if whole else ("DOUBLE", "BIGINT")
        exact = " or ".join(fits("c0", kind) for kind in kinds)
        number = duckdb.SQLExpression(f"case when {exact} then try_cast(c0 as {kinds[0]}) end")
        assert read.to_pylist() == [value for (value,) in computed(connection, [text or None], number)]


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0.0), ("-12.5", -12.5), ("266.68", 266.68), ("1234567890", 1234567890.0)]
)
def test_the_usual_ways_of_writing_a_number_are_read_by_compiled_code(text: str, number: float) -> None:
    read = plain_numbers(pa.array([text, None], pa.string()), whole=False)
    assert read is not None
    assert read.to_pylist() == [number, None]


def test_a_dictionary_is_read_as_its_texts() -> None:
    texts = pa.array(["2020-01-02", None, "2020-01-02", "2020-01-03Z"]).dictionary_encode()
    assert iso_times(texts) is None
    days = pa.array(["2020-01-02", None, "2020-01-02"]).dictionary_encode()
    read = iso_times(days)
    assert read is not None
    assert read[0].to_pylist() == [datetime(2020, 1, 2), None, datetime(2020, 1, 2)]
    numbers = plain_numbers(pa.array(["7", None, "7"]).dictionary_encode(), whole=True)
    assert numbers is not None
    assert numbers.to_pylist() == [7, None, 7]
