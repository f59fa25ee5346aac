"""The bytes of a log file, plain or gzipped, checked to be whole.

Add here another way a file may be packed. What the bytes say is for the readers.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from bpa_assets.event_log.limits import check_ratio
from bpa_resources.errors import InputError

_PACKED_BYTES = 1 << 18


class PlainSource:
    """A file as it is."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer as far as there are bytes; how many."""
        filled = 0
        while filled < len(buffer):
            n = self._file.readinto(buffer[filled:])
            if not n:
                break
            filled += n
        return filled


class GzipSource:
    """A gzip file of one or more members, its checksums and its end verified."""

    def __init__(self, file: FileIO, name: str) -> None:
        self._file, self._name = file, name
        self._member = zlib.decompressobj(31)
        self._packed = b""
        self._plain = 0
        self._ended = False

    def readinto(self, buffer: memoryview) -> int:
        """Fill the buffer as far as there are bytes; how many. InputError when the file is cut off or damaged."""
        filled = 0
        while filled < len(buffer) and not self._ended:
            packed = self._packed or self._file.read(_PACKED_BYTES)
            if not packed:
                raise InputError(f"{self._name} is cut off: the gzip data ends too early; get the whole file again")
            try:
                data = self._member.decompress(packed, len(buffer) - filled)
            except zlib.error as error:
                raise InputError(f"{self._name} is damaged: its gzip data cannot be read; get it again") from error
            buffer[filled : filled + len(data)] = data
            filled += len(data)
            self._plain += len(data)
            check_ratio(self._plain, self._file.tell(), name=self._name)
            self._packed = self._member.unconsumed_tail
            if self._member.eof:
                self._next_member()
        return filled

    def _next_member(self) -> None:
        self._packed = self._member.unused_data.lstrip(b"\0")  # padding to whole blocks is allowed
        self._member = zlib.decompressobj(31)
        while not self._packed:
            more = self._file.read(_PACKED_BYTES)
            if not more:
                self._ended = True
                return
            self._packed = more.lstrip(b"\0")


Source = PlainSource | GzipSource


@contextmanager
def opened(path: Path, *, name: str) -> Iterator[Source]:
    """Open the bytes of a file; whether it is gzipped is told by its first bytes, not by its name."""
    with path.open("rb", buffering=0) as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        yield GzipSource(file, name) if packed else PlainSource(file)
