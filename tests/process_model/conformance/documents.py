"""Small BPMN files, and what they allow."""

from pathlib import Path

from bpa_assets.process_model.conformance.bpmn_reader import NAMESPACE, read_bpmn
from bpa_assets.process_model.conformance.reference import translated
from bpa_assets.process_model.discovery.state_space import SILENT, StateSpace

Word = tuple[str, ...]


def bpmn(*nodes: str, flows: str = "", around: str = "", prefix: str = "") -> str:
    """A file with a process of these nodes, a line each; `flows`: `a-b b-c`, a `?` after one that has a condition."""
    return document(process(*nodes, flows=flows), around=around, prefix=prefix)


def document(*processes: str, around: str = "", prefix: str = "") -> str:
    body = "\n".join([around, *processes])
    declared = f"xmlns:{prefix}" if prefix else "xmlns"
    text = f'<?xml version="1.0"?>\n<definitions {declared}="{NAMESPACE}">{body}\n</definitions>\n'
    if prefix:
        text = text.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
        text = text.replace(f"<{prefix}:?", "<?").replace(f"<{prefix}:!", "<!")
    return text


def process(*nodes: str, flows: str = "", name: str = "p") -> str:
    return f'<process id="{name}" name="{name}">\n{inside(*nodes, flows=flows)}\n</process>'


def inside(*nodes: str, flows: str = "") -> str:
    """Nodes and flows, as they stand in a process or sub-process."""
    lines = []
    for flow in flows.split():
        source, target = flow.rstrip("?").split("-")
        condition = "<conditionExpression/>" if flow.endswith("?") else ""
        lines.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'
        )
    return "\n".join([*nodes, *lines])


def task(name: str, more: str = "", **attributes: str) -> str:
    """A task whose id is its name; `more` stands in it."""
    return node("task", name, more, **{"name": name, **attributes})


def node(tag: str, identity: str, more: str = "", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{identity}"{written}>{more}</{tag}>'


START, END = node("startEvent", "s"), node("endEvent", "e")


def space_of(text: str, folder: Path, *, events: bool = False) -> StateSpace:
    """The states of the only process of a file; `events`: their labels count, too."""
    file = folder / "model.bpmn"
    file.write_text(text, encoding="utf-8")
    (found,) = read_bpmn(file, name=file.name)
    labels = [*found.activity_labels, *(found.event_labels if events else [])]
    return translated(found, {label: label for label in labels}, name=file.name).space


def words(text: str, folder: Path, *, longest: int = 6, events: bool = False) -> set[str]:
    """What a file allows, up to a length, activities written one after the other: by hand, labels have one letter."""
    return {"".join(word) for word in words_of(space_of(text, folder, events=events), longest)}


def words_of(space: StateSpace, longest: int) -> set[Word]:
    """The sequences that a model allows, up to a length: by walking, with no other part of the product."""
    steps = [
        [
            (None if space.labels[at] == SILENT else space.activities[space.labels[at]], int(space.targets[at]))
            for at in range(space.offsets[state], space.offsets[state + 1])
        ]
        for state in range(space.size)
    ]
    found: set[Word] = set()
    seen = {(0, ())}
    waiting: list[tuple[int, Word]] = [(0, ())]
    for state, word in waiting:
        if state == space.end:
            found.add(word)
        for label, target in steps[state]:
            longer = word if label is None else (*word, label)
            if len(longer) <= longest and (target, longer) not in seen:
                seen.add((target, longer))
                waiting.append((target, longer))
    return found
