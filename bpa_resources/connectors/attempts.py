"""One call carried out: its pages, its tries, and the search for what is there already.

A try that was not answered may have had its effect. Then the operation's strategy decides: what the system can tell
apart by its key is tried again, what a search can find is looked for first, and everything else goes to a person. Add
here what concerns the order of these steps; how one request is tried is in `tries`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from traceback import extract_tb
from typing import Any

from bpa_resources.connectors.answer_path import value_at
from bpa_resources.connectors.call import BROKEN, Outcome
from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.idempotency import can_repeat, found_result, key_in_form, search_input
from bpa_resources.connectors.manifest import Operation
from bpa_resources.connectors.pagination import MOST_PAGES, first_page, next_page
from bpa_resources.connectors.tries import TakenOverError, Tries
from bpa_resources.errors import InputError, LedgerError, one_line

_BROKEN_SECONDS = 60


def broken(error: Exception, now: datetime) -> Outcome:
    """The outcome of a call in which something failed that nobody foresaw: it is tried again, the ledger counts."""
    at = extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} in {Path(at.filename).name}, line {at.lineno}: {one_line(str(error))}"
    return Outcome("later", reason, attempts=0, not_before=now + timedelta(seconds=_BROKEN_SECONDS), error_class=BROKEN)


class Attempts(Tries):
    """One call, from its first search to its outcome."""

    def carry_out(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome:
        """Do it. A list is read to its end; what may be there already is looked for before it is made."""
        try:
            outcome = self._carried_out(operation, given, key_in_form(key, operation.idempotency.key_form))
        except TakenOverError:
            outcome = Outcome("later", "another worker has taken it over", error_class="lease")
        except Exception as error:
            outcome = self._after(error, operation)
        if outcome.status == "failed" and self.lost_at:
            reason = f"a request was not answered, and then: {outcome.reason}"
            outcome = Outcome("unknown", reason, error_class="ambiguous")
        if outcome.status == "later" and self.lost_at:
            outcome = self._not_before_it_settles(outcome, self.lost_at, operation.idempotency.settles_seconds)
        return replace(outcome, attempts=self.sent)

    def _carried_out(self, operation: Operation, given: Mapping[str, Any], key: str) -> Outcome:
        if operation.effect == "read":
            return self._read(operation, given, key)
        if operation.idempotency.strategy == "search_then_create":
            return self._search_then_create(operation, given, key)
        return self._tried(operation, given, key)[0]

    def _after(self, error: Exception, operation: Operation) -> Outcome:
        """The outcome of a call that an error ended; one of a template or a page came before anything else was sent."""
        if isinstance(error, InputError) and not isinstance(error, LedgerError):
            return Outcome("failed", str(error), error_class="config")
        outcome = broken(error, self.clock.now)
        nobody_knows = self.lost_at is not None and not can_repeat(operation)
        return replace(outcome, status="unknown", not_before=None) if nobody_knows else outcome

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

        there = None if self.never_sent else look()  # a worker that died may have made it
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
