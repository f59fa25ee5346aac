"""The bytes of a delimited file: their encoding, UTF-8 made of any other, and whether the quotes are regular.

Add to it what can be told of bytes without knowing records. Delimiter and header lie in `text`, cutting
into records in `quick` and `exact`.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bpa_assets.event_log.plain_files import new_scratch_file
from bpa_resources.errors import InputError

_QUOTE = ord('"')
_BLOCK = 128 << 10  # stays in the cache: larger blocks take up to four times as long to decode
_CP1252 = {byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xA0)}
"""What Windows-1252 has where Latin-1 has control characters; its five holes stay those, as in browsers."""


@dataclass(frozen=True)
class Examined:
    """What one pass over the bytes told."""

    is_utf8: bool
    regular_quotes: bool
    ends_in_newline: bool


def examined(path: Path, *, delimiter: str, name: str) -> Examined:
    """Read all bytes once; about 0.2 CPU-seconds a GB without quotes, 1 with quotes around most fields.

    Raises:
        InputError: there are NUL bytes.

    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    quotes = _QuoteCheck(delimiter)
    is_utf8, within_character, tail = True, False, b""
    for block in _blocks(path):
        if b"\x00" in block:
            raise InputError(f"{name} holds NUL bytes: it is binary, or UTF-16 without a mark; save it as CSV in UTF-8")
        if is_utf8 and (within_character or not block.isascii()):
            try:
                decoder.decode(block)
                within_character = bool(decoder.getstate()[0])
            except UnicodeDecodeError:
                is_utf8 = False
        quotes.feed(block)
        tail = block.rstrip(b" ")[-1:] or tail  # blanks after the last line end are no record
    return Examined(is_utf8 and not within_character, quotes.regular_to_the_end(), tail in (b"\n", b"\r"))


def utf8_of_wide(path: Path, *, encoding: str, scratch: Path, name: str) -> tuple[Path, str]:
    """Write UTF-16 or UTF-32 text as UTF-8 into scratch, a mark and all; return the copy and a sentence about it."""
    shown = encoding[:6].upper()
    try:
        copy = _transcoded(path, encoding=encoding, scratch=scratch)
    except UnicodeError:
        raise InputError(f"{name} is {shown} but is damaged or cut off; copy it again") from None
    return copy, f"{name} is {shown}: read as such"


def utf8_of_unmarked(path: Path, *, scratch: Path, name: str) -> tuple[Path, str]:
    """Write text that is not valid UTF-8 as UTF-8 into scratch; return the copy and a sentence about it.

    It is Windows-1252, unless it has a UTF-8 mark or more whole UTF-8 characters than broken ones: then it is damaged
    UTF-8, and each broken place becomes the replacement character.

    Raises:
        InputError: the only broken character is the last thing in the file: it is cut off.

    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    whole = broken = 0
    for block in _blocks(path):
        text = decoder.decode(block)
        beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
        replaced = text.count("\ufffd")
        broken += replaced
        whole += beyond_ascii - replaced
    cut = bool(decoder.getstate()[0])
    if cut and whole and not broken:
        raise InputError(f"{name} ends in the middle of a character: it seems cut off; copy it again")
    if whole > broken + cut:
        copy = _transcoded(path, encoding="utf-8", scratch=scratch)
        return copy, f"{name} is UTF-8 with damaged characters ({broken + cut}): each is shown as \ufffd"
    return _transcoded(path, encoding="windows-1252", scratch=scratch), f"{name} is not UTF-8: read as Windows-1252"


class _QuoteCheck:
    """Follows the quotes of a file block by block.

    Most blocks take array operations only: quotes open and close in turn; one that opens follows a delimiter, a line
    end or the quote that has just closed (together a doubled quote), and one that closes is followed by the same.
    A block where they do not is walked quote by quote: within an unquoted field (`5" pipe`) a quote is a character
    like any other. `"so" he said` is regular by no rule: readers cut it differently.
    """

    def __init__(self, delimiter: str) -> None:
        self._field_starts = frozenset(f"{delimiter}\r\n".encode())
        self._neighbours = np.zeros(256, dtype=bool)
        self._neighbours[[*self._field_starts, _QUOTE]] = True
        self._carry = b"\n"  # the last byte that is no quote, and the quotes after it
        self._inside = 0
        self._regular = True
        self._at_start = True

    def feed(self, block: bytes) -> None:
        if self._at_start:
            block, self._at_start = block.removeprefix(codecs.BOM_UTF8), False
        if not self._regular or not block:
            return
        if b'"' not in block and len(self._carry) == 1:
            self._carry = block[-1:]
            return
        data = self._carry + block
        body = data.rstrip(b'"')
        self._carry = data[len(body) - 1 :]
        self._follow(np.frombuffer(body, dtype=np.uint8))
        self._regular &= len(self._carry) < _BLOCK  # a file of quotes only

    def regular_to_the_end(self) -> bool:
        self.feed(b"\n")
        return self._regular and not self._inside

    def _follow(self, body: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> None:
        quotes = np.flatnonzero(body == _QUOTE)
        opening, closing = quotes[self._inside :: 2], quotes[1 - self._inside :: 2]
        if self._neighbours[body[opening - 1]].all() and self._neighbours[body[closing + 1]].all():
            self._inside ^= len(quotes) & 1
        else:
            after = body[quotes + 1]
            may_close = self._neighbours[after]
            self._walk(quotes.tolist(), body[quotes - 1].tolist(), after.tolist(), may_close.tolist())

    def _walk(self, quotes: list[int], before: list[int], after: list[int], may_close: list[bool]) -> None:
        doubled = -1
        for position, left, right, closes in zip(quotes, before, after, may_close, strict=True):
            if position == doubled:
                continue
            if not self._inside:
                self._inside = int(left in self._field_starts)
            elif right == _QUOTE:
                doubled = position + 1
            elif closes:
                self._inside = 0
            else:
                self._regular = False
                return


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            yield block


def _transcoded(path: Path, *, encoding: str, scratch: Path) -> Path:
    with new_scratch_file(scratch, suffix=".csv") as copy:
        for text in _decoded(path, encoding=encoding):
            copy.write(text.encode("utf-8"))
    return Path(copy.name)


def _decoded(path: Path, *, encoding: str) -> Iterator[str]:
    if encoding == "windows-1252":
        for block in _blocks(path):
            yield block.decode("latin-1").translate(_CP1252)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace" if encoding == "utf-8" else "strict")
    for block in _blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)
