"""What a database or a SOAP service answers, as JSON has it.

Add here another type that an answer can hold.
"""

from collections.abc import Mapping
from datetime import date, time
from typing import Any


def json_value(value: Any) -> Any:
    """Times as ISO 8601, bytes as hex, exact numbers and whatever else there is as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): json_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(part) for part in value]
    if isinstance(value, date | time):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
