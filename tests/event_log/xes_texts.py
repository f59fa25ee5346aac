"""The pieces of small XES logs, as texts."""

from pathlib import Path

CLOCK = "2024-05-01T0{}:00:00Z"


def attribute(kind: str, key: str, value: str, *inside: str) -> str:
    return f'<{kind} key="{key}" value="{value}">{"".join(inside)}</{kind}>'


def text(key: str, value: str, *inside: str) -> str:
    return attribute("string", key, value, *inside)


def event(*attributes: str) -> str:
    return f"<event>{''.join(attributes)}</event>"


def step(hour: int, *attributes: str) -> str:
    return event(attribute("date", "time:timestamp", CLOCK.format(hour)), *attributes)


def name(value: str) -> str:
    return text("concept:name", value)


def trace(case: str, *parts: str) -> str:
    return f"<trace>{name(case)}{''.join(parts)}</trace>"


def written(folder: Path, *traces: str, head: str = "", file: str = "some.xes") -> Path:
    path = folder / file
    path.write_text(f"<log>{head}{''.join(traces)}</log>", encoding="utf-8")
    return path
