"""One call carried out: its turn, its tries and the pauses between them, and the search for what is there already.

A try that was not answered may have had its effect. Then the operation's strategy decides: what the system can tell
apart by its key is tried again, what a search can find is looked for first, and everything else goes to a person. Add
here what concerns the order of these steps; what an answer means is in `meaning`, bounds are in `retry`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bpa_resources.connectors.answer_path import output_of, value_at
from bpa_resources.connectors.call import Limits, Outcome, SharedState
from bpa_resources.connectors.clock import Clock
from bpa_resources.connectors.driver import Answer, Connection, Driver
from bpa_resources.connectors.idempotency import can_repeat, found_result, key_in_form, search_input
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.meaning import Meaning, meaning_of
from bpa_resources.connectors.pagination import MOST_PAGES, first_page, next_page
from bpa_resources.connectors.quota import reset_moment
from bpa_resources.connectors.retry import Retry
from bpa_resources.errors import InputError

Look = Callable[[], Outcome | None]
"""Whether the effect is there already: the outcome if it is, or if that could not be found out."""

_ANSWERED = {"transient", "timeout"}


@dataclass
class Attempts:
    """What one call needs, how many requests it has sent, and whether one that may have worked was not answered."""

    connection: Connection
    driver: Driver
    shared: SharedState
    retry: Retry
    clock: Clock
    chance: Callable[[], float]
    forget_token: Callable[[], None]
    slot: AbstractContextManager[Any] = field(default_factory=nullcontext)
    sent: int = 0
    lost_at: datetime | None = None

    def carry_out(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome:
        """Do it. A list is read to its end; what may be there already is looked for before it is made."""
        formed = key_in_form(key, operation.idempotency.key_form)
        try:
            if operation.effect == "read":
                outcome = self._read(operation, given, formed)
            elif operation.idempotency.strategy == "search_then_create":
                outcome = self._search_then_create(operation, given, formed)
            else:
                outcome, _ = self._tried(operation, given, formed)
        except InputError as error:  # of a template or a page: before anything else was sent
            outcome = Outcome("failed", str(error), error_class="config")
        if outcome.status == "failed" and self.lost_at:
            reason = f"a request was not answered, and then: {outcome.reason}"
            outcome = Outcome("unknown", reason, error_class="ambiguous")
        if outcome.status == "later" and self.lost_at:
            outcome = self._not_before_it_settles(outcome, self.lost_at, operation.idempotency.settles_seconds)
        return replace(outcome, attempts=self.sent)

    def _not_before_it_settles(self, outcome: Outcome, lost_at: datetime, seconds: float) -> Outcome:
        """The next send begins with a search, which has to see what the lost try made."""
        settled = lost_at + timedelta(seconds=seconds)
        return replace(outcome, maybe_done=True, not_before=max(outcome.not_before or settled, settled))

    def _read(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome:
        items: list[Any] = []
        first: Outcome | None = None
        for outcome, answer in self._pages(operation, given, key):
            if outcome.status != "done" or answer is None:
                return outcome
            first = first or outcome
            if operation.pagination is not None:
                page = value_at(answer.body, operation.pagination.items)
                items += page if isinstance(page, list) else []
        assert first is not None  # noqa: S101 - there is a first page
        return replace(first, result={**first.result, "items": items}) if operation.pagination else first

    def _pages(
        self, operation: Operation, given: Mapping[str, Any], key: str
    ) -> Iterator[tuple[Outcome, Answer | None]]:
        """Outcome and answer of each page, to the last one or the first that could not be read."""
        page = first_page(operation), given
        for number in range(1, MOST_PAGES + 1):
            outcome, answer = self._tried(*page, key)
            yield outcome, answer
            if answer is None or outcome.status != "done":
                return
            following = next_page(self.connection, *page, answer, number)
            if following is None:
                return
            page = following
        yield Outcome("failed", f"the list has more than {MOST_PAGES} pages", error_class="config"), None

    def _search_then_create(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome:
        def look() -> Outcome | None:
            return self._search(operation, given, key)

        there = look()  # a worker that died may have made it
        if there is not None:
            return there
        outcome, _ = self._tried(operation, given, key, look)
        return outcome

    def _search(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome | None:
        """The outcome with which the call ends: it is there, or whether it is could not be found out."""
        search = self.connection.manifest.operations[operation.idempotency.search or ""]
        asked = search_input(self.connection, operation, given, key)
        for outcome, answer in self._pages(search, asked, key):
            if answer is not None and answer.status == 404:
                return None
            if outcome.status != "done" or answer is None:
                return replace(outcome, reason=f"the search for what is there already failed: {outcome.reason}")
            result = found_result(answer.body, operation, key)
            if result is not None:
                return Outcome("done", result=result, duplicate=True)
        return None

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
        shared_limits = Limits(limits.rate, limits.per_seconds, limits.concurrency)
        while until := self.shared.take_token(name, shared_limits, self.clock.now):
            pause = (until - self.clock.now).total_seconds()
            if not self._may_wait(pause):
                return Outcome(
                    "later", "the limit of requests is reached", not_before=until, error_class="rate_limited"
                )
            self.clock.wait(max(pause, 0.001))
        if until := self.shared.circuit_allows(name, self.clock.now):
            title = self.connection.manifest.title
            return Outcome(
                "later", f"{title} failed several times in a row", not_before=until, error_class="circuit_open"
            )
        return None

    def _may_wait(self, pause: float) -> bool:
        return pause <= self.retry.longest_server_wait and self.clock.passed + pause < self.retry.total_seconds

    def _once(self, operation: Operation, given: Mapping[str, Any], key: str) -> tuple[Answer, Meaning]:
        left = self.retry.total_seconds - self.clock.passed
        seconds = max(min(self.retry.attempt_seconds, left), 1.0)
        with self.slot:
            answer = self.driver.send(self.connection, operation, given, key=key, seconds=seconds)
        self.sent += 1
        meaning = meaning_of(answer, self.connection.manifest, operation)
        name, now = self.connection.name, self.clock.now
        if meaning.maybe_done and operation.effect != "read":
            self.lost_at = now
        self.shared.circuit_record(name, ok=meaning.error_class not in _ANSWERED, now=now)
        if until := reset_moment(self.connection.manifest.limits, answer.headers, now):
            self.shared.limit_until(name, until)
        return answer, meaning

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
