"""The one text of a value and the one form of a time and a name: what hashes and comparisons in the ledger rest on.

Add here what must be equal byte for byte on every database. What is stored where is in `tables.py`.
"""

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any


def canonical_json(value: Any) -> str:
    """The value as JSON with sorted keys and no blanks. What JSON has no form for becomes its text: nothing is lost."""
    return storable(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str))


def storable(text: str) -> str:
    """The text without what a database refuses: NUL and halves of surrogate pairs become `?`."""
    return text.replace("\0", "?").encode("utf-8", "replace").decode("utf-8")


def utc(moment: datetime) -> datetime:
    """The moment with the zone UTC; one without a zone is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def written(moment: datetime) -> str:
    """The moment as text of one length, microseconds and UTC: `2026-11-22T03:40:58.120000Z`."""
    return utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def same_person(name: str) -> str:
    """The form in which two spellings of one name are equal: `Ann@Example.com ` and `ann@example.com`."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
