"""Names in braces in the texts of `push.actions`, put into words for one case: `Case {case_id}: {rule}`.

A name is one of a closed list that the caller gives; nothing is evaluated. `{{` is a brace. Add here how a text is
filled in; which names there are, and what they stand for, is for `proposals.py`.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bpa_resources.errors import InputError
from bpa_resources.yaml_lines import did_you_mean, shown

_NAME = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
_ABSENT = object()


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """`template` (texts, lists and mappings in each other) with its names replaced by `values`.

    A text that is one name and nothing else keeps the type of its value; an absent value (None) leaves its key or item
    out there, and is empty within a longer text. Errors: InputError for a name that is not in `values`.
    """
    found = _filled(template, values)
    return None if found is _ABSENT else found


def names_in(template: Any) -> Iterator[str]:
    """The names in all texts of a template."""
    if isinstance(template, str):
        yield from (found[1] for found in _NAME.finditer(template) if found[1] is not None)
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from names_in(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from names_in(value)


def check_names(template: Any, known: Collection[str], place: str) -> None:
    """Errors: InputError for the first name that is not known, with the nearest one."""
    for name in names_in(template):
        if name not in known:
            hint = did_you_mean(name, sorted(known)) or f"; they are {', '.join(sorted(known))}"
            raise InputError(f"{place}: there is no {shown('{' + name + '}')}{hint}")


def _filled(template: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(template, str):
        return _text(template, values)
    if isinstance(template, Mapping):
        found = {key: _filled(value, values) for key, value in template.items()}
        return {key: value for key, value in found.items() if value is not _ABSENT}
    if isinstance(template, list | tuple):
        return [value for one in template if (value := _filled(one, values)) is not _ABSENT]
    return template


def _text(template: str, values: Mapping[str, Any]) -> Any:
    whole = _NAME.fullmatch(template)
    if whole and whole[1] is not None:
        value = _plain(_value(whole[1], values))
        return _ABSENT if value is None else value

    def word(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        value = _plain(_value(found[1], values))
        return "" if value is None else str(value)

    return _NAME.sub(word, template)


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        check_names("{" + name + "}", values, "a text of push.actions")
    return values[name]


def _plain(value: Any) -> Any:
    """As JSON takes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
