"""What a file is, and its plain bytes."""

import codecs
import gzip
import hashlib
import io
import os
import sqlite3
import tarfile
import zipfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet
import pytest

from bpa_assets.event_log.plain_files import content_sha256, kind_of, plain_copy
from bpa_resources.errors import InputError

CSV = b"case_id,activity,time\n1,a,2020-01-01\n"


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def archive(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for member, text in members.items():
            zipped.writestr(member.replace("__", "/"), text)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["log.csv", "log.txt", "log", "log.csv.gz", "log.xlsx", "log.parquet.csv"])
@pytest.mark.parametrize(
    "content",
    [
        CSV,
        codecs.BOM_UTF8 + CSV,
        codecs.BOM_UTF16_LE + CSV.decode().encode("utf-16-le"),
        codecs.BOM_UTF16_BE + CSV.decode().encode("utf-16-be"),
        codecs.BOM_UTF32_LE + CSV.decode().encode("utf-32-le"),
        b"\n\n" + b" " * 200_000 + CSV,
        b"PARENT_ID;x\n1;2\n",
        b"ORCID;x\n1;2\n",
        b"PAR1,x\n1,2\n",
        "größe;x\n1;2\n".encode("latin-1"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_any_text_is_delimited_whatever_its_name_and_encoding(
    tmp_path: Path, name: str, content: bytes, packed: bool
) -> None:
    assert kind_of(put(tmp_path, name, gzip.compress(content) if packed else content)) == "csv"


@pytest.mark.parametrize(
    "content",
    [
        b"<log/>",
        b"<?xml version='1.0'?>\n<!-- a <html> comment -->\n<log xes.version='1.0'>",
        codecs.BOM_UTF8 + b"\n<?xml version='1.0'?><xes:log>",
        codecs.BOM_UTF16_LE + "<?xml version='1.0' encoding='utf-16'?><log>".encode("utf-16-le"),
        b'<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "x">]><log>',
        b"<?xml version='1.0'?><!-- " + b"x" * 100_000 + b"--><log>",
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_xes_is_known_by_its_content(tmp_path: Path, content: bytes, packed: bool) -> None:
    assert kind_of(put(tmp_path, "log.csv", gzip.compress(content) if packed else content)) == "xes"


def test_parquet_is_known_by_its_content(tmp_path: Path) -> None:
    pyarrow.parquet.write_table(pa.table({"a": [1]}), tmp_path / "log.csv")
    assert kind_of(tmp_path / "log.csv") == "parquet"


def sqlite_file(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table t (a)")
    connection.commit()
    connection.close()


def duckdb_file(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table t (a int)")


def tar_file(path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        tar.addfile(tarfile.TarInfo("x"))


@pytest.mark.parametrize(
    ("make", "what"), [(sqlite_file, "SQLite"), (duckdb_file, "DuckDB"), (tar_file, "tar archive")]
)
def test_real_files_of_other_programs_are_named(tmp_path: Path, make, what: str) -> None:
    make(tmp_path / "log.csv")
    with pytest.raises(InputError, match=rf"^log\.csv is .*{what}"):
        kind_of(tmp_path / "log.csv")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (archive(**{"[Content_Types].xml": "x", "xl__workbook.xml": "x"}), "is an Excel workbook; save it as CSV"),
        (archive(**{"[Content_Types].xml": "x", "word__document.xml": "x"}), "is an Office document"),
        (archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "spreadsheet"),
        (archive(**{"log.csv": "a,b"}), "is a zip archive; unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "Office file of the old kind"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00", "picture"),
        (b"\x42\x5a\x68\x39" + b"1AY&SY", "bzip2"),
        (gzip.compress(gzip.compress(CSV)), "gzipped twice"),
        (b"PARE" + bytes(100), "encrypted Parquet"),
        (b"case,activity\n1,\x00\x00\n", "is a binary file"),
        (bytes(range(1, 32)) * 10, "is a binary file"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page"),
        (b"\n <HTML><body>", "is a web page"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html>", "is a web page"),
        (b"<!-- saved from -->\n<head><title>x</title>", "is a web page"),
        (b"<?xml version='1.0'?><definitions xmlns='bpmn'>", r"root <definitions>"),
        (b'{"events": []}', "is JSON"),
        (b'[{"case": 1}]', "is JSON"),
        (b"", "is empty"),
        (b" \n\r\n\t", "is empty"),
        (codecs.BOM_UTF8 + b"\n", "is empty"),
        (codecs.BOM_UTF16_LE + "\r\n".encode("utf-16-le"), "is empty"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_no_log_is_refused_by_name(tmp_path: Path, content: bytes, what: str, packed: bool) -> None:
    path = put(tmp_path, "log.csv", gzip.compress(content) if packed else content)
    with pytest.raises(InputError, match=rf"^log\.csv .*{what}") as refused:
        kind_of(path)
    assert "\n" not in str(refused.value)


def test_a_name_that_the_content_contradicts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^log\.xes\.gz is plain text, though its name says \.xes"):
        kind_of(put(tmp_path, "log.xes.gz", gzip.compress(CSV)))


def test_what_cannot_be_read_as_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        kind_of(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="is a folder"):
        kind_of(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="not a regular file"):
        kind_of(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="cannot be read"):
        kind_of(tmp_path / ("x" * 5000))


def test_a_plain_file_is_used_where_it_lies(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv", CSV)
    assert plain_copy(path, scratch=tmp_path / "scratch", name="log.csv") == path
    assert not (tmp_path / "scratch").exists()


@pytest.mark.parametrize("members", [1, 2, 3])
@pytest.mark.parametrize("padding", [b"", bytes(512)])
def test_a_gzip_file_is_unpacked_whole_with_all_its_members(tmp_path: Path, members: int, padding: bytes) -> None:
    content = os.urandom(300_000).hex().encode() + CSV
    packed = b"".join(gzip.compress(content) + padding for _ in range(members))
    copy = plain_copy(put(tmp_path, "log.csv.gz", packed), scratch=tmp_path / "s", name="log.csv.gz")
    assert copy.read_bytes() == content * members
    assert copy.parent == tmp_path / "s"
    assert copy.suffix == ".csv"


def test_content_larger_than_a_block_is_unpacked_whole(tmp_path: Path) -> None:
    content = CSV * 700_000  # 25 MB from a few KB: the output of one input block is taken in many steps
    path = put(tmp_path, "log.csv.gz", gzip.compress(content, 1))
    assert plain_copy(path, scratch=tmp_path, name="log.csv.gz").read_bytes() == content


def test_two_files_of_one_name_get_copies_of_their_own(tmp_path: Path) -> None:
    path = put(tmp_path, "log.csv.gz", gzip.compress(CSV))
    copies = {plain_copy(path, scratch=tmp_path, name="../../log.csv.gz") for _ in range(2)}
    assert len(copies) == 2
    assert {copy.parent for copy in copies} == {tmp_path}


def test_a_gzip_file_cut_anywhere_is_refused_and_leaves_no_copy(tmp_path: Path) -> None:
    packed = gzip.compress(CSV * 3 + os.urandom(50))
    scratch = tmp_path / "scratch"
    for length in range(2, len(packed)):
        path = put(tmp_path, "log.csv.gz", packed[:length])
        with pytest.raises(InputError, match=r"^log\.csv\.gz is cut off or damaged .*copy it again$"):
            plain_copy(path, scratch=scratch, name="log.csv.gz")
    assert list(scratch.iterdir()) == []
    assert plain_copy(put(tmp_path, "log.csv.gz", packed), scratch=scratch, name="log.csv.gz").exists()


def test_a_second_member_cut_anywhere_is_refused(tmp_path: Path) -> None:
    first, second = gzip.compress(CSV), gzip.compress(b"2,b,2020-01-02\n")
    for length in range(1, len(second)):
        path = put(tmp_path, "log.csv.gz", first + second[:length])
        with pytest.raises(InputError, match="cut off or damaged"):
            plain_copy(path, scratch=tmp_path, name="log.csv.gz")


def test_a_changed_byte_in_gzip_data_never_changes_the_content(tmp_path: Path) -> None:
    content = CSV * 3 + os.urandom(50)
    packed = gzip.compress(content)
    refused = 0
    for position in range(len(packed)):
        changed = bytes([*packed[:position], packed[position] ^ 0x10, *packed[position + 1 :]])
        path = put(tmp_path, "log.csv.gz", changed)
        try:
            copy = plain_copy(path, scratch=tmp_path, name="log.csv.gz")
        except InputError as error:
            refused += "cut off or damaged" in str(error)
        else:  # the time of packing, bits that fill the last byte; or no gzip any more, and then as it lies
            assert copy.read_bytes() in (content, changed)
            assert position < 10 or copy.read_bytes() == content
    assert refused > len(packed) - 14


def test_the_hash_is_of_the_bytes_on_the_disk(tmp_path: Path) -> None:
    packed = gzip.compress(CSV)
    assert content_sha256(put(tmp_path, "log.csv.gz", packed)) == hashlib.sha256(packed).hexdigest()
