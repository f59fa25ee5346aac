"""Whatever a system answers, a call ends with an outcome, and no effect is called `failed` that may be there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bpa_resources.connectors.attempts import Attempts
from bpa_resources.connectors.driver import Answer, Connection, Try
from bpa_resources.connectors.manifest import Operation, Pagination
from bpa_resources.connectors.retry import Retry
from tests.resources.connectors.orders_system import NOW, ORDERS, OneProcessState, QuickClock

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["items", "id", "next", "error", "message", "ok", "0"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NUMBERS = st.sampled_from(["0", "1", "-1", "nan", "inf", "1e99", "9" * 30, "1790000000", "1790000000000", "", "soon"])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "x-remaining": NUMBERS,
        "x-reset": NUMBERS,
        "content-type": st.text(max_size=9),
        "link": st.sampled_from(['<>; rel="next"', '<http://[>; rel="next"', '</x?a=${key}>; rel="next"', "<", ">,;"]),
    },
)
WAITS = st.none() | st.floats(min_value=0, max_value=86_400)
STATUSES = st.sampled_from([200, 201, 204, 300, 302, 303, 400, 401, 404, 408, 409, 425, 429, 500, 501, 503, 599, 999])
ANSWERS = st.builds(
    Answer,
    st.just("answer"),
    status=STATUSES,
    headers=HEADERS,
    body=JSON | st.text() | st.binary(),
    retry_after=WAITS,
) | st.builds(Answer, st.just("no_answer"), sent=st.booleans(), reason=st.text(max_size=9), retry_after=WAITS)


@dataclass
class Says:
    """A driver that gives these answers, the last one for ever, and counts what may have worked."""

    answers: list[Answer]
    maybe: int = 0
    asked: list[str] = field(default_factory=list)

    def problems(self, *_: object) -> tuple[str, ...]:
        return ()

    def send(self, _connection: Connection, operation: Operation, _given: Mapping[str, Any], _this: Try) -> Answer:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if operation.effect != "read" and answer.sent and (answer.kind == "no_answer" or answer.status >= 500):
            self.maybe += not (answer.status in (501, 505) or (answer.status == 503 and answer.retry_after is not None))
        return answer

    def close(self) -> None:
        return


@given(st.lists(ANSWERS, min_size=1, max_size=6), st.sampled_from(["plain", "with_header", "searched_late", "me"]))
def test_every_answer_leads_to_an_outcome(answers: list[Answer], name: str) -> None:
    driver, waits = Says(list(answers)), list[float]()
    connection = Connection("orders", ORDERS, {"base_url": "https://x.example/"}, {})
    attempts = Attempts(
        connection, driver, OneProcessState(), Retry(), QuickClock(NOW, waits), lambda: 1.0, forget_token=lambda: None
    )
    operation = ORDERS.operations[name]
    if name == "me":
        operation = operation.model_copy(update={"pagination": Pagination(type="link", items="items")})
    outcome = attempts.carry_out(operation, {"name": "x"}, "k")
    assert outcome.status in ("done", "failed", "later", "unknown")
    assert (outcome.not_before is not None) == (outcome.status == "later")
    assert not (outcome.status == "failed" and driver.maybe)
    assert not (name == "plain" and driver.maybe and outcome.status != "unknown")
    assert sum(waits) <= 180
