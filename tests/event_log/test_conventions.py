"""A log is the same log however it was saved: every shared log, and its copies in the conventions of many programs."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from bpa_assets.event_log.column_choice import choose_columns
from bpa_assets.event_log.inferred_settings import inferred_settings
from bpa_assets.event_log.opened_sources import connect, look_at
from bpa_assets.event_log.reading import EventLog
from bpa_assets.event_log.sources import open_source
from bpa_assets.settings import ProcessConfig, Source, read_process_config
from tests.conventions import AS_IT_IS, CONVENTIONS, NAMELESS, ROLES, Convention, PlainLog
from tests.stored_logs import MEMORY, Row, by_case, read, stored

# Reading a small log costs 0.2 CPU-seconds, 500 times: few cases and attributes, two thirds of the conventions each.
_CASES = 10
_ATTRIBUTES = 4
_LEFT_OUT = 3
_TIMES = [role for role in ROLES if role.endswith("_time")]
FIXED = (*ROLES, "event_index", "has_duration", "is_open", "waiting_seconds", "processing_seconds", "source_row")


def logs(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")


@lru_cache(maxsize=32)
def records(path: Path, scratch: Path, cases: int = _CASES) -> PlainLog:
    """The records of the first cases of a file."""
    connection = connect(scratch, MEMORY)
    source, columns = choose_columns(open_source(path, scratch=scratch), Source(), connection=connection)
    roles = {role: f"c{index}" for role, index in columns.roles.items()}
    rows = source.scan(connection).to_arrow_table()
    case = roles["case_id"]
    first = list(dict.fromkeys(rows[case].slice(0, 20_000).to_pylist()))[:cases]
    found = connection.from_arrow(rows).filter(
        duckdb.ColumnExpression(case).isin(*(duckdb.ConstantExpression(one) for one in first))
    )
    values = found.order("source_row").to_arrow_table().to_pydict()
    used = {index for role, index in columns.roles.items() if role in ROLES}
    return PlainLog(
        {role: [_text(one) for one in values[roles[role]]] for role in ROLES if role in roles and role not in _TIMES},
        {role: [_time(one) for one in values[roles[role]]] for role in _TIMES if role in roles},
        {
            source.columns[index].name or f"column {index}": [_text(one) for one in values[f"c{index}"]]
            for index in [index for index in columns.attributes if index not in used][:_ATTRIBUTES]
        },
    )


def _text(value: object) -> str | None:
    """As people write it; sciences' 1e-05 is not among the conventions."""
    if value is None:
        return None
    return f"{value:.9f}".rstrip("0") + "0" if isinstance(value, float) else str(value)


def _time(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    time = datetime.fromisoformat(str(value).replace("/", "-"))
    return time if time.tzinfo is None else (time - (time.utcoffset() or time - time)).replace(tzinfo=None)


def rows_of(log: EventLog) -> list[Row]:
    """The rows by case; attributes under the names of their source."""
    names = {row["column_name"]: row["source_name"] for row in log.event_attribute.to_pylist()}
    return [
        {name: row[name] for name in FIXED} | {source: _plain(row[column]) for column, source in names.items()}
        for row in by_case(stored(log))
    ]


def _plain(value: Any) -> object:
    """An attribute whatever its type: some kinds of files carry text only."""
    if isinstance(value, bool | datetime):
        return str(value).lower()
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def differences(found: list[Row], expected: list[Row]) -> Iterator[str]:
    """The first few values that differ, each in a line."""
    if len(found) != len(expected):
        yield f"{len(found)} rows instead of {len(expected)}"
    for one, other in zip(found, expected, strict=False):
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                place = f"case {other['case_id']}, event {other['event_index']}"
                yield f"{place}: {name} is {one.get(name)!r}, not {other.get(name)!r}"


def assert_same(found: EventLog, expected: EventLog) -> None:
    lines = [line for line, _ in zip(differences(rows_of(found), rows_of(expected)), range(8), strict=False)]
    assert not lines, "\n".join(lines)
    counts = ("rows_read", "events", "rejected_events", "rows_paired", "duplicate_rows")
    assert {name: found.accounting[name] for name in counts} == {name: expected.accounting[name] for name in counts}


def saved(log: PlainLog, convention: Convention, folder: Path, **settings: Any) -> EventLog:
    folder.mkdir()
    days = [time.day for column in log.times.values() for time in column if time]
    if convention.date_format and max(days) <= 12:  # day or month: it would be asked
        settings["timestamp_format"] = convention.date_format
    return read([convention.write(log, folder)], config=ProcessConfig(source=Source(**settings)))


_AS_IT_IS: dict[tuple[int, timedelta], EventLog] = {}


def as_it_is(log: PlainLog, unit: timedelta, folder: Path) -> EventLog:
    """The log, its times as exact as the unit, in plain CSV."""
    key = (id(log), unit)
    if key not in _AS_IT_IS:
        _AS_IT_IS[key] = saved(log.to_the(unit), AS_IT_IS, folder / f"as it is {len(_AS_IT_IS)}")
    return _AS_IT_IS[key]


@pytest.fixture(scope="module")
def originals(shared_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, PlainLog]:
    return {path.name: records(path, tmp_path_factory.mktemp("scratch")) for path in logs(shared_logs)}


@pytest.mark.shared
@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_shared_logs_are_the_same_in_every_convention(
    name: str, originals: Mapping[str, PlainLog], tmp_path: Path
) -> None:
    convention, place = CONVENTIONS[name], list(CONVENTIONS).index(name)
    for number, (file, original) in enumerate(originals.items()):
        if (number + place) % _LEFT_OUT:
            found = saved(original.to_the(convention.exact_to), convention, tmp_path / file)
            assert_same(found, as_it_is(original, convention.exact_to, tmp_path.parent))


@pytest.mark.long
@pytest.mark.shared
@pytest.mark.parametrize("name", CONVENTIONS)
def test_read_with_what_was_inferred_of_it_a_log_is_the_same(name: str, shared_logs: Path, tmp_path: Path) -> None:
    convention = CONVENTIONS[name]
    original = records(shared_logs / "Production.csv.gz", tmp_path / "scratch").to_the(convention.exact_to)
    (tmp_path / "log").mkdir()
    path = convention.write(original, tmp_path / "log")
    asked = Source(timestamp_format=convention.date_format) if convention.date_format else Source()
    settings = ProcessConfig(source=asked)
    mapped = look_at([path], scratch=tmp_path / "look", config=settings, memory_bytes=MEMORY)
    written = tmp_path / "process.yaml"
    written.write_text(yaml.safe_dump({"source": inferred_settings(mapped, asked)}))
    config = read_process_config(written)
    assert config.source.activity is not None
    assert_same(read([path], config=config), read([path], config=settings))


def test_each_log_is_saved_in_fifteen_conventions_at_least() -> None:
    for number in range(_LEFT_OUT):
        assert sum(bool((number + place) % _LEFT_OUT) for place in range(len(CONVENTIONS))) >= 15
    assert len({tuple(one.names.values()) for one in CONVENTIONS.values()}) >= 8


@pytest.mark.shared
@pytest.mark.parametrize("file", ["LoanApp.csv.gz", "P2P.csv.gz", "receipt.xes.gz", "sepsis.xes.gz"])
def test_logs_whose_columns_have_no_names_are_the_same(file: str, shared_logs: Path, tmp_path: Path) -> None:
    original = records(shared_logs / file, tmp_path / "scratch", cases=100)  # of ten nothing can be told for sure
    nameless = Convention(NAMELESS, exact_to=AS_IT_IS.exact_to)
    known = PlainLog({role: original.texts[role] for role in ("case_id", "activity")}, original.times, {})
    log = PlainLog(known.texts, known.times, {f"x{i}": one for i, one in enumerate(original.attributes.values())})
    assert_same(saved(log, nameless, tmp_path / "nameless"), saved(log, AS_IT_IS, tmp_path / "named"))


@pytest.mark.long
@pytest.mark.shared
def test_whole_shared_logs_saved_again_are_the_same(shared_logs: Path, tmp_path: Path) -> None:
    connection = connect(tmp_path, MEMORY)
    (tmp_path / "original").mkdir()
    for number, path in enumerate(logs(shared_logs)):
        source = open_source(path, scratch=tmp_path / "scratch")
        # Columns that differ in nothing but case cannot be written by DuckDB; which of them is kept is told elsewhere.
        names = {column.name.lower() or "empty": f"c{i}" for i, column in reversed([*enumerate(source.columns)])}
        rows = source.scan(connection).project(
            *(duckdb.ColumnExpression(one).alias(name) for name, one in names.items())
        )
        copy = tmp_path / re.sub(r"[.].*", (".csv", ".parquet")[number % 2], path.name)
        if copy.suffix == ".csv":
            rows.write_csv(str(copy), sep=";", timestamp_format="%d.%m.%Y %H:%M:%S.%f")
        else:
            rows.write_parquet(str(copy))
        (original := tmp_path / "original" / path.name).symlink_to(path)
        assert fixed_digest(read([copy])) == fixed_digest(read([original])), path.name


def fixed_digest(log: EventLog) -> list[Any]:
    """The fixed columns of all rows in one number, and how many there are."""
    files = [str(file) for file in log.event_log.files]
    row = ", ".join(f"coalesce({name}::varchar, '')" for name in FIXED)
    return duckdb.sql(f"select count(*), bit_xor(hash({row})) from read_parquet({files})").fetchall()
