"""What a server says is left of its limit, in headers that the manifest names.

Add here another form in which servers say it; what all runs share of a limit is in the ledger (`SharedState`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bpa_resources.connectors.manifest import RateLimit

_LONGEST = 86_400.0
# No server says that it opens again in 30 years: a number above it is the second of the Unix epoch, or its millisecond.
_EPOCH = 1_000_000_000
_EPOCH_MILLISECONDS = 100_000_000_000


def reset_moment(limits: RateLimit, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when nothing is left; None where something is, or where the headers do not say so."""
    if limits.remaining_header is None or limits.reset_header is None:
        return None
    remaining = _number(headers.get(limits.remaining_header.casefold(), ""))
    reset = _number(headers.get(limits.reset_header.casefold(), ""))
    if remaining is None or remaining >= 1 or reset is None:
        return None
    if reset >= _EPOCH_MILLISECONDS:
        reset /= 1000
    wait = (datetime.fromtimestamp(reset, UTC) - now).total_seconds() if reset >= _EPOCH else reset
    return now + timedelta(seconds=min(wait, _LONGEST)) if wait > 0 else None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e14 else None
