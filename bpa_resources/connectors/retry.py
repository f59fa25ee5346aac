"""How often and when a request is tried again: the one place that retries are decided in.

Full jitter as in Brooker, "Exponential backoff and jitter" (AWS, 2015): a pause is drawn between 0 and the bound, so
that many workers do not come back at once. Add here another bound; what may be tried again at all is in `tries`.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Retry:
    """Bounds of one call, seconds. `attempts` counts the first try; searches for what is there count apart."""

    attempts: int = 3
    base: float = 1.0
    factor: float = 2.0
    longest_pause: float = 30.0
    longest_server_wait: float = 60.0
    """A server that asks for more frees the worker: the outcome is `later`."""
    attempt_seconds: float = 30.0
    total_seconds: float = 180.0
    """All tries and pauses of one call; the lease of an action in the ledger must be longer."""

    def pause(self, tried: int, chance: Callable[[], float]) -> float:
        """Seconds before the next try, after `tried` of them; `chance` gives a number from 0 to 1."""
        return min(self.base * self.factor ** (tried - 1), self.longest_pause) * chance()
