"""What one answer means: done, to be tried again, surely not done, or for a person to look at.

The rules of the operation come first, then those of the manifest, then what holds for HTTP (RFC 9110). Add here what
holds for any system; what one system says in its own way belongs in its manifest (`errors`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bpa_resources.connectors.answer_path import value_at
from bpa_resources.connectors.driver import Answer
from bpa_resources.connectors.manifest import ErrorRule, Manifest, Operation
from bpa_resources.errors import one_line

Kind = Literal["done", "duplicate", "fail", "ask_a_person", "retry", "rate_limited", "refresh_then_retry"]

# Where systems say what was wrong.
_MESSAGES = (
    "message", "error.message", "error.message.value", "error_description", "detail", "title", "errors.0.message",
    "errorMessages.0", "error.code", "error", "0.message", "errors.0", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Meaning:
    """What follows from one try. `maybe_done`: it may have had its effect all the same."""

    kind: Kind
    error_class: str = ""
    reason: str = ""
    maybe_done: bool = False

    @property
    def surely_not_done(self) -> bool:
        """Whether this try certainly had no effect."""
        return not self.maybe_done and self.kind not in ("done", "duplicate", "ask_a_person")


def meaning_of(answer: Answer, manifest: Manifest, operation: Operation) -> Meaning:
    """What an answer means for this operation."""
    if answer.kind == "no_answer":
        late = "Timeout" in answer.reason
        return Meaning("retry", "timeout" if late else "transient", answer.reason, maybe_done=answer.sent)
    if not answer.sent:
        return Meaning("fail", "auth" if answer.status == 401 else "config", answer.reason)
    reason = f"{manifest.title} answered {answer.status}{_told(answer)}"
    rule = next((one for one in (*operation.errors, *manifest.errors) if _matches(one, answer)), None)
    if rule is not None:
        return _by_rule(rule, answer, reason)
    return _by_status(answer, operation, reason)


def _matches(rule: ErrorRule, answer: Answer) -> bool:
    if rule.status and answer.status not in rule.status:
        return False
    if not rule.status and not rule.body and not rule.headers:
        return False
    if any(answer.headers.get(name.casefold()) != value for name, value in rule.headers.items()):
        return False
    return all(_is(value_at(answer.body, path), expected) for path, expected in rule.body.items())


def _is(value: Any, expected: Any) -> bool:
    if isinstance(expected, list | tuple):
        return any(_is(value, one) for one in expected)
    return bool(value == expected and isinstance(value, bool) == isinstance(expected, bool))


def _by_rule(rule: ErrorRule, answer: Answer, reason: str) -> Meaning:
    retried = rule.means == "retry"
    error_class = rule.error_class
    if error_class == "config" and rule.means != "fail":  # the rule names none
        error_class = {"retry": "transient", "rate_limited": "rate_limited", "refresh_then_retry": "auth"}.get(
            rule.means, ""
        )
    return Meaning(rule.means, error_class, reason, maybe_done=retried and _may_have_worked(answer))


def _by_status(answer: Answer, operation: Operation, reason: str) -> Meaning:
    status = answer.status
    if 200 <= status < 300:
        return _by_body(answer, operation, reason)
    if status == 401:
        return Meaning("refresh_then_retry", "auth", reason)
    if status == 429:
        return Meaning("rate_limited", "rate_limited", reason)
    if status in (408, 425):  # RFC 9110, 15.5.9 and RFC 8470, 5.2: it was not looked at
        return Meaning("retry", "transient", reason)
    if status >= 500 and status not in (501, 505):
        return Meaning("retry", "transient", reason, maybe_done=_may_have_worked(answer))
    if status in (302, 303) and operation.effect != "read":  # 303: see what came of it there; 302 is often used for it
        return Meaning("ask_a_person", "ambiguous", f"{reason}, which often means that it was done")
    return Meaning("fail", "auth" if status == 403 else "config", reason)


def _by_body(answer: Answer, operation: Operation, reason: str) -> Meaning:
    """A web page where data was asked for comes from a proxy or a form to log in, not from the operation."""
    page = isinstance(answer.body, str) and answer.headers.get("content-type", "").startswith("text/html")
    if not page:
        return Meaning("done")
    kind: Kind = "fail" if operation.effect == "read" else "ask_a_person"
    return Meaning(kind, "ambiguous", f"{reason} with a web page instead of data")


def _may_have_worked(answer: Answer) -> bool:
    """Whether an answer that is no success can hide one.

    A gateway says 502, 503 or 504 also when the connection behind it broke after the request. 503 with Retry-After, and
    every status below 500, is what the system itself says before it does anything.
    """
    return answer.status >= 500 and not (answer.status == 503 and answer.retry_after is not None)


def _told(answer: Answer) -> str:
    texts: Iterable[Any] = (value_at(answer.body, path) for path in _MESSAGES)
    told = next((text for text in texts if isinstance(text, str) and text.strip()), answer.reason)
    told = one_line(told)
    return f": {told}" if told else ""
