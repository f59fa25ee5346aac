"""No way of writing a time is ruled out that could have read a value of the column."""

from datetime import datetime

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.event_log.time_shapes import possible, shapes
from bpa_assets.event_log.times import LOOSE_WAYS, WAYS, TimeWay, own_ways, parsed

_OWN = [own_ways(text)[0] for text in ("%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S.%f%z", "%j %Y", "%A %d %B %Y")]
_ALL = [*WAYS, *_OWN]
_FORMATS = [written for way in _ALL for written in way.formats]


def possible_names(values: list[str], ways: list[TimeWay]) -> set[str]:
    rows = duckdb.values([duckdb.ConstantExpression(values)]).project(duckdb.SQLExpression("unnest(col0)").alias("c0"))
    return {way.name for way in possible(ways, shapes("c0", rows))}


def read_by(value: str, ways: list[TimeWay]) -> set[str]:
    row = duckdb.values([duckdb.ConstantExpression(value)]).project(duckdb.ColumnExpression("col0").alias("c0"))
    times = row.project(*(parsed("c0", way) for way in ways)).fetchall()[0]
    return {way.name for way, time in zip(ways, times, strict=True) if time is not None}


@given(moment=st.datetimes(datetime(1000, 1, 1)), written=st.sampled_from(_FORMATS), around=st.sampled_from(["", " "]))
def test_a_way_that_reads_a_time_is_never_ruled_out(moment: datetime, written: str, around: str) -> None:
    value = f"{around}{moment.strftime(written)}{around}"
    assert read_by(value, _ALL) <= possible_names([value], _ALL)


@given(st.text(alphabet="0159 .,:/-+eETZAPMajn", max_size=20))
def test_nor_one_that_reads_any_other_text(value: str) -> None:
    assert read_by(value, _ALL) <= possible_names([value], _ALL)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["2026-01-31 10:00:00"], {"ISO 8601", "%Y%m%d"}),
        (["31/01/2026", None], {"ISO 8601", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y"}),
        (["soon"], {"ISO 8601"}),
        ([], set()),
    ],
)
def test_of_fifty_ways_few_are_left(values: list[str], names: set[str]) -> None:
    assert possible_names(values, list(WAYS)) == names


def test_what_is_made_plain_first_is_never_ruled_out() -> None:
    assert len(possible_names(["31. Januar 2026"], list(LOOSE_WAYS))) == len(LOOSE_WAYS)
