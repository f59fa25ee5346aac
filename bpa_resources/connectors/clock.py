"""The time as a call sees it: it begins at the moment the caller names and goes on as time passes."""

import time
from datetime import datetime, timedelta


class Clock:
    """Time of one call. Tests put another in its place, whose waits take no time."""

    def __init__(self, begin: datetime) -> None:
        self._begin, self._started = begin, time.monotonic()

    @property
    def passed(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._started

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return self._begin + timedelta(seconds=self.passed)

    def wait(self, seconds: float) -> None:
        """Let so much time pass."""
        time.sleep(seconds)
