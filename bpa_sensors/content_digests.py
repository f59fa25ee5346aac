"""Digests of files, each read once: kept by what stat says, and read beside the sensor, which may not wait long."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLateError
from pathlib import Path
from time import monotonic

from bpa_resources.inbox import content_digest

_KEPT = 10_000
_Key = tuple[int, int, int, int, int]


class StillReadingError(Exception):
    """The digest is not known yet, or the file has changed meanwhile: ask again later."""


class ContentDigests:
    """Digests that were asked for. One thread reads, so that a large file does not keep every disk head busy."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="content-digests")
        self._known: dict[_Key, Future[str]] = {}

    def of(self, path: Path, *, until: float) -> str:
        """SHA-256 (hex) of the file; waits at most `until` (as `time.monotonic`).

        Errors: StillReadingError; OSError if the file cannot be read.
        """
        key = _key(path)
        reading = self._known.get(key)
        if reading is None:
            reading = self._known[key] = self._pool.submit(content_digest, path)
            self._forget_the_oldest()
        try:
            digest = reading.result(timeout=max(0.0, until - monotonic()))
        except (TooLateError, OSError) as error:  # a network disk that does not answer raises the same TimeoutError
            if isinstance(error, TooLateError) and not reading.done():
                raise StillReadingError from None
            del self._known[key]
            raise
        if _key(path) != key:
            del self._known[key]
            raise StillReadingError
        return digest

    def _forget_the_oldest(self) -> None:
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]


def _key(path: Path) -> _Key:
    found = path.stat(follow_symlinks=False)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
