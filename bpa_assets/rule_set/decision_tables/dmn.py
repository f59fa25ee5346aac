"""The rule set as DMN 1.3 decision tables with a diagram: one table a moment and what is foretold there.

A decision point's table has hit policy FIRST: its rules from the strongest down, then a row without condition for the
way most cases took, so the answer is what the strongest rule that fires foretells, else the majority. Where several
rules may ask for something at once (a limit that will break, a bad outcome, rework), the table has hit policy COLLECT:
every rule that fires, in the same order. Rules that an analyst refused are left out. Durations go in as seconds, times
as UTC. Standard: OMG DMN 1.3 (formal/2021-02-02). The same arguments give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from bpa_assets.process_model.diagram.xml_text import as_text, number_text
from bpa_assets.rule_set.conditions.tree import Node, names_in
from bpa_assets.rule_set.decision_tables.feel import ANY, cells, literal_of_text
from bpa_assets.rule_set.decision_tables.feel_names import feel_names
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rule_sentence import sentence
from bpa_assets.rule_set.strength import in_force

OUTPUTS = ("foretells", "action", "rule")

_MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_PREFIXES = {
    "xmlns": _MODEL,
    "xmlns:dmndi": "https://www.omg.org/spec/DMN/20191111/DMNDI/",
    "xmlns:dc": "http://www.omg.org/spec/DMN/20180521/DC/",
    "xmlns:di": "http://www.omg.org/spec/DMN/20180521/DI/",
}
_TYPES = {"number": "number", "duration": "number", "text": "string", "boolean": "boolean", "time": "dateTime"}
_UNITS = {"duration": ", seconds", "time": ", UTC"}
_WIDTH, _DECISION_HEIGHT, _INPUT_HEIGHT, _GAP = 180, 80, 45, 40


@dataclass(frozen=True)
class DmnSource:
    """What the file is made of.

    `rules`, `decision_points`: rows of the lake tables; `trees`: the condition of each rule, by rule_id; `features`:
    by name, at least those that the conditions name.
    """

    process: str
    rules: Sequence[Mapping[str, Any]]
    decision_points: Sequence[Mapping[str, Any]]
    trees: Mapping[str, Node]
    features: Mapping[str, Feature]


def dmn_xml(source: DmnSource) -> bytes:
    """The file, valid against OMG's schema, also where there is no rule."""
    root = ElementTree.Element(
        "definitions",
        {
            **_PREFIXES, "id": "rules", "name": as_text(source.process), "namespace": "https://bpa.invalid/dmn",
            "exporter": "bpa", "expressionLanguage": "https://www.omg.org/spec/DMN/20191111/FEEL/",
        },
    )  # fmt: skip
    tables = _tables(source)
    names = feel_names(source.features)
    asked = {key: _rows(rules, source, names) for key, rules in tables.items()}
    used = {key: _inputs(rows, source) for key, rows in asked.items()}
    inputs = sorted({name for named in used.values() for name in named})
    for name in inputs:
        _input_data(root, source.features[name], names[name])
    majorities = {row["decision_point"]: row["majority"] for row in source.decision_points}
    for key, rows in asked.items():
        _decision(root, key, rows, [names[name] for name in used[key]], majorities.get(key[1]), source, names)
    _draw(root, {_decision_id(key): [names[name] for name in named] for key, named in used.items()},
          [names[name] for name in inputs])  # fmt: skip
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


Key = tuple[str, str]
"""What is foretold, and when."""


@dataclass(frozen=True)
class _Row:
    """A rule and the cells of its columns."""

    rule: Mapping[str, Any]
    cells: dict[str, str]


def _tables(source: DmnSource) -> dict[Key, list[Mapping[str, Any]]]:
    found: dict[Key, list[Mapping[str, Any]]] = {}
    for rule in in_force(source.rules):
        found.setdefault((rule["kind"], rule["at"]), []).append(rule)
    return dict(sorted(found.items()))


def _rows(rules: Iterable[Mapping[str, Any]], source: DmnSource, names: dict[str, str]) -> list[_Row]:
    return [_Row(rule, cells(source.trees[rule["rule_id"]], names)) for rule in rules]


def _inputs(rows: Sequence[_Row], source: DmnSource) -> list[str]:
    """The features that the rules of a table name."""
    return sorted({name for row in rows for name in names_in(source.trees[row.rule["rule_id"]])})


def _input_data(root: Any, feature: Feature, name: str) -> None:
    label = as_text(f"{feature.name}{_UNITS.get(feature.kind, '')}")
    element = _child(root, "inputData", id=f"input_{name}", name=name, label=label)
    _child(element, "description").text = as_text(feature.meaning)
    _child(element, "variable", id=f"variable_{name}", name=name, typeRef=_TYPES[feature.kind])


def _decision(
    root: Any, key: Key, rows: Sequence[_Row], inputs: Sequence[str], majority: str | None, source: DmnSource,
    names: dict[str, str],
) -> None:  # fmt: skip
    identity = _decision_id(key)
    kind, at = key
    title = at if kind == "decision" else f"{kind} ({at})"
    decision = _child(root, "decision", id=identity, name=as_text(title))
    _child(decision, "variable", id=f"variable_{identity}", name=identity)
    for name in inputs:
        needed = _child(decision, "informationRequirement", id=f"{identity}_needs_{name}")
        _child(needed, "requiredInput", href=f"#input_{name}")
    policy = "FIRST" if kind == "decision" else "COLLECT"
    table = _child(decision, "decisionTable", id=f"{identity}_table", hitPolicy=policy)
    columns = _columns(rows)
    kinds = {names[name]: feature for name, feature in source.features.items()}
    for number, column in enumerate(columns):
        known = kinds.get(column)
        label = f"{known.name}{_UNITS.get(known.kind, '')}" if known else "whether"
        clause = _child(table, "input", id=f"{identity}_in_{number}", label=as_text(label))
        asked = _child(
            clause,
            "inputExpression",
            id=f"{identity}_asks_{number}",
            typeRef=_TYPES[known.kind] if known else "boolean",
        )
        _child(asked, "text").text = as_text(column)
    for output in OUTPUTS:
        _child(table, "output", id=f"{identity}_{output}", name=output, typeRef="string")
    _child(table, "annotation", name="in words")
    for row in rows:
        outputs = (row.rule["foretells"], row.rule["action"], row.rule["rule_id"])
        _rule(
            table, row.rule["rule_id"], [row.cells.get(column, ANY) for column in columns], outputs, sentence(row.rule)
        )
    if kind == "decision" and majority is not None:
        said = "Where no rule fires: the way most cases took."
        _rule(table, f"{identity}_else", [ANY] * len(columns), (majority, None, None), said)


def _columns(rows: Sequence[_Row]) -> list[str]:
    """Every column that a rule asks for; one at least, which the schema wants."""
    return sorted({column for row in rows for column in row.cells}) or ["true"]


def _rule(table: Any, identity: str, asked: Sequence[str], outputs: Sequence[str | None], said: str) -> None:
    rule = _child(table, "rule", id=identity)
    for number, cell in enumerate(asked):
        _child(_child(rule, "inputEntry", id=f"{identity}_in_{number}"), "text").text = as_text(cell)
    for name, value in zip(OUTPUTS, outputs, strict=True):
        text = "null" if value is None else literal_of_text(value)
        _child(_child(rule, "outputEntry", id=f"{identity}_{name}"), "text").text = as_text(text)
    _child(_child(rule, "annotationEntry"), "text").text = as_text(said)


def _decision_id(key: Key) -> str:
    return f"decision_{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]}"


def _draw(root: Any, needs: Mapping[str, Sequence[str]], inputs: Sequence[str]) -> None:
    """Decisions side by side above, what they need below, a straight line from each to who needs it."""
    diagram = _child(_child(root, "dmndi:DMNDI"), "dmndi:DMNDiagram", id="diagram")
    across = max(len(needs), 6)
    bottoms = {one: _shape(diagram, one, place, 0, _DECISION_HEIGHT) for place, one in enumerate(needs)}
    below = _DECISION_HEIGHT + 3 * _GAP
    tops = {}
    for place, name in enumerate(inputs):
        row, column = divmod(place, across)
        y = below + row * (_INPUT_HEIGHT + _GAP)
        tops[name] = (_shape(diagram, f"input_{name}", column, y, _INPUT_HEIGHT)[0], y)
    for one, named in needs.items():
        for name in named:
            edge = _child(diagram, "dmndi:DMNEdge", id=f"{one}_line_{name}", dmnElementRef=f"{one}_needs_{name}")
            for end in (tops[name], bottoms[one]):
                _child(edge, "di:waypoint", x=number_text(end[0]), y=number_text(end[1]))


def _shape(diagram: Any, identity: str, column: int, y: int, height: int) -> tuple[float, float]:
    """Draws a box; returns the middle of its lower side."""
    x = column * (_WIDTH + _GAP)
    shape = _child(diagram, "dmndi:DMNShape", id=f"{identity}_shape", dmnElementRef=identity)
    _child(shape, "dc:Bounds", x=str(x), y=str(y), width=str(_WIDTH), height=str(height))
    return x + _WIDTH / 2, float(y + height)


def _child(parent: Any, tag: str, **attributes: str) -> Any:
    return ElementTree.SubElement(parent, tag, attributes)
