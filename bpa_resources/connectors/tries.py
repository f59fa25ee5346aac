"""One request tried until it is settled: its turn, its tries and the pauses between them.

Add here what concerns one request of a call; the steps of a call are in `attempts`, what an answer means is in
`meaning`, bounds are in `retry`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bpa_resources.connectors.answer_path import output_of
from bpa_resources.connectors.call import Holds, Limits, Outcome, SharedState, always
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.driver import Answer, Connection, Driver, Try
from bpa_resources.connectors.idempotency import can_repeat
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.meaning import Meaning, meaning_of
from bpa_resources.connectors.quota import reset_moment
from bpa_resources.connectors.retry import Retry
from bpa_resources.errors import InputError

Look = Callable[[], Outcome | None]
"""Whether the effect is there already: the outcome if it is, or if that could not be found out."""

_ANSWERED = {"transient", "timeout"}


class TakenOverError(Exception):
    """The action is another worker's by now."""


@dataclass
class Tries:
    """What one call needs, how many requests it has sent, and whether one that may have worked was not answered."""

    connection: Connection
    driver: Driver
    shared: SharedState
    retry: Retry
    clock: Clock
    chance: Callable[[], float]
    forget_token: Callable[[], None]
    first_sent: datetime | None = None  # the moment of the first try of this key; None: it is still to come
    never_sent: bool = False  # it is proven: there is nothing to look for before the first try
    holds: Holds = always
    is_check: bool = False  # somebody asks how it is: whatever the circuit says
    sent: int = 0
    lost_at: datetime | None = None
    last_reason: str = ""

    def _tried(
        self, operation: Operation, given: Mapping[str, Any], key: str, look: Look | None = None
    ) -> tuple[Outcome, Answer | None]:
        """Try until it is settled or the bounds are reached; `look` before each try after a lost answer."""
        refreshed = False
        for tried in range(1, self.retry.attempts + 1):
            if later := self._turn():
                return later, None
            answer, meaning = self._once(operation, given, key)
            settled = self._settled(meaning, answer, operation, refreshed)
            if settled is not None:
                return settled, answer
            if meaning.kind == "refresh_then_retry":
                refreshed = True
                self.forget_token()
            pause = self._pause(tried, answer, meaning)
            if tried == self.retry.attempts or not self._may_wait(pause):
                return self._later(meaning, pause), answer
            self.clock.wait(pause)
            there = self._looked(operation, look, pause) if look and meaning.maybe_done else None
            if there is not None:
                return there, None
        raise AssertionError("the last try returns")

    def _turn(self) -> Outcome | None:
        """Wait for the right to send one request; the outcome with which the call ends if that takes too long."""
        name, limits = self.connection.name, self.connection.manifest.limits
        if self.clock.passed >= self.retry.total_seconds:
            return Outcome("later", "its time was used up", not_before=self.clock.now, error_class="timeout")
        shared_limits = Limits(limits.rate, limits.per_seconds)
        while until := self.shared.take_token(name, shared_limits, self.clock.now):
            pause = (until - self.clock.now).total_seconds()
            if not self._may_wait(pause):
                return Outcome(
                    "later", "the limit of requests is reached", not_before=until, error_class="rate_limited"
                )
            self.clock.wait(max(pause, 0.001))
        until = None if self.is_check else self.shared.circuit_allows(name, self.clock.now)
        return Outcome("later", self._left_alone(), not_before=until, error_class="circuit_open") if until else None

    def _left_alone(self) -> str:
        why = (
            f", the last time: {self.last_reason}"
            if self.last_reason
            else f" (bpa connectors check {self.connection.name})"
        )
        return f"{self.connection.manifest.title} failed several times in a row{why}"

    def _may_wait(self, pause: float) -> bool:
        return pause <= self.retry.longest_server_wait and self.clock.passed + pause < self.retry.total_seconds

    def _once(self, operation: Operation, given: Mapping[str, Any], key: str) -> tuple[Answer, Meaning]:
        lost_before, writes = self.lost_at, operation.effect != "read"
        if writes and not self.holds():
            raise TakenOverError
        if writes:  # unless its answer says otherwise, whatever happens from here on
            self.lost_at = self.clock.now
        answer = self._answer(operation, given, key, lost_before)
        meaning = meaning_of(answer, self.connection.manifest, operation)
        name, now, self.last_reason = self.connection.name, self.clock.now, meaning.reason
        self.shared.circuit_record(name, ok=meaning.error_class not in _ANSWERED, now=now)
        if until := reset_moment(self.connection.manifest.limits, answer.headers, now):
            self.shared.limit_until(name, until)
        if writes:
            self.lost_at = lost_before if meaning.surely_not_done else now
        return answer, meaning

    def _answer(self, operation: Operation, given: Mapping[str, Any], key: str, lost_before: datetime | None) -> Answer:
        left = self.retry.total_seconds - self.clock.passed
        self.first_sent = self.first_sent or self.clock.now
        this = Try(key, self.first_sent, seconds=max(min(self.retry.attempt_seconds, left), 1.0))
        self.sent += 1
        try:
            return self.driver.send(self.connection, operation, given, this)
        except InputError:  # nothing was sent
            self.sent -= 1
            self.lost_at = lost_before
            raise

    def _settled(self, meaning: Meaning, answer: Answer, operation: Operation, refreshed: bool) -> Outcome | None:
        """The outcome that this try alone decides."""
        if meaning.kind in ("done", "duplicate"):
            result = output_of(answer.body, operation.output)
            return Outcome("done", result=result, duplicate=meaning.kind == "duplicate")
        if meaning.kind == "fail" or (meaning.kind == "refresh_then_retry" and refreshed):
            return Outcome("failed", meaning.reason, error_class=meaning.error_class)
        if meaning.kind == "ask_a_person" or (meaning.maybe_done and not can_repeat(operation)):
            return Outcome("unknown", meaning.reason, error_class="ambiguous")
        return None

    def _pause(self, tried: int, answer: Answer, meaning: Meaning) -> float:
        """Seconds to the next try: none with a new token, what the server asks for, else the backoff."""
        if meaning.kind == "refresh_then_retry":
            return 0.0
        if answer.retry_after:
            self.shared.limit_until(self.connection.name, self.clock.now + timedelta(seconds=answer.retry_after))
        return max(self.retry.pause(tried, self.chance), answer.retry_after or 0.0)

    def _later(self, meaning: Meaning, pause: float) -> Outcome:
        not_before = self.clock.now + timedelta(seconds=max(pause, self.retry.longest_pause))
        return Outcome("later", meaning.reason, not_before=not_before, error_class=meaning.error_class)

    def _looked(self, operation: Operation, look: Look, waited: float) -> Outcome | None:
        """Look for what the lost try made; that a search sees nothing counts only when it would see it by now."""
        there = look()
        rest = operation.idempotency.settles_seconds - waited
        if there is not None or rest <= 0:
            return there
        if rest > self.retry.longest_pause or not self._may_wait(rest):
            return self._later(Meaning("retry", "ambiguous", "the search may not see yet what the lost try made"), rest)
        self.clock.wait(rest)
        return look()
