"""What goes wrong because of a file, in a sentence: one that changes while it is read, or is damaged inside.

Only looked at when something has gone wrong, or at the end: a whole file costs a `stat`. Add here what else a reader
says of a file that a person can put right.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from bpa_resources.errors import InputError

_State = tuple[int, int, int] | None


@contextmanager
def explained(files: Sequence[Path], *, scratch: Path) -> Iterator[None]:
    """Turn what a file is to blame for into InputError. `scratch`: where plain copies of the files lie."""
    before = [_state(path) for path in files]
    try:
        yield
    except Exception as error:
        _check_unchanged(files, before)
        if not isinstance(error, InputError):
            for path in files:
                _check_parquet(path, scratch / path.name, error)
        raise
    _check_unchanged(files, before)


def _state(path: Path) -> _State:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _check_unchanged(files: Sequence[Path], before: Sequence[_State]) -> None:
    for path, state in zip(files, before, strict=True):
        if _state(path) != state:
            raise InputError(f"{path.name} changed while it was read: let it come to rest, then run it again")


def _check_parquet(path: Path, copies: Path, error: Exception) -> None:
    """Errors: InputError if it is a Parquet file of which not every page can be read."""
    import duckdb
    import pyarrow.parquet

    if not isinstance(error, duckdb.Error | pa.ArrowException | OSError):
        return
    for plain in (path, *sorted(copies.glob("plain-*"))):
        with plain.open("rb") as file:
            if file.read(4) != b"PAR1":
                continue
        if isinstance(error, duckdb.ConversionException):
            raise InputError(
                f"{path.name} holds a value beyond what can be read ({_first_line(error)}): correct it, such as a time "
                "after the year 290000, or leave its column out"
            ) from error
        try:
            for _ in pyarrow.parquet.ParquetFile(plain).iter_batches(10_000):
                pass
        except (pa.ArrowException, OSError) as damage:
            if "crypt" in str(damage):
                raise InputError(f"{path.name} has encrypted columns, which cannot be read here; decrypt it") from error
            raise InputError(f"{path.name} is damaged: its pages cannot be read; copy it again") from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].partition(": ")[2]
