"""Local times to UTC: the same as the standard library's zoneinfo, and every clock change counted."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from bpa_assets.event_log.zones import clock_changes, local_to_utc, utc_to_local
from bpa_assets.settings import ProcessConfig, Source
from tests.stored_logs import read, stored, write_rows

ZONES = (
    "UTC",
    "Etc/GMT+12",
    "Europe/Amsterdam",
    "Europe/Dublin",  # standard time in summer, "daylight" in winter
    "America/St_Johns",  # half hours; changed at one minute past midnight
    "America/New_York",
    "America/Sao_Paulo",  # midnight did not exist
    "Asia/Kathmandu",
    "Asia/Gaza",  # four changes a year
    "Africa/Casablanca",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Apia",  # a day that never was
    "Pacific/Kiritimati",
)
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)


def by_the_library(moment: datetime, zone: ZoneInfo) -> tuple[int, bool, bool]:
    """UTC µs of a local time with fold 0, and whether it happened twice or never."""
    utc = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
    never = utc.astimezone(zone).replace(tzinfo=None) != moment
    offsets = {moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
    return (utc.replace(tzinfo=None) - EPOCH) // MICROSECOND, len(offsets) == 2 and not never, never


def fixed(minutes: int) -> timezone:
    return timezone(timedelta(minutes=minutes))


def check(moments: list[datetime], zone_name: str) -> tuple[int, int]:
    zone = ZoneInfo(zone_name)
    expected = [by_the_library(moment, zone) for moment in moments]
    found = local_to_utc(np.array([(moment - EPOCH) // MICROSECOND for moment in moments]), zone_name)
    assert found.utc.tolist() == [utc for utc, _, _ in expected]
    counts = sum(twice for _, twice, _ in expected), sum(never for _, _, never in expected)
    assert (found.ambiguous, found.nonexistent) == counts
    return counts


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_are_those_of_zoneinfo(zone: str) -> None:
    random = Random(zone)
    anywhere = [
        datetime(1971, 1, 1) + timedelta(microseconds=random.randrange(70 * 365 * 86_400 * 10**6)) for _ in range(600)
    ]
    assert len({(found - EPOCH).days for found in anywhere}) > 500
    check(anywhere, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_around_clock_changes_are_those_of_zoneinfo(zone: str) -> None:
    random = Random(zone)
    hours = [datetime(1999, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(13 * 366 * 24)]
    local = [hour.astimezone(ZoneInfo(zone)) for hour in hours]
    changed = [
        after.replace(tzinfo=None) for before, after in pairwise(local) if before.utcoffset() != after.utcoffset()
    ]
    near = [change + timedelta(seconds=random.randrange(-7200, 7200)) for change in changed for _ in range(15)]
    exact = [change.replace(minute=0) + timedelta(minutes=30 * n) for change in changed for n in range(-6, 7)]
    just_before = [moment - MICROSECOND for moment in exact]
    moments = [*near, *exact, *just_before, datetime(2005, 6, 1)]
    twice, never = check(moments, zone)
    assert bool(changed) == bool(twice + never)


@pytest.mark.parametrize("zone", ZONES)
def test_the_far_past_and_future_are_those_of_zoneinfo(zone: str) -> None:
    random = Random(zone)
    check([datetime(year, 7, 1, 12) + timedelta(hours=random.randrange(100)) for year in range(1000, 1900, 90)], zone)
    check([datetime(year, 7, 1, 12) + timedelta(hours=random.randrange(100)) for year in range(2100, 2400, 30)], zone)
    check([datetime(1900 + year, 3, 31, 2, 30) for year in range(70)], zone)


@pytest.mark.parametrize("moment", [datetime(1000, 1, 1), datetime(9999, 12, 29, 23)])
def test_the_first_and_last_times_that_are_read_can_be_moved(moment: datetime) -> None:
    check([moment], "America/New_York")
    check([moment], "Pacific/Kiritimati")
    check([moment], "Etc/GMT+12")


def test_a_time_that_happened_twice_is_the_first_and_one_that_never_was_moves_forward() -> None:
    def moved(text: str) -> tuple[str, int, int]:
        moment = (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
        found = local_to_utc(np.array([moment]), "Europe/Amsterdam")
        return str(EPOCH + int(found.utc[0]) * MICROSECOND), found.ambiguous, found.nonexistent

    assert moved("2021-10-31 02:30") == ("2021-10-31 00:30:00", 1, 0)
    assert moved("2021-10-31 03:00") == ("2021-10-31 02:00:00", 0, 0)
    assert moved("2021-03-28 02:30") == ("2021-03-28 01:30:00", 0, 1)
    assert moved("2021-03-28 03:00") == ("2021-03-28 01:00:00", 0, 0)


def test_no_times_are_no_times() -> None:
    found = local_to_utc(np.array([], dtype=np.int64), "Europe/Amsterdam")
    assert (len(found.utc), found.ambiguous, found.nonexistent) == (0, 0, 0)


def test_ten_thousand_local_times_with_and_without_offsets_are_read_as_zoneinfo_has_them(tmp_path: Path) -> None:
    random, zone = Random(0), ZoneInfo("America/New_York")
    changes = [datetime(year, month, 1) for year in range(1990, 2026) for month in (3, 4, 10, 11)]
    moments = [
        random.choice(changes) + timedelta(days=random.randrange(35), minutes=random.randrange(240), seconds=n % 60)
        for n in range(10_000)
    ]
    offsets = [None if random.random() < 0.5 else random.randrange(-720, 841, 15) for _ in moments]
    written = [
        moment.isoformat(" ") if offset is None else moment.replace(tzinfo=fixed(offset)).isoformat(" ")
        for moment, offset in zip(moments, offsets, strict=True)
    ]
    path = write_rows(tmp_path / "log.csv", case_id=range(10_000), activity=["Ask"] * 10_000, timestamp=written)
    log = read([path], config=ProcessConfig(source=Source(timezone=zone.key)))
    expected = [
        by_the_library(moment, zone)
        if offset is None
        else ((moment - timedelta(minutes=offset) - EPOCH) // MICROSECOND, False, False)
        for moment, offset in zip(moments, offsets, strict=True)
    ]
    found = {row["source_row"]: (row["end_time"] - EPOCH) // MICROSECOND for row in stored(log)}
    assert [found[row] for row in range(1, 10_001)] == [utc for utc, _, _ in expected]
    twice, never = (sum(one[place] for one in expected) for place in (1, 2))
    counts = {"ambiguous_times": twice, "nonexistent_times": never}
    assert {name: log.accounting[name] for name in counts} == counts
    assert min(counts.values()) > 5


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_show_what_zoneinfo_says_also_around_their_changes(zone: str) -> None:
    random, span = Random(zone), 40 * 365 * 86_400 * 10**6
    changes = clock_changes(zone, 0, span)[0].tolist()
    around = [at + aside for at in random.sample(changes, min(40, len(changes))) for aside in (-1, 0, 1)]
    moments = around + [random.randrange(span) for _ in range(200)]
    shown = [(EPOCH + moment * MICROSECOND).replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for moment in moments]
    expected = [(local.replace(tzinfo=None) - EPOCH) // MICROSECOND for local in shown]
    assert utc_to_local(np.array(moments), zone).tolist() == expected
    assert utc_to_local(np.zeros(0, np.int64), zone).tolist() == []
