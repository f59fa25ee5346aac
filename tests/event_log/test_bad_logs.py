"""Broken and hostile logs: each ends in one sentence with the way out, or is read right with the fault told."""

import csv
import gzip
import io
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log import limits, opened_sources, plain_files, reading
from bpa_assets.event_log.reading import EventLog
from bpa_assets.settings import ProcessConfig
from bpa_resources.errors import InputError
from tests.conftest import REPOSITORY
from tests.stored_logs import read, stored

HEADER = "case_id,activity,timestamp"
ROWS = [
    (f"C{case}", activity, f"2026-01-0{case} 0{hour}:00:00")
    for case in range(1, 9)
    for hour, activity in enumerate(("Ask", "Check", "Answer"), start=1)
]
LINES = "".join(",".join(row) + "\n" for row in ROWS)
NOTED = LINES.replace("\n", ",n\n")
TIMES = pa.array([row[2] for row in ROWS]).cast(pa.timestamp("us"))


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def put_parquet(folder: Path, name: str = "log.parquet", *, timestamp: pa.Array = TIMES, **columns: Any) -> Path:
    base = {"case_id": [row[0] for row in ROWS], "activity": [row[1] for row in ROWS], "timestamp": timestamp}
    pq.write_table(pa.table(base | columns), folder / name)
    return folder / name


def xes(times: list[str], further: str = "") -> str:
    events = "".join(
        f'<event><string key="concept:name" value="A{n % 4}"/>'
        f'<date key="time:timestamp" value="{one}"/>{further}</event>'
        for n, one in enumerate(times)
    )
    return f'<?xml version="1.0"?><log><trace><string key="concept:name" value="c1"/>{events}</trace></log>'


HOURS = [f"2026-01-01T{hour}:00:00Z" for hour in range(10, 20)]


def refusal(*paths: Path) -> str:
    """The sentence with which files are refused; one line, not too long to be read."""
    with pytest.raises(InputError) as refused:
        read(list(paths))
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert len(sentence) < 600
    assert paths[0].name in sentence
    return sentence


def findings(log: EventLog) -> list[str]:
    found = log.accounting["findings"]
    assert isinstance(found, list)
    return found


def values(log: EventLog, *names: str) -> list[tuple[object, ...]]:
    """The columns of the stored events, in the order of the source."""
    return [tuple(row[name] for name in names) for row in sorted(stored(log), key=lambda row: row["source_row"])]


# Headers


def test_columns_of_one_name_are_all_kept_and_told(tmp_path: Path) -> None:
    lines = [f"{','.join(row)},first {n},second {n}" for n, row in enumerate(ROWS)]
    log = read([put(tmp_path, "log.csv", "\n".join([f"{HEADER},note,note", *lines]))])
    assert values(log, "note", "attr_note") == [(f"first {n}", f"second {n}") for n in range(24)]
    assert "log.csv: 2 columns are named 'note'; they are 'note', 'attr_note' here" in findings(log)


def test_columns_without_a_name_are_all_kept_and_told(tmp_path: Path) -> None:
    lines = [f"{','.join(row)},a{n},b{n}" for n, row in enumerate(ROWS)]
    log = read([put(tmp_path, "log.csv", "\n".join([f"{HEADER},, ", *lines]))])
    assert values(log, "column_1", "column_2") == [(f"a{n}", f"b{n}") for n in range(24)]
    assert "log.csv: 2 columns have no name; they are 'column_1', 'column_2' here" in findings(log)


def test_two_case_columns_of_one_name_are_a_question(tmp_path: Path) -> None:
    lines = "".join(f"{case},X{n},{activity},{at}\n" for n, (case, activity, at) in enumerate(ROWS))
    sentence = refusal(put(tmp_path, "log.csv", f"case_id,case_id,activity,timestamp\n{lines}"))
    assert "two columns are named 'case_id' and they differ" in sentence


@pytest.mark.parametrize("header", ["1,2,3", "1.5,2,3", ",1,2", "-1,0,1"])
def test_a_header_of_numbers_is_no_header(tmp_path: Path, header: str) -> None:
    assert "holds numbers only, so it is no header; add a first line" in refusal(
        put(tmp_path, "log.csv", f"{header}\n{LINES}")
    )


@pytest.mark.parametrize("content", [",,,,\n,,,,\n", ";;;\n" * 5, ",,\n" + LINES, "," * 900 + "\n"])
def test_delimiters_only_are_no_header(tmp_path: Path, content: str) -> None:
    sentence = refusal(put(tmp_path, "log.csv", content))
    assert "holds delimiters only" in sentence


def test_a_very_long_name_is_refused_and_shown_short(tmp_path: Path) -> None:
    begun = time.monotonic()
    sentence = refusal(put(tmp_path, "log.csv", f"{HEADER},{'n' * 1_000_000}\n{LINES}"))
    assert "column 4 of log.csv has a name of 1,000,000 characters" in sentence
    assert time.monotonic() - begun < 10
    assert "has a name of 1,001 characters" in refusal(put_parquet(tmp_path, **{"n" * 1001: [1] * 24}))
    long = xes(HOURS, f'<string key="{"n" * 1001}" value="v"/>')
    assert "has a name of 1,001 characters" in refusal(put(tmp_path, "log.xes", long))


def test_a_long_name_within_the_bounds_is_read(tmp_path: Path) -> None:
    lines = "".join(f"{','.join(row)},{n}\n" for n, row in enumerate(ROWS))
    log = read([put(tmp_path, "log.csv", f"{HEADER},{'n' * 1000}\n{lines}")])
    assert values(log, "n" * 63) == [(n,) for n in range(24)]
    assert log.event_attribute["source_name"].to_pylist() == ["n" * 1000]


def test_a_sentence_with_the_names_of_many_columns_stays_short(tmp_path: Path) -> None:
    names = ",".join("n" * 500 + str(number) for number in range(900))
    with pytest.raises(InputError, match="no column is known to be the time") as refused:
        read([put(tmp_path, "log.csv", f"{names}\n{',' * 899}\n")])
    assert len(str(refused.value)) < 6_000
    assert "and 860 more" in str(refused.value)


# Wide files


@pytest.mark.parametrize("kind", ["csv", "parquet", "xes"])
def test_ten_thousand_columns_are_refused_at_once(tmp_path: Path, kind: str) -> None:
    names = [f"column {number}" for number in range(9_997)]
    if kind == "csv":
        cells = ",".join(["v"] * len(names))
        path = put(
            tmp_path, "log.csv", f"{HEADER},{','.join(names)}\n" + "".join(f"{','.join(row)},{cells}\n" for row in ROWS)
        )
    elif kind == "parquet":
        path = put_parquet(tmp_path, **{name: ["v"] * 24 for name in names})
    else:
        path = put(tmp_path, "log.xes", xes(HOURS, "".join(f'<string key="{name}" value="v"/>' for name in names)))
    begun = time.monotonic()
    sentence = refusal(path)
    assert "columns, and at most 1,000 are read: leave out those that say nothing about the events" in sentence
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_hundreds_of_columns_are_read_in_bounded_memory(tmp_path: Path, kind: str) -> None:
    names = [f"n{number}" for number in range(400)]
    rows = [{name: f"v{(row + at) % 7}" for at, name in enumerate(names)} for row in range(24)]
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*HEADER.split(","), *names])
        writer.writerows([*row, *cells.values()] for row, cells in zip(ROWS, rows, strict=True))
        path = put(tmp_path, "log.csv", text.getvalue())
    else:
        path = put_parquet(tmp_path, **{name: [cells[name] for cells in rows] for name in names})
    log, kilobytes = in_a_process(path)
    assert log == "events 24"
    assert kilobytes < 900 << 10  # asked of all columns at once, they took 1.5 GB


def in_a_process(path: Path) -> tuple[str, int]:
    """What reading a file comes to in a process of its own, and the most memory (KB) that it took."""
    code = (
        "import re, sys, tempfile; from pathlib import Path\n"
        "from bpa_assets.event_log.reading import read_log; from bpa_assets.settings import ProcessConfig\n"
        "from bpa_resources.errors import InputError\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    try:\n"
        "        log = read_log([Path(sys.argv[1])], scratch=Path(folder), config=ProcessConfig(), process='p',\n"
        "                       memory_bytes=2 << 30)\n"
        "        print('events', log.event_log.rows)\n"
        "    except InputError as error:\n"
        "        print(error)\n"
        # Not `ru_maxrss`: a child begins with that of its parent.
        "print(re.search('VmHWM:\\\\s*(\\\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env=environment, capture_output=True, check=True, text=True
    )
    told, kilobytes = done.stdout.splitlines()
    return told, int(kilobytes)


# Large values


def test_a_case_id_of_a_megabyte_is_read(tmp_path: Path) -> None:
    case = "é" * (1 << 20)
    lines = "".join(f"{case},{row[1]},{row[2]}\n" for row in ROWS[:3])
    begun = time.monotonic()
    log = read([put(tmp_path, "log.csv", f"{HEADER}\n{lines}{LINES}")])
    assert time.monotonic() - begun < 20  # the lines above the header were once looked for in quadratic time
    assert log.event_log.rows == 27
    assert {row[0] for row in values(log, "case_id")[:3]} == {case}


@pytest.mark.parametrize("kind", ["csv", "parquet", "xes", "large.xes"])
def test_a_value_of_forty_megabytes_is_refused(tmp_path: Path, kind: str) -> None:
    value = "v" * (40 << 20)
    if kind == "csv":
        path = put(tmp_path, "log.csv", f"{HEADER},note\n{NOTED}C1,Ask,2026-01-01 01:00:00,{value}\n")
    elif kind == "parquet":
        path = put_parquet(tmp_path, note=["n"] * 23 + [value])
    else:  # in the second, what comes first is long enough for the compiled reader
        first = f"<!-- {' ' * 100} -->" * (1 if kind == "xes" else 90_000)
        document = xes(HOURS, f'<string key="note" value="{value}"/>' if kind == "xes" else "")
        more = f'<trace><event><string key="note" value="{value}"/></event></trace>' if kind == "large.xes" else ""
        path = put(tmp_path, kind, document.replace("<log>", "<log>" + first).replace("</log>", more + "</log>"))
    told, kilobytes = in_a_process(path)
    assert "16,777,216" in told
    assert kilobytes < 2 << 20


def test_a_value_within_the_bounds_is_read_whole(tmp_path: Path) -> None:
    value = "v" * (10 << 20)
    log = read([put(tmp_path, "log.csv", f"{HEADER},note\n{NOTED}C1,Ask,2026-01-09 01:00:00,{value}\n")])
    assert values(log, "note")[-1] == (value,)


def test_an_unreadable_time_is_told_short(tmp_path: Path) -> None:
    log = read([put(tmp_path, "log.csv", f"{HEADER}\n{LINES}C1,Ask,{'soon ' * 100_000}\n")])
    (rejected,) = log.rejected_events.to_pylist()
    assert rejected["reason"].startswith("unreadable time soon soon")
    assert len(rejected["reason"]) < 200
    assert "soon " * 99_999 in rejected["record"]


# Broken text


@pytest.mark.parametrize("repeat", [1, 20_000])
def test_a_nul_byte_is_refused(tmp_path: Path, repeat: int) -> None:
    sentence = refusal(put(tmp_path, "log.csv", f"{HEADER}\n{LINES * repeat}C1,As\0k,2026-01-01 10:00:00\n"))
    assert "binary" in sentence


def test_rows_of_another_length_are_refused_with_the_reason_and_the_rest_is_read(tmp_path: Path) -> None:
    log = read([put(tmp_path, "log.csv", f"{HEADER}\n{LINES}C1,Ask\nC1,Ask,2026-01-01 10:00:00,more\n{LINES}")])
    assert log.accounting["rows_read"] == 50
    assert log.event_log.rows == 48
    assert log.rejected_events["reason"].to_pylist() == [
        "2 fields where the header has 3",
        "4 fields where the header has 3",
    ]
    assert log.rejected_events["source_row"].to_pylist() == [25, 26]


def test_one_giant_quote_that_is_never_closed_is_refused_soon(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", f'{HEADER}\n{LINES}C1,"Ask,2026-01-01 10:00:00\n' + LINES * 100_000)
    told, kilobytes = in_a_process(path)
    assert told.startswith("record 25 of log.csv is longer than 16,777,216 characters: it opens a quote")
    assert kilobytes < 600 << 10


@pytest.mark.parametrize("cut", [1, 3])
def test_utf_16_cut_within_a_character_is_refused(tmp_path: Path, cut: int) -> None:
    assert "damaged or cut off" in refusal(put(tmp_path, "log.csv", f"{HEADER}\n{LINES}".encode("utf-16")[:-cut]))
    half = f"{HEADER}\n{LINES}C1,😀".encode("utf-16")[:-2]  # between the halves of a pair
    assert "damaged or cut off" in refusal(put(tmp_path, "log.csv", half))


def test_a_folder_with_the_name_of_a_log_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log.csv").mkdir()
    assert "is a folder" in refusal(tmp_path / "log.csv")


def test_a_log_of_cases_with_one_event_is_read(tmp_path: Path) -> None:
    lines = "".join(f"C{n},Ask,2026-01-01 10:{n % 60:02}:00\n" for n in range(300))
    log = read([put(tmp_path, "log.csv", f"{HEADER}\n{lines}")])
    assert log.event_log.rows == 300
    assert {index for (index,) in values(log, "event_index")} == {0}


EVIL = [
    "Robert'); DROP TABLE event;--",
    "\"; select * from read_csv('/etc/passwd'); --",
    "a\x01b\x07\x1b[31m",
    "$(touch pwned)",
    "{{ 7*7 }}",
    "<script>alert(1)</script>",
    "' || (select 1) || '",
    "%s%n{0}",
    "c0",
    "source_row",
    "a'b\"c;--",
    "\u202e\u2028x",
]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_nothing_in_names_or_values_is_executed(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cases = [f"{EVIL[n % 12]}-{n // 3}" for n in range(24)]
    activities = [EVIL[n % 5] for n in range(24)]
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*HEADER.split(","), *EVIL])
        writer.writerows([case, name, row[2], *EVIL] for case, name, row in zip(cases, activities, ROWS, strict=True))
        path = put(tmp_path, "log.csv", text.getvalue())
    else:
        path = put_parquet(tmp_path, case_id=cases, activity=activities, **{name: [name] * 24 for name in EVIL})
    log = read([path])
    assert values(log, "case_id", "activity") == list(zip(cases, activities, strict=True))
    columns = dict(
        zip(log.event_attribute["source_name"].to_pylist(), log.event_attribute["column_name"].to_pylist(), strict=True)
    )
    assert list(columns) == EVIL
    for name, column in columns.items():
        assert {value for (value,) in values(log, column)} == {name}
    assert not (tmp_path / "pwned").exists()


# Parquet


def micros(first: int) -> pa.Array:
    rest = [1_767_225_600_000_000 + n * 10**9 for n in range(23)]
    return pa.array(np.array([first, *rest], np.int64)).cast(pa.timestamp("us"))


@pytest.mark.parametrize(
    "first",
    [-62_135_596_800_000_000, 9_151_000_000_000_000_000, 2**63 - 1, -(2**63), -(2**63) + 1],
    ids=["year 1", "year 291953", "most", "least", "least but one"],
)
def test_a_time_out_of_range_rejects_its_row(tmp_path: Path, first: int) -> None:
    log = read([put_parquet(tmp_path, timestamp=micros(first))])
    assert log.event_log.rows == 23
    (rejected,) = log.rejected_events.to_pylist()
    assert rejected["source_row"] == 1
    assert rejected["reason"].startswith("unreadable time ")


def test_an_attribute_that_is_a_time_out_of_range_is_left_out_and_told(tmp_path: Path) -> None:
    log = read([put_parquet(tmp_path, due=micros(2**63 - 1))])
    assert values(log, "due")[0] == (None,)
    assert None not in {due for (due,) in values(log, "due")[1:]}
    told = "1 row has an attribute that is a time outside of the years 1000 to 9999, which cannot be held: left out"
    assert told in findings(log)


@pytest.mark.parametrize("zone", [None, "UTC"])
def test_a_time_in_milliseconds_that_no_microseconds_hold_refuses_the_file(tmp_path: Path, zone: str | None) -> None:
    millis = pa.array(np.array([2**62, *range(23)], np.int64)).cast(pa.timestamp("ms", zone))
    assert "holds a value beyond what can be read" in refusal(put_parquet(tmp_path, timestamp=millis))
    assert "holds a value beyond what can be read" in refusal(put_parquet(tmp_path, due=millis))


def test_nan_is_no_value_and_infinity_is_one(tmp_path: Path) -> None:
    amounts = [float("nan"), float("inf"), float("-inf"), *range(21)]
    log = read([put_parquet(tmp_path, amount=pa.array(amounts, pa.float64()))])
    found = [value for (value,) in values(log, "amount")]
    assert found == [None, *amounts[1:]]


def test_lists_structures_and_bytes_are_texts_and_told(tmp_path: Path) -> None:
    log = read(
        [
            put_parquet(
                tmp_path, list=[[1, 2]] * 24, struct=[{"a": 1}] * 24, bytes=[b"\x00\xff"] * 24, nothing=pa.nulls(24)
            )
        ]
    )
    assert values(log, "list", "struct", "bytes", "nothing")[0] == ("[1, 2]", "{'a': 1}", "\\x00\\xFF", None)
    assert "log.parquet: lists, structures and bytes are read as texts: 'list', 'struct', 'bytes'" in findings(log)


def test_large_whole_numbers_keep_every_digit(tmp_path: Path) -> None:
    from decimal import Decimal

    unsigned = pa.array([2**63 + row // 3 for row in range(24)], pa.uint64())
    wide = pa.array([Decimal(10**30 + row // 3) for row in range(24)], pa.decimal128(38, 0))
    narrow = pa.array([Decimal(row // 3) for row in range(24)], pa.decimal128(10, 0))
    for cases in (unsigned, wide, narrow):
        log = read([put_parquet(tmp_path, case_id=cases)])
        assert values(log, "case_id") == [(str(case),) for case in cases.to_pylist()]


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    whole = put_parquet(tmp_path, note=[f"note {n}" for n in range(24)]).read_bytes()
    assert "is damaged" in refusal(put(tmp_path, "log.parquet", whole[:20] + b"\xff" * 300 + whole[320:]))
    for length in (60, len(whole) // 2, len(whole) - 1):
        assert "is not a whole Parquet file" in refusal(put(tmp_path, "log.parquet", whole[:length]))
    assert "is not a whole Parquet file" in refusal(put(tmp_path, "log.parquet", b"PAR1" + bytes(100) + b"PAR1"))


def test_any_changed_byte_of_a_parquet_file_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    whole = put_parquet(tmp_path, note=[f"note {n}" for n in range(24)]).read_bytes()
    for place in range(0, len(whole), 53):
        path = put(tmp_path, "log.parquet", bytes([*whole[:place], whole[place] ^ 0x55, *whole[place + 1 :]]))
        try:
            told = ""
            read([path])
        except InputError as error:
            told = str(error)
        assert not told or "log.parquet" in told
        assert "\n" not in told


@pytest.mark.parametrize("plain_footer", [True, False])
def test_an_encrypted_parquet_file_is_refused(tmp_path: Path, plain_footer: bool) -> None:
    import pyarrow.parquet.encryption as encryption

    properties = encryption.create_encryption_properties(footer_key=b"0123456789abcdef", plaintext_footer=plain_footer)
    table = pq.read_table(put_parquet(tmp_path))
    pq.write_table(table, tmp_path / "secret.parquet", encryption_properties=properties)
    assert "encrypted" in refusal(tmp_path / "secret.parquet")


# XES times


@pytest.mark.parametrize(
    "when", ["0000-01-01T00:00:00Z", "9999-12-31T24:00:00Z", "9999-12-31T23:59:59Z", "99999-01-01T00:00:00Z"]
)
def test_a_year_out_of_range_in_xes_rejects_its_event(tmp_path: Path, when: str) -> None:
    log = read([put(tmp_path, "log.xes", xes([when, *HOURS]))])
    assert log.event_log.rows == 10
    assert log.rejected_events["source_row"].to_pylist() == [1]
    assert "no time in column 'time:timestamp' can be read" in refusal(
        put(tmp_path, "log.xes", xes(["0000-01-01T00:00:00Z"]))
    )


# Bombs


def bomb(path: Path, head: bytes, record: bytes, tail: bytes = b"", *, megabytes: int) -> Path:
    """A gzip file of so many MB of the same record."""
    block = record * ((1 << 20) // len(record))
    with path.open("wb") as file:
        packer = zlib.compressobj(9, wbits=31)
        file.write(packer.compress(head))
        for _ in range(megabytes):
            file.write(packer.compress(block))
        file.write(packer.compress(tail) + packer.flush())
    return path


_EVENT = (
    b'<event><string key="concept:name" value="A"/><date key="time:timestamp" value="2026-01-01T10:00:00Z"/></event>'
)


_TRACE = b'<log><trace><string key="concept:name" value="c"/>'
BOMBS = {
    "blanks.csv.gz": (b"", b" "),
    "records.csv.gz": (HEADER.encode() + b"\n", LINES.encode()[:27]),
    "blanks.xes.gz": (b"<log>", b" "),
    "events.xes.gz": (_TRACE, _EVENT),
    "comment.xes.gz": (b"<log><!--", b" "),
}


@pytest.mark.parametrize("what", BOMBS)
def test_a_gzip_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path, what: str) -> None:
    path = bomb(tmp_path / what, *BOMBS[what], megabytes=300)
    assert path.stat().st_size < 4 << 20
    scratch = tmp_path / "scratch"
    begun = time.monotonic()
    with pytest.raises(
        InputError, match=r"200 times its size|a comment or blanks of more|binary file|not well-formed|not XML|not XES"
    ) as refused:
        reading.read_log([path], scratch=scratch, config=ProcessConfig(), process="p", memory_bytes=2 << 30)
    assert len(str(refused.value)) < 300
    assert time.monotonic() - begun < 60
    left = sum(file.stat().st_size for file in scratch.rglob("*") if file.is_file()) if scratch.exists() else 0
    assert left < 300 << 20
    assert not list(scratch.rglob("plain-*"))


def test_what_is_packed_fifty_times_is_an_honest_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FREELY", 1 << 20)
    lines = "".join(
        f"C{n // 6},Step {n % 6},2026-01-01 10:00:00,{'a long remark that is always the same ' * 3}\n"
        for n in range(60_000)
    )
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER},remark\n{lines}".encode(), 9))
    ratio = len(lines) / path.stat().st_size
    assert 40 < ratio < 200
    assert read([path]).event_log.rows == 60_000


def test_a_copy_takes_at_most_half_of_what_is_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{LINES * 100}".encode()))
    monkeypatch.setattr(plain_files, "room_for_copy", lambda _: 10_000)
    assert "half of what is free on the disk" in refusal(path)
    monkeypatch.undo()
    assert limits.room_for_copy(tmp_path / "not" / "there") > 0
    assert read([path]).event_log.rows == 2_400


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    rows = 40_000
    value = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array(["x" * (1 << 20)]))
    cases = pa.array(np.arange(rows) // 8).cast(pa.string())
    times = pa.array(np.arange(rows) * 10**6).cast(pa.timestamp("us"))
    pq.write_table(
        pa.table({"case_id": cases, "activity": cases, "timestamp": times, "note": value}), tmp_path / "bomb.parquet"
    )
    assert "unpacks to more than 200 times its size" in refusal(tmp_path / "bomb.parquet")


# Files that change


CHANGES: dict[str, Callable[[Path], object]] = {
    "grows": lambda path: path.write_bytes(path.read_bytes() + b"C9,Ask,2026-01-09 10:00:00\n"),
    "is replaced": lambda path: put(path.parent, "other", "x").replace(path),
    "is truncated": lambda path: os.truncate(path, 100),
    "is removed": lambda path: path.unlink(),
}


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("kind", ["csv", "parquet", "xes"])
@pytest.mark.parametrize("when", ["after it was opened", "when all is read"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    tmp_path: Path, how: str, kind: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = {
        "csv": lambda: put(tmp_path, "log.csv", f"{HEADER}\n{LINES}"),
        "parquet": lambda: put_parquet(tmp_path),
        "xes": lambda: put(tmp_path, "log.xes", xes(HOURS)),
    }[kind]()
    module, name = (opened_sources, "open_source") if when == "after it was opened" else (reading, "_accounting")
    before = getattr(module, name)

    def changed(*arguments: Any, **named: Any) -> Any:
        found = before(*arguments, **named)
        CHANGES[how](path)
        return found

    monkeypatch.setattr(module, name, changed)
    assert "changed while it was read: let it come to rest, then run it again" in refusal(path)


def test_a_file_that_lies_still_is_looked_at_twice_and_never_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", f"{HEADER}\n{LINES}")
    os.utime(path, (1, 1))
    assert read([path]).event_log.rows == 24
