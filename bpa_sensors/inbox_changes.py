"""Which processes are worth a refresh: decided from what was seen, what is published and what is on its way.

Pure functions; the sensor that calls them is in `inbox.py`.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace

REST_SECONDS = 4
"""How long files must lie unchanged before they are read: two looks, 5 s apart. A copy in progress changes its file."""


@dataclass(frozen=True)
class Seen:
    """What one process's inbox looked like, since when, and the fingerprint once it has been read."""

    signature: str
    since: float
    fingerprint: str = ""

    def rested(self, now: float) -> bool:
        """Whether nothing has changed for long enough."""
        return now - self.since >= REST_SECONDS


def seen_now(signatures: Mapping[str, str], before: Mapping[str, Seen], *, now: float) -> dict[str, Seen]:
    """Carry over what has not changed; what has, or is new, rests from now on."""
    return {
        process: seen if (seen := before.get(process)) and seen.signature == signature else Seen(signature, now)
        for process, signature in signatures.items()
    }


def with_fingerprint(seen: Seen, fingerprint: str) -> Seen:
    """The same, read."""
    return replace(seen, fingerprint=fingerprint)


def changed(wanted: Mapping[str, str], *, published: Mapping[str, str], in_flight: Collection[str]) -> dict[str, str]:
    """Process → fingerprint of those that are worth a run: neither published as they are nor being refreshed.

    Compared with what is published, not with what was asked for: A → B → A asks again, a copy with the same content
    does not. While a run of the process is queued or at work nothing is asked for: what it has read is known when it
    ends, and compared then.
    """
    return {
        process: fingerprint
        for process, fingerprint in wanted.items()
        if published.get(process) != fingerprint and process not in in_flight
    }


def worth_trying(wanted: Mapping[str, str], *, failed: Mapping[str, str]) -> dict[str, str]:
    """Without those whose last run failed on the same input: it would fail again. A changed file is tried."""
    return {process: found for process, found in wanted.items() if failed.get(process) != found}


def to_cursor(seen: Mapping[str, Seen]) -> str:
    """As the text that Dagster keeps between two looks."""
    return json.dumps({process: asdict(one) for process, one in seen.items()})


def from_cursor(cursor: str | None) -> dict[str, Seen]:
    """What `to_cursor` wrote; nothing for a cursor of another version: then everything is looked at again."""
    try:
        return {process: Seen(**one) for process, one in json.loads(cursor or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}
