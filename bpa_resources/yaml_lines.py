"""A YAML file a person wrote: its text, lists and mappings, a model of them, and for every error the line.

Scalars stay the text that stands in the file: `No` is an activity and not false, `01` is a resource and not 1; what
a value means is for the pydantic model it is validated by. Only where a file holds values of any type (`typed`: JSON
Schemas, bodies of requests) are unquoted numbers, true, false and null what they are in JSON, and nothing more. What no
config needs and what can do harm is refused: aliases and anchors (a small file that unfolds to gigabytes), tags,
duplicate keys, depth. Add here what any file of settings needs; which keys there are stays out.
"""

import difflib
import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bpa_resources.errors import InputError

YamlValue: TypeAlias = "str | int | float | bool | list[YamlValue] | dict[str, YamlValue] | None"
KeyPath: TypeAlias = tuple[str | int, ...]

Model = TypeVar("Model", bound=BaseModel)

DEEPEST = 16

# At most 18 digits: integers that any system takes, and no text of a million digits becomes one.
_JSON_SCALAR = re.compile(r"true|false|null|-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?([eE][+-]?[0-9]{1,3})?")

# One half of a surrogate pair ("\ud83d" alone) is text that cannot be written to any file.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")

_HINTS = (
    ("expected '<document start>'", "keys of one level begin in the same column"),
    ("expected <block end>", "keys of one level begin in the same column"),
    (r"'\t'", "indent with spaces, not tabs"),
    ("cannot start any token", "put the value in quotes"),
    ("mapping values are not allowed", "indent with equal spaces, and put a value that holds ': ' in quotes"),
)


@dataclass(frozen=True)
class YamlLines:
    """The value of a file and the line (1-based) of every key and list item, by its path; the file itself is ()."""

    value: YamlValue
    lines: dict[KeyPath, int] = field(default_factory=dict)


def read_yaml_lines(text: str, *, file: str, typed: bool = False, deepest: int = DEEPEST) -> YamlLines:
    """Read one YAML document; an empty one is ''. `typed`: unquoted scalars of JSON are no texts.

    Raises InputError naming `file` and the line: not YAML, or more of YAML than a config may use.
    """
    node = _composed(text, file=file, deepest=deepest)
    lines: dict[KeyPath, int] = {(): 1}
    if node is None:
        return YamlLines("", lines)
    return YamlLines(_value(node, (), lines, file, _json_scalar if typed else _text_scalar), lines)


class _RefusedError(Exception):
    """YAML that is well formed and not for a config: (line, why)."""


class _Composer(yaml.BaseLoader):
    """Builds the tree of nodes and stops at the first thing that a config does not need."""

    def __init__(self, text: str, deepest: int) -> None:
        super().__init__(text)
        self._depth, self._deepest = 0, deepest

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if event.anchor is not None:  # an alias has one too
            raise _RefusedError(line, "aliases and anchors (* and &) are not supported; put text in quotes")
        if getattr(event, "tag", None) is not None:
            raise _RefusedError(line, "tags (!) are not supported; put text in quotes")
        if _HALF_CHARACTER.search(getattr(event, "value", "")):
            raise _RefusedError(line, "an escape names half a character; write the character itself")
        if self._depth >= self._deepest:
            raise _RefusedError(line, "it is nested too deep")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _composed(text: str, *, file: str, deepest: int) -> yaml.Node | None:
    try:
        loader = _Composer(text, deepest)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(
            f"{file}: a character that YAML does not allow ({text[error.position]!r}, line {line}); remove it"
        ) from error
    try:
        return loader.get_single_node()
    except _RefusedError as error:
        line, why = error.args
        raise InputError(f"{file}: {why} (line {line})") from error
    except yaml.MarkedYAMLError as error:
        raise InputError(f"{file}: {_syntax_sentence(error)}") from error
    except (ValueError, OverflowError) as error:  # "\U00110000": PyYAML hands the number to chr() unchecked
        raise InputError(f"{file}: an escape names no character (line {loader.line + 1}); correct it") from error


def _syntax_sentence(error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = " ".join((error.problem or "unreadable").split())
    if error.context and error.context.startswith("while"):
        problem += f", {error.context}"
        if error.context_mark and error.context_mark.line + 1 != line:
            problem += f" that begins on line {error.context_mark.line + 1}"
    elif error.context:
        problem = f"{error.context} {problem}"
    hint = next((f"; {hint}" for sign, hint in _HINTS if sign in problem), "")
    return f"line {line} is not valid YAML: {problem}{hint}"


def _text_scalar(node: yaml.Node) -> YamlValue:
    return str(node.value)


def _json_scalar(node: yaml.Node) -> YamlValue:
    """YAML 1.2.2, 10.2.1 (JSON schema), but what is no JSON is a text: `no`, `01`, `0x1F`, `1e400`, a date."""
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    return json_scalar(str(node.value)) if plain else str(node.value)


def json_scalar(text: str) -> bool | int | float | str | None:
    """What a text is in JSON where it is a number, true, false or null; else the text."""
    value: bool | int | float | None = json.loads(text) if _JSON_SCALAR.fullmatch(text) else math.inf
    return text if value in (math.inf, -math.inf) else value


def _value(
    node: yaml.Node,
    path: KeyPath,
    lines: dict[KeyPath, int],
    file: str,
    scalar: Callable[[yaml.Node], YamlValue],
) -> YamlValue:
    if isinstance(node, yaml.MappingNode):
        entries = _entries(node, path, lines, file)
        return {key: _value(value, (*path, key), lines, file, scalar) for key, value in entries}
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            lines[*path, index] = item.start_mark.line + 1
        return [_value(item, (*path, index), lines, file, scalar) for index, item in enumerate(node.value)]
    return scalar(node)


def _entries(
    node: yaml.MappingNode, path: KeyPath, lines: dict[KeyPath, int], file: str
) -> Iterator[tuple[str, yaml.Node]]:
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise InputError(f"{file}: a key must be one text, not a list or a mapping (line {line})")
        key = str(key_node.value)
        if (*path, key) in lines:
            place = f" in {_place(path)}" if path else ""
            raise InputError(
                f"{file}: {shown(key)}{place} is written twice (lines {lines[*path, key]} and {line}); keep one"
            )
        lines[*path, key] = line
        yield key, value_node


def shown(value: object) -> str:
    """Return `value` as a sentence shows it: quoted, on one line, cut when long."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:78]}…{text[-1]}"


def validated(document: YamlLines, model: type[Model], *, file: str, not_yet: Collection[KeyPath]) -> Model:
    """Return `document` as `model`; keys in `not_yet` are refused as known and not supported yet.

    Raises InputError with one sentence naming the file, the key and the line of the first thing that is wrong.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        # A misspelt key is also a missing one: the line of the misspelt one says more.
        found = sorted(error.errors(include_url=False), key=lambda details: details["type"] == "missing")
        problems = [_problem(details, document, model, not_yet) for details in found]
        _, sentence = min(problems, key=lambda problem: problem[0])
        raise InputError(f"{file}: {sentence}") from error


def _problem(
    details: ErrorDetails, document: YamlLines, model: type[BaseModel], not_yet: Collection[KeyPath]
) -> tuple[int, str]:
    """Return the line of what pydantic found and the sentence about it."""
    location = details["loc"]
    # pydantic goes deeper than the file where one text stands for a mapping or a list.
    path = next(location[:end] for end in range(len(location), -1, -1) if location[:end] in document.lines)
    line = document.lines[path]
    if details["type"] == "extra_forbidden":
        return line, _unexpected_key(path, line, model, not_yet)
    if details["type"] == "missing":
        return line, f"{_place(path)} (line {line}): {shown(location[-1])} is missing; add it"
    value = shown(details["input"])
    if not path and details["type"] == "value_error":
        return line, f"it {_complaint(details, path, model)}"
    if not path:
        return line, f"it holds {value}; write lines of a key and its value, such as `name: Loan application`"
    return line, f"{_place(path)} (line {line}): {value} {_complaint(details, path, model)}"


def _complaint(details: ErrorDetails, path: KeyPath, model: type[BaseModel]) -> str:
    kind = details["type"]
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "model_type":
        return f"is not a mapping (key: value); its keys are {', '.join(_model_at(path, model).model_fields)}"
    if kind == "dict_type":
        return "is not a mapping (name: value)"
    if kind == "tuple_type":
        return "is not a list; write [A, B]"
    return f"is wrong: {details['msg']}"


def _unexpected_key(path: KeyPath, line: int, model: type[BaseModel], not_yet: Collection[KeyPath]) -> str:
    if path in not_yet:
        return f"{_place(path)} is not supported yet (line {line})"
    parents, key = path[:-1], str(path[-1])
    allowed = _model_at(parents, model).model_fields
    hint = did_you_mean(key, allowed) or f"; the keys are {', '.join(allowed)}"
    place = f" in {_place(parents)}" if parents else ""
    return f"unknown key {shown(key)}{place} (line {line}){hint}"


def did_you_mean(text: str, allowed: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest of `allowed`, or '' when none is near."""
    by_form = {_form(name): name for name in allowed}
    near = difflib.get_close_matches(_form(text[:64]), by_form, n=1)
    return f"; did you mean {by_form[near[0]]!r}?" if near else ""


def _form(name: str) -> str:
    return re.sub(r"[ -]", "_", name.casefold())


def _place(path: KeyPath) -> str:
    """Return `sla.activities.Approve` for a path; the position in a list is told by the line and the value."""
    return ".".join(key if key and key.isprintable() else shown(key) for key in path if isinstance(key, str))


def _model_at(path: KeyPath, model: type[BaseModel]) -> type[BaseModel]:
    """Return the model that stands at `path` below `model`; a name a person gave, as of an activity, is no field."""
    for key in path:
        if key in model.model_fields:
            model = _model_in(model.model_fields[str(key)].annotation) or model
    return model


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part))), None)


def with_section(text: str, name: str, section: str, *, file: str) -> str:
    """The text of a file with a top-level section replaced, or added at its end; its other lines stay as they are.

    `section`: its lines, the key among them. Raises InputError where `text` is no YAML of a key a line.
    """
    node = _composed(text, file=file, deepest=DEEPEST)
    if node is None:
        return f"{text.rstrip()}\n{section}".lstrip("\n")
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise InputError(f"{file}: its keys do not stand in a line each; write them so, or name another file")
    lines = text.splitlines(keepends=True)
    for key, value in node.value:
        if key.value == name:
            begin, end = key.start_mark.line, _last_line(value) + 1
            return "".join([*lines[:begin], section, *lines[end:]])
    return f"{text.rstrip()}\n{section}"


def _last_line(node: yaml.Node) -> int:
    """The last line (from 0) of a node; a block of keys or items ends with its last one, not where the next begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return int(end.line if end.column or end.line == node.start_mark.line else end.line - 1)
