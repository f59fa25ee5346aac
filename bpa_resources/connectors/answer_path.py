"""A dotted path into what a system answered: `results.0.id`, `@odata.nextLink`, and "" for the whole of it.

One rule for outputs, errors, pages and searches. Anything that needs a condition or a loop stays out.
"""

from collections.abc import Mapping, Sequence
from typing import Any


def value_at(answer: Any, path: str) -> Any:
    """What stands at `path`, None where nothing does. A key that holds dots is found before its parts are tried."""
    if not path:
        return answer
    if isinstance(answer, Mapping) and path in answer:
        return answer[path]
    step, _, rest = path.partition(".")
    if isinstance(answer, Mapping) and step in answer:
        return value_at(answer[step], rest) if rest else answer[step]
    if isinstance(answer, Sequence) and not isinstance(answer, str) and step.isdecimal() and int(step) < len(answer):
        return value_at(answer[int(step)], rest)
    return None


def output_of(answer: Any, output: Mapping[str, str]) -> dict[str, Any]:
    """The values that an operation's output names, of those that are there."""
    values = {name: value_at(answer, path) for name, path in output.items()}
    return {name: value for name, value in values.items() if value is not None}


def records_at(answer: Any, path: str, *, holding: str) -> list[Any]:
    """The records at `path` (one, or a list of them) in which the text `holding` stands as a value or part of one."""
    found = value_at(answer, path)
    records = found if isinstance(found, list | tuple) else [found]
    return [record for record in records if _holds(record, holding)]


def _holds(record: Any, text: str) -> bool:
    if isinstance(record, Mapping):
        return any(_holds(value, text) for value in record.values())
    if isinstance(record, list | tuple):
        return any(_holds(value, text) for value in record)
    return isinstance(record, str) and text in record
