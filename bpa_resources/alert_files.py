"""Alerts as files, `alerts/<id>.json`: each is written once, and notes what has become of it.

The outbox of what is to be reported. That a file is there says that it was raised, so nothing is raised twice; what
it notes says by which ways it was sent, so nothing is sent twice, also when a daemon was stopped or a way was closed.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from bpa_resources.publication import replace_file

KEPT_SECONDS = 30 * 86400
"""How long an alert is remembered after it was sent."""


@dataclass(frozen=True)
class Alert:
    """One thing that people should know."""

    id: str
    kind: str
    process: str
    subject: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
    raised_at: float = 0.0
    ways: tuple[str, ...] = ()
    """How it is to be sent."""

    sent: Mapping[str, float] = field(default_factory=dict)
    """Way → when it was sent."""

    attempts: int = 0
    next_try_at: float = 0.0

    @property
    def open_ways(self) -> tuple[str, ...]:
        """Ways by which it has not been sent."""
        return tuple(way for way in self.ways if way not in self.sent)

    def to_be_sent_by(self, ways: tuple[str, ...]) -> "Alert":
        """The same, with the ways by which it is to be sent."""
        return replace(self, ways=ways)


def alert_id(kind: str, *parts: str) -> str:
    """A name that is the same for the same thing: readable, and safe as a file's."""
    readable = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")[:60]
    return f"{kind}-{readable}-{sha256(repr(parts).encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class AlertFiles:
    """The folder of alerts of a home."""

    folder: Path

    def raise_once(self, alert: Alert) -> bool:
        """Write it unless it was raised before; returns whether it is new."""
        if self._file(alert.id).exists():
            return False
        self.note(replace(_printable(alert), raised_at=time.time()))
        return True

    def note(self, alert: Alert) -> None:
        """Write what has become of it."""
        replace_file(self._file(alert.id), json.dumps(asdict(alert), indent=1).encode())

    def all(self) -> list[Alert]:
        """Every alert that is remembered, the oldest first."""
        return sorted(self._read(), key=lambda alert: (alert.raised_at, alert.id))

    def forget_old(self, *, now: float) -> None:
        """Remove those that were sent long ago."""
        for alert in self._read():
            if not alert.open_ways and now - alert.raised_at > KEPT_SECONDS:
                self._file(alert.id).unlink(missing_ok=True)

    def _read(self) -> Iterator[Alert]:
        for file in self.folder.glob("*.json"):
            try:
                values = json.loads(file.read_text(encoding="utf-8"))
                yield Alert(**{**values, "ways": tuple(values["ways"])})
            except FileNotFoundError:  # forgotten meanwhile
                continue
            except (ValueError, TypeError, KeyError):  # not ours, or damaged: one bad file holds up no alert
                file.rename(file.with_suffix(".unreadable"))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _printable(alert: Alert) -> Alert:
    r"""The same with bytes that are no text, as in the name of a file, written as `\\udce4`."""

    def plain(text: str) -> str:
        return text.encode("utf-8", "backslashreplace").decode()

    details = {name: plain(value) for name, value in alert.details.items()}
    return replace(alert, subject=plain(alert.subject), text=plain(alert.text), details=details)
