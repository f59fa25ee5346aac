"""Delimited text: what comes out is what stands in the file, record for record."""

# Hypothesis keeps this module to the end of the process, and with real annotations DuckDB's types, which complain then.
from __future__ import annotations

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bpa_assets.event_log.delimited import exact, file_bytes, quick, record_files
from bpa_assets.event_log.delimited.exact import read_exactly
from bpa_assets.event_log.delimited.quick import read_quickly
from bpa_assets.event_log.delimited.reader import DelimitedFile, read_delimited
from bpa_assets.event_log.delimited.record_files import RecordFiles
from bpa_assets.event_log.delimited.text import delimited_text
from bpa_assets.event_log.plain_files import plain_copy
from bpa_resources.errors import InputError

Row = tuple[object, ...]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def read(folder: Path, content: bytes | str, *, delimiter: str | None = None) -> DelimitedFile:
    path = folder / "log.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(path, scratch=folder / "scratch", name="log.csv", delimiter=delimiter)


def rows(file: DelimitedFile, connection: duckdb.DuckDBPyConnection) -> list[Row]:
    return file.scan(connection).fetchall()


def refusals(file: DelimitedFile, connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, list[str]]]:
    relation = file.scan_refused(connection)
    return [] if relation is None else [(why, row, json.loads(record)) for why, row, record in relation.fetchall()]


def numbered(table: list[list[str]]) -> list[Row]:
    return [(*(field or None for field in fields), number) for number, fields in enumerate(table, 1)]


# ---- any table comes back

FIELD = st.one_of(
    st.sampled_from(
        ["", " ", "a", "Approve, then pay", 'say "hi"', '"', '""', "x\ny", "x\r\ny", "\r", ";", "|", "\t", "NULL"]
    ),
    st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8),
)


@st.composite
def written_table(draw: st.DrawFn) -> tuple[list[list[str]], str, str]:
    """A table, a delimiter, and the text that Python's csv writes for it."""
    width = draw(st.integers(2, 5))
    table = draw(st.lists(st.lists(FIELD, min_size=width, max_size=width), min_size=1, max_size=12))
    delimiter = draw(st.sampled_from(",;\t|"))
    line_end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    breaks = any(mark in field for fields in table for field in fields for mark in "\r\n")
    # csv leaves a CR unquoted where the line end is LF, and the other way round: such a file says something else
    quoting = csv.QUOTE_ALL if breaks else draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    writer.writerow([f"name {number}" for number in range(width)])
    writer.writerows(table)
    written = text.getvalue()
    return table, delimiter, written if draw(st.booleans()) else written.removesuffix(line_end)


@given(written_table(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_table_written_as_csv_comes_back_as_it_was(
    connection: duckdb.DuckDBPyConnection, written: tuple[list[list[str]], str, str], encoding: str, small: bool
) -> None:
    table, delimiter, text = written
    block = 64 if small else 1 << 20
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(quick, "_BLOCK", block),
        patch.object(file_bytes, "_BLOCK", block),
    ):
        file = read(Path(folder), text.encode(encoding), delimiter=delimiter)
        assert file.columns == tuple(f"name {number}" for number in range(len(table[0])))
        assert file.delimiter == delimiter
        assert rows(file, connection) == numbered(table)
        assert (file.records, file.refused_records, file.refused) == (len(table), 0, None)
        assert file.ends_in_newline == text.endswith(("\n", "\r"))


# ---- the quick reader is right wherever it is used

MESSY = st.lists(
    st.sampled_from(['"', '"', '""', ",", ",", "\n", "\n", "\r\n", "\r", "a", "é", " ", "b,c\n", '"d",', ',"e\nf"\n']),
    max_size=60,
).map("".join)


def both_readers(folder: Path, body: str) -> tuple[bool, object, object]:
    """Whether the quick reader was allowed and able, and what each of the two has read."""
    path = folder / "log.csv"
    path.write_bytes(f"x,y\n{body}".encode())
    text = delimited_text(path, scratch=folder, name="log.csv", delimiter=",")
    with RecordFiles(folder, columns=2) as quickly:
        used = text.regular_quotes and read_quickly(text, quickly)
    with RecordFiles(folder, columns=2) as exactly:
        try:
            read_exactly(text, exactly, name="log.csv")
        except InputError as error:
            assert not text.regular_quotes
            return used, None, str(error)
    return used, contents(quickly), contents(exactly)


def contents(files: RecordFiles) -> tuple[object, ...]:
    tables = [pa.ipc.open_stream(files.path.read_bytes()).read_all().to_pylist()]
    if files.refused:
        tables.append(duckdb.read_parquet(str(files.refused_path)).fetchall())
    return (*tables, files.readable, files.refused, files.first_refusal, files.last_too_short)


@given(MESSY, st.sampled_from([64, 200, 1 << 20]))
@settings(max_examples=300, deadline=None)
@example('1,"a\r\nb"\r\n' * 30, 64)
@example("1\n\n2,3\n   \n4,5,6\n7,8\n" * 10, 64)
@example('5" pipe,1\n"5"" pipe",2\n' * 10, 64)
def test_both_readers_give_the_same_records_refusals_and_numbers(body: str, block: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(quick, "_BLOCK", block),
        patch.object(file_bytes, "_BLOCK", block),
        patch.object(record_files, "_BATCH_ROWS", 5),
        patch.object(record_files, "_REFUSALS", 3),
        patch.object(exact, "_BATCH", 3),
    ):
        used, quickly, exactly = both_readers(Path(folder), body)
        if used:
            assert quickly == exactly


@given(MESSY)
@settings(max_examples=300, deadline=None)
def test_quotes_are_regular_exactly_where_a_strict_parser_finds_no_fault(body: str) -> None:
    text = f"x,y\n{body}"
    try:
        list(csv.reader(io.StringIO(text, newline=""), strict=True))
        expected = True
    except csv.Error:
        expected = False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_bytes(text.encode())
        assert file_bytes.examined(path, delimiter=",", name="log.csv").regular_quotes == expected
        with patch.object(file_bytes, "_BLOCK", 16):  # runs of quotes as long as a block count as irregular
            told = file_bytes.examined(path, delimiter=",", name="log.csv").regular_quotes
        assert told == expected or (expected and '"' * 8 in text)


# ---- numbers and order

LARGE = 450_000
EVERY = 50_003


def test_a_file_of_100_mb_keeps_order_and_numbers_around_refused_records(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    path = tmp_path / "log.csv"
    note = "checked, then approved; " * 8
    with path.open("w", newline="") as file:
        file.write("case,activity,note,resource\n")
        file.writelines(
            f'{number},"Approve ""{number % 7}""","{note}",User{",one too many" if number % EVERY == 0 else ""}\n'
            for number in range(1, LARGE + 1)
        )
    assert path.stat().st_size > 100_000_000
    read_back = read_delimited(path, scratch=tmp_path, name="log.csv")
    refused = LARGE // EVERY
    assert (read_back.records, read_back.refused_records) == (LARGE, refused)
    relation = read_back.scan(connection)
    wrong = "count(*) filter (c0 <> source_row::VARCHAR or c1 not like '%\"' || source_row % 7 || '\"%')"
    assert relation.aggregate(f"count(*), {wrong}, max(source_row)").fetchall() == [(LARGE - refused, 0, LARGE)]
    assert [row for _, row, _ in refusals(read_back, connection)] == [EVERY * (i + 1) for i in range(refused)]
    first = read_back.scan(connection).limit(300_000).project("source_row").fetchnumpy()["source_row"]
    assert (first[1:] > first[:-1]).all()


@pytest.mark.parametrize("stray", ["", '9,"so" he said,x\n'], ids=["quick", "exact"])
def test_ragged_records_are_refused_with_their_numbers_and_shift_no_other(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, stray: str
) -> None:
    file = read(tmp_path, 'a,b,c\n1,x,y\n2,x\n3,x,y,"z,\nz"\n\n   \n4,,\n,,,,\n5,x,y\n' + stray + "6,x,y")
    shift = 1 if stray else 0
    assert rows(file, connection) == [
        ("1", "x", "y", 1),
        ("4", None, None, 4),
        ("5", "x", "y", 6),
        ("6", "x", "y", 7 + shift),
    ]
    assert refusals(file, connection) == [
        ("2 fields where the header has 3", 2, ["2", "x"]),
        ("4 fields where the header has 3", 3, ["3", "x", "y", "z,\nz"]),
        ("5 fields where the header has 3", 5, ["", "", "", "", ""]),
        *([("a quote within a quoted field is not doubled", 7, ['9,"so" he said,x'])] if stray else []),
    ]
    assert file.records == 7 + shift
    assert f"log.csv: {3 + shift} of {7 + shift} records refused, the first is record 2: 2 fields" in file.findings[0]
    assert not file.ends_in_newline


def test_omitted_trailing_fields_are_refused_not_guessed(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    file = read(tmp_path, "a,b,c\n1,2\n1,2,3\n")
    assert rows(file, connection) == [("1", "2", "3", 2)]
    assert refusals(file, connection) == [("2 fields where the header has 3", 1, ["1", "2"])]


def test_after_a_stray_quote_the_next_lines_are_read_again(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, 'a,b\n1,"open\n2,x\n3,"closed"\n4,"ok\nok"\n')
    assert rows(file, connection) == [("2", "x", 2), ("3", "closed", 3), ("4", "ok\nok", 4)]
    assert refusals(file, connection) == [("a quote within a quoted field is not doubled", 1, ['1,"open'])]


def test_quotes_within_an_unquoted_field_are_characters(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    file = read(tmp_path, 'a,b\n5" pipe,x\n"5"" pipe",y\nx"",""\n')
    assert rows(file, connection) == [('5" pipe', "x", 1), ('5" pipe', "y", 2), ('x""', None, 3)]
    assert file.refused is None


def test_a_line_end_within_quotes_stays_whole_wherever_a_block_ends(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "_BLOCK", 64)
    for shift in range(24):
        table = [["x" * shift, "a\r\nb"], *([["1", "a\r\nb"]] * 50)]
        file = read(tmp_path, "a,b\r\n" + "".join(f'{first},"{second}"\r\n' for first, second in table))
        assert rows(file, connection) == numbered(table)


def test_a_record_longer_than_a_block_is_read_whole(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick, "_BLOCK", 1000)
    long = "x\n" * 5000
    file = read(tmp_path, f'a,b\n1,"short"\n2,"{long}"\n3,\n')
    assert rows(file, connection) == [("1", "short", 1), ("2", long, 2), ("3", None, 3)]
    assert len(list((tmp_path / "scratch").iterdir())) == 1  # what the quick reader began is gone


# ---- delimiter and header


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_among_texts_that_hold_the_others(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, delimiter: str
) -> None:
    others = ",;\t|".replace(delimiter, "")
    lines = [["case", "activity", "cost"], *([str(i), f"a{others[i % 3]} b", f"1{others[0]}5"] for i in range(200))]
    file = read(tmp_path, "\n".join(delimiter.join(fields) for fields in lines))
    assert file.delimiter == delimiter
    assert rows(file, connection) == numbered(lines[1:])
    assert any("inferred" in finding for finding in file.findings) == (delimiter != ",")


def test_the_delimiter_whose_records_fit_the_header_wins_over_a_wider_one(tmp_path: Path) -> None:
    file = read(tmp_path, "case;start, end, comment, more\n1;a\n2;b\n3;c, d\n")
    assert file.columns == ("case", "start, end, comment, more")


def test_a_given_delimiter_is_obeyed(tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    file = read(tmp_path, "a,b^c,d\n1,2^3,4\n", delimiter="^")
    assert file.columns == ("a,b", "c,d")
    assert rows(file, connection) == [("1,2", "3,4", 1)]
    assert read(tmp_path, "a\tb\n1\t2\n", delimiter="\\t").columns == ("a", "b")


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "§"])
def test_what_cannot_be_a_delimiter_is_refused(tmp_path: Path, delimiter: str) -> None:
    with pytest.raises(InputError, match=r"source\.delimiter must be one ASCII character"):
        read(tmp_path, "a,b\n1,2\n", delimiter=delimiter)


def test_the_separator_line_of_excel_is_obeyed_and_is_no_header(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, "\ufeffsep=;\r\na;b,c,d\r\n1;2\r\n")
    assert (file.columns, file.delimiter) == (("a", "b,c,d"), ";")
    assert rows(file, connection) == [("1", "2", 1)]


def test_header_names_lose_blanks_and_may_repeat_be_empty_and_span_lines(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, '\n  \n" Case\nID ",,x , x,"say ""hi"""\n1,2,3,4,5\n')
    assert file.columns == ("Case\nID", "", "x", "x", 'say "hi"')
    assert rows(file, connection) == [("1", "2", "3", "4", "5", 1)]


def test_a_header_whose_quotes_do_not_match_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^the header of log\.csv cannot be read"):
        read(tmp_path, '"a"x,b\n1,2\n')


# ---- encodings


def test_text_that_is_not_utf8_is_windows_1252_and_said_to_be(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, "Fall;Größe\n1;50 € “neu”\n".encode("cp1252") + b"2;\x81\n")
    assert file.columns == ("Fall", "Größe")
    assert rows(file, connection) == [("1", "50 € “neu”", 1), ("2", "\x81", 2)]
    assert "log.csv is not UTF-8: read as Windows-1252" in file.findings


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, encoding: str
) -> None:
    file = read(tmp_path, "case;activity\r\n1;Prüfen 審査\r\n".encode(encoding))
    assert rows(file, connection) == [("1", "Prüfen 審査", 1)]
    assert file.findings[0] == "log.csv is UTF-16: read as such"


@pytest.mark.parametrize(
    "above",
    [
        "# exported 2021, by x\n",
        "Report of orders\r\n\r\n",
        "#a\n#b;c;d\n\n",
        "Orders\n2021\n",
        "# one, two\r# three\r",
    ],
)
def test_what_stands_above_the_header_is_passed_over(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, above: str
) -> None:
    file = read(tmp_path, above + "case;activity\n1;A\n2;B\n")
    assert file.columns == ("case", "activity")
    assert rows(file, connection) == [("1", "A", 1), ("2", "B", 2)]
    first = above.splitlines()[0]
    assert f"log.csv: what stands above the header is passed over ('{first}')" in file.findings


def test_a_header_that_begins_with_a_number_sign_is_a_header(tmp_path: Path) -> None:
    assert read(tmp_path, "#,case,activity\n1,2,A\n").columns == ("#", "case", "activity")
    assert read(tmp_path, "#case;activity\n1;A\n").columns == ("#case", "activity")


@pytest.mark.parametrize("value", ["2021-04-13", "13.04.2021 17:05", "4/13/21, 5:05 PM", "2021-04-13T17:05:00Z"])
def test_a_file_without_a_header_is_refused_with_the_way_out(tmp_path: Path, value: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, f"1;Receive;{value}\n1;Check;{value}\n")
    assert str(refused.value) == (
        f"log.csv has no header: its first line holds the value '{value}'; add a first line with the names of the "
        "columns, such as case_id, activity, timestamp"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_marked_utf16_is_read_and_said_to_be(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, encoding: str
) -> None:
    file = read(tmp_path, "case,ação\r\n1,漢😀\r\n".encode(encoding))
    assert file.columns == ("case", "ação")
    assert rows(file, connection) == [("1", "漢😀", 1)]
    assert f"log.csv is {encoding.upper()}: read as such" in file.findings


def test_utf16_cut_within_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^log\.csv is UTF-16 but is damaged or cut off"):
        read(tmp_path, "case,x\r\n1,2\r\n".encode("utf-16")[:-1])


def test_a_damaged_place_does_not_change_the_encoding_of_the_rest(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, "a,b\n1,größe\n2,é\n3,ü\n".encode() + b"4,\xff\n")
    assert rows(file, connection) == [("1", "größe", 1), ("2", "é", 2), ("3", "ü", 3), ("4", "\ufffd", 4)]
    assert "log.csv is UTF-8 with damaged characters (1): each is shown as \ufffd" in file.findings


def test_a_character_at_the_edge_of_a_block_is_no_damage(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_bytes, "_BLOCK", 5)
    file = read(tmp_path, "a,b\n" + "é,漢😀\n" * 20)
    assert rows(file, connection) == numbered([["é", "漢😀"]] * 20)
    assert file.findings == ()


def test_a_file_cut_within_a_character_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^log\.csv ends in the middle of a character"):
        read(tmp_path, "a,b\n1,é\n2,漢".encode()[:-1])


# ---- cut and broken files


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_cut_anywhere_is_refused_or_gives_its_whole_records(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection, line_end: str
) -> None:
    lines = ["case,activity,note", '1,"a, b",x', '2,c,"say ""hi"""', "3,d,", f'4,e,"two{line_end}lines"', "5,f,y", ""]
    table = [
        ["1", "a, b", "x"],
        ["2", "c", 'say "hi"'],
        ["3", "d", ""],
        ["4", "e", f"two{line_end}lines"],
        ["5", "f", "y"],
    ]
    whole = line_end.join(lines)
    told = set()
    for length in range(1, len(whole)):
        try:
            file = read(tmp_path, whole[:length], delimiter=",")
        except InputError as error:
            told.add(str(error).partition(":")[0].rstrip("0123456789"))
            continue
        found = rows(file, connection)
        assert file.records == len(found)
        assert found[:-1] == numbered(table)[: len(found) - 1]
        *fields, number = numbered(table)[len(found) - 1]
        assert found[-1][-1] == number
        if found[-1] != (*fields, number):  # only the last field of the last record may be short
            assert not file.ends_in_newline
            assert list(found[-1][:-2]) == fields[:-1]
            assert str(fields[-1]).startswith(str(found[-1][-2] or ""))
    assert "log.csv ends in the middle of record " in told
    assert "log.csv has a header but no rows" in told


def test_a_file_that_ends_within_a_record_is_refused_with_its_number(tmp_path: Path) -> None:
    for cut in ("1,2,3\n4,5,6\n7,8", '1,2,3\n"4",5,6\n7,8,"9', "1,2,3\n4,5\n7"):
        with pytest.raises(
            InputError, match=r"^log\.csv ends in the middle of record 3: it seems cut off; copy it again$"
        ):
            read(tmp_path, "a,b,c\n" + cut)


def test_a_short_record_that_ends_in_a_line_end_is_refused_alone(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, "a,b,c\n1,2,3\n4,5\n")
    assert rows(file, connection) == [("1", "2", "3", 1)]
    assert file.refused_records == 1


def test_a_quote_that_is_never_closed_is_refused_with_the_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^record 2 of log\.csv opens a quote that is never closed"):
        read(tmp_path, 'a,b\n1,x\n2,"x\n3,x\n4,x\n')


def test_a_record_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exact, "LONGEST_RECORD", 1000)
    with pytest.raises(InputError, match=r"^record 2 of log\.csv is longer than 1,000 characters"):
        read(tmp_path, 'a,b\n1,x\n2,"x\n' + "3,x\n" * 500)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n", r"^log\.csv has a header but no rows$"),
        ("a,b", r"^log\.csv has a header but no rows$"),
        ("a,b\n\n  \n", r"^log\.csv has a header but no rows$"),
        ("case\n1\n2\n", r"^log\.csv has one column: .*set source\.delimiter"),
        ("", r"^log\.csv is empty"),
        ("\ufeff\n \n", r"^log\.csv is empty"),
        ("a,b\n1,\x00\n", r"^log\.csv holds NUL bytes"),
        ("a,b\n1,2,\n3,4,\n", r"^no record of log\.csv can be read: record 1: 3 fields where the header has 2$"),
    ],
)
def test_what_cannot_be_read_ends_in_one_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        read(tmp_path, content)


def test_a_given_delimiter_that_is_not_in_the_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^log\.csv has no ';' in its header; correct source\.delimiter$"):
        read(tmp_path, "a,b\n1,2\n", delimiter=";")


# ---- where it lies


def test_a_folder_that_looks_like_a_pattern_is_no_pattern(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    folder = tmp_path / "logs [1] *?"
    folder.mkdir()
    file = read(folder, "a,b\n1,2,3\n1,2\n")
    copytree(folder, tmp_path / "logs 1 which the pattern would match")
    for other in (tmp_path / "logs 1 which the pattern would match").rglob("*.parquet"):
        connection.sql("select 'of another file' as c0").write_parquet(str(other))
    assert rows(file, connection) == [("1", "2", 2)]
    assert len(refusals(file, connection)) == 1


def test_the_scan_can_be_repeated_and_carries_generated_names_only(
    tmp_path: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    file = read(tmp_path, 'Case,case,"x\'); drop table t; --"\n1,2,3\n')
    relation = file.scan(connection)
    assert relation.columns == ["c0", "c1", "c2", "source_row"]
    assert [str(kind) for kind in relation.types] == ["VARCHAR", "VARCHAR", "VARCHAR", "BIGINT"]
    assert relation.fetchall() == file.scan(connection).fetchall() == [("1", "2", "3", 1)]


@pytest.mark.shared
def test_every_shared_csv_is_read_as_pythons_csv_reads_it(
    tmp_path: Path, shared_logs: Path, connection: duckdb.DuckDBPyConnection
) -> None:
    logs = sorted(shared_logs.glob("*.csv*"))
    assert logs
    for log in logs:
        with (gzip.open if log.suffix == ".gz" else open)(log, "rt", encoding="utf-8", newline="") as text:
            header, *table = csv.reader(text)
        file = read_delimited(plain_copy(log, scratch=tmp_path, name=log.name), scratch=tmp_path, name=log.name)
        assert file.columns == tuple(header)
        assert rows(file, connection) == numbered(table)
