"""What a file really is, and its plain bytes.

Here a file is told by its content (a name is only a claim), unpacked from gzip with its checksum verified, and
hashed. Add a signature here when people bring another kind of file that is no event log. Reading records, columns or
events out of the file stays in the module of its kind (delimited, XES, Parquet).
"""

import codecs
import hashlib
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from bpa_assets.event_log.limits import bounded, check_ratio, room_for_copy
from bpa_resources.errors import InputError

Kind = Literal["csv", "xes", "parquet"]

GZIP_MAGIC = b"\x1f\x8b"
_BLOCK = 4 << 20
_HEAD = 64 << 10
_WIDE_SHARE = 0.6
"""Share of the characters of a UTF-16 text that have to be below 256, for it to be told without a mark."""

TEXT_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and the encoding each of them announces."""

_SAVE = "save it as CSV, XES or Parquet"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"PARE", "an encrypted Parquet file, which cannot be read here; decrypt it first"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office file of the old kind (such as .xls); save it as CSV"),
    (b"%PDF", f"a PDF document, not an event log; {_SAVE}"),
    (b"\x89PNG", "a picture (PNG), not an event log"),
    (b"\xff\xd8\xff", "a picture (JPEG), not an event log"),
    (b"GIF8", "a picture (GIF), not an event log"),
    (b"SQLite format 3\x00", f"an SQLite database; {_SAVE} the table with the events"),
    (b"Obj\x01", f"an Avro file; {_SAVE}"),
    (b"ORC", f"an ORC file; {_SAVE}"),
    (b"ARROW1", f"an Arrow file; {_SAVE}"),
    (b"FEA1", f"a Feather file; {_SAVE}"),
    (b"\x89HDF", f"an HDF5 file; {_SAVE}"),
    (GZIP_MAGIC, "gzipped twice; unpack it once"),
    (b"\xfd7zXZ\x00", "packed with xz; unpack it, or pack it with gzip"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; unpack it, or pack it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it first"),
    (b"\x7fELF", "a program, not an event log"),
)
_FOREIGN_LATER: tuple[tuple[int, bytes, str], ...] = (
    (4, b"1AY&SY", "packed with bzip2; unpack it, or pack it with gzip"),
    (8, b"DUCK", f"a DuckDB database; {_SAVE} the table with the events"),
    (257, b"ustar", "a tar archive; unpack it first"),
)
_BEFORE_ROOT = re.compile(rb"\A(?:\s+|<\?.*?\?>|<!--.*?-->)+", re.DOTALL)
_TAG = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_HTML = re.compile(rb"<(?:!doctype\s+html|(?:html|head|body|script|meta|title|table|div|p)\b)", re.IGNORECASE)
_NO_CONTROL = bytes(byte for byte in range(256) if byte >= 0x20 or byte in b"\t\n\v\f\r\x1a\x1b")
_JSON = re.compile(rb'\{\s*["}]|\[\s*[\[{"]')


def kind_of(path: Path) -> Kind:
    """Tell what kind of log a file is, by its first bytes (after gunzip), and by its name where it contradicts them.

    Raises:
        InputError: the file is absent, a folder, empty, unreadable, or known to be something else; the sentence
            names what it is. Any text that is neither XML nor JSON passes as delimited text.

    """
    name = path.name
    head = _head(path)
    if _begins_with(b"PAR1", head):
        return "parquet"
    if what := _foreign(head):
        raise InputError(f"{name} is {what}")
    text = _as_utf8(head).lstrip()
    if not text:
        raise InputError(f"{name} is empty; nothing to read")
    if b"\x00" in text or len(text.translate(None, _NO_CONTROL)) > len(text) / 50:
        raise InputError(f"{name} is a binary file, not an event log; {_SAVE}")
    if text.startswith(b"<"):
        return _kind_of_markup(text, name=name)
    if _JSON.match(text):
        raise InputError(f"{name} is JSON, which is not supported; {_SAVE}")
    claimed = Path(_without_gz(name)).suffix.lower()
    if claimed in (".xes", ".parquet"):
        raise InputError(f"{name} is plain text, though its name says {claimed}; copy it again or name it .csv")
    return "csv"


def plain_copy(path: Path, *, scratch: Path, name: str) -> Path:
    """Return the file itself, or if it is gzipped a plain copy in `scratch`, complete and with its checksum verified.

    Several gzip members after each other are one file, as gzip defines it. The copy has a name of its own and the
    extension of the original.

    Raises:
        InputError: the gzip data ends early or is damaged, or is more than a log has or the disk; no copy is left.

    """
    with _readable(path, name=name) as source:
        if source.read(2) != GZIP_MAGIC:
            return path
        source.seek(0)
        suffix = Path(_without_gz(name)).suffix
        with new_scratch_file(scratch, suffix=suffix if re.fullmatch(r"\.\w{1,10}", suffix) else "") as copy:
            for block in bounded(_unpacked(source, name=name), room=room_for_copy(scratch), name=name):
                copy.write(block)
    return Path(copy.name)


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as they lie on the disk, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def new_scratch_file(scratch: Path, *, suffix: str) -> Iterator[IO[bytes]]:
    """Open a new file in `scratch` for writing; it stays when the block ends well and is removed when it does not."""
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=scratch, prefix="plain-", suffix=suffix, delete=False) as file:
        try:
            yield file
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


@contextmanager
def _readable(path: Path, *, name: str) -> Iterator[IO[bytes]]:
    """Open for reading what must be a regular file."""
    try:
        if path.is_dir():
            raise InputError(f"{name} is a folder; name the files in it")
        if not path.exists():
            raise InputError(f"{path} does not exist")
        if not path.is_file():
            raise InputError(f"{name} is not a regular file")
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{name} cannot be read ({error.strerror})") from None
    with file:
        yield file


def _unpacked(source: IO[bytes], *, name: str) -> Iterator[bytes]:
    """Yield the plain bytes of a gzip file in blocks.

    zlib itself rather than the gzip module: that reads 8 KB at a time, and passes over what follows the last member.
    """
    packed = b""
    plain = 0
    member = zlib.decompressobj(wbits=31)
    try:
        while packed or (packed := source.read(_BLOCK)):
            block = member.decompress(packed, _BLOCK)
            plain += len(block)
            check_ratio(plain, source.tell(), name=name)
            yield block
            packed = member.unconsumed_tail
            if member.eof:
                packed = _next_member(member.unused_data, source)
                if not packed:
                    return
                member = zlib.decompressobj(wbits=31)
    except zlib.error:
        raise InputError(f"{name} is cut off or damaged (its gzip data does not check); copy it again") from None
    raise InputError(f"{name} is cut off or damaged (gzip ends early); copy it again")


def _next_member(rest: bytes, source: IO[bytes]) -> bytes:
    """Return the first bytes after a gzip member and the zeros some programs pad it with; nothing at the end."""
    while not (rest := rest.lstrip(b"\x00")) and (rest := source.read(_BLOCK)):
        pass
    return rest


def _head(path: Path) -> bytes:
    """Return the first 64 KB of plain content, from the first block on that holds more than blanks."""
    name = path.name
    with _readable(path, name=name) as source:
        packed = source.read(2) == GZIP_MAGIC
        source.seek(0)
        head = b""
        blocks = _unpacked(source, name=name) if packed else iter(lambda: source.read(_HEAD), b"")
        for block in blocks:
            head += block
            if len(head) >= _HEAD and not head.isspace():
                break
            head = b"" if head.isspace() else head
    if not head:
        raise InputError(f"{name} is empty; nothing to read")
    return (head.lstrip() if head[:_HEAD].isspace() else head)[:_HEAD]


def wide_encoding(head: bytes) -> str | None:
    """Return the encoding of text in UTF-16 or UTF-32, told by its mark, or by its zeros; None for any other text."""
    marked = next((encoding for mark, encoding in TEXT_MARKS if head.startswith(mark)), None)
    if marked is not None:
        return None if marked == "utf-8" else marked
    zeros = [head[place::2].count(0) for place in (0, 1)]
    # Of Latin letters and digits every other byte is zero, and hardly one of the rest.
    if max(zeros) < len(head) * _WIDE_SHARE / 2 or min(zeros) * 100 > max(zeros):
        return None
    return "utf-16-le" if zeros[1] else "utf-16-be"


def _as_utf8(head: bytes) -> bytes:
    """Return marked or wide text as UTF-8 without its mark, and anything else as it is."""
    for mark, encoding in TEXT_MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, errors="ignore").encode()
    wide = wide_encoding(head)
    return head.decode(wide, errors="ignore").encode() if wide else head


def _begins_with(magic: bytes, head: bytes, *, offset: int = 0) -> bool:
    """Tell whether the signature is there; one of mere letters may begin a header (PARENT_ID), so it needs a NUL."""
    return head.startswith(magic, offset) and (not magic.isalnum() or b"\x00" in head)


def _foreign(head: bytes) -> str | None:
    """Name what the file is if its signature is that of something that is no event log."""
    if head.startswith(b"PK\x03\x04"):
        return _zip_content(head)
    for offset, magic, what in (*((0, magic, what) for magic, what in _FOREIGN), *_FOREIGN_LATER):
        if _begins_with(magic, head, offset=offset):
            return what
    return None


def _zip_content(head: bytes) -> str:
    if b"xl/" in head:
        return "an Excel workbook; save it as CSV"
    if b"[Content_Types].xml" in head:
        return "an Office document, not an event log"
    if b"opendocument.spreadsheet" in head:
        return "a spreadsheet (ODS); save it as CSV"
    return "a zip archive; unpack it first"


def _kind_of_markup(text: bytes, *, name: str) -> Kind:
    """Tell XES from web pages and other XML by the first element; what cannot be told is left to the XES reader."""
    rest = _BEFORE_ROOT.sub(b"", text)
    if _HTML.match(rest):
        raise InputError(f"{name} is a web page (HTML), not an event log; it may be a login page: download it again")
    root = _TAG.match(rest)
    if root and root[1].rpartition(b":")[2].lower() != b"log":
        element = root[1].decode(errors="replace")
        raise InputError(f"{name} is XML with the root <{element}>, not an event log in XES (root <log>)")
    return "xes"


def _without_gz(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name
