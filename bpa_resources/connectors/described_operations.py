"""What a description offers, whatever its form: operations, and those that cannot be asked for.

Add here what OpenAPI and WSDL have in common.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bpa_resources.connectors.manifest import Operation


@dataclass(frozen=True)
class DescribedOperations:
    """What a document offers. `left_out`: name and reason of each operation that cannot be asked for."""

    title: str
    edition: str
    operations: Mapping[str, Operation]
    left_out: Mapping[str, str]


class LeftOutError(Exception):
    """Why an operation cannot be offered."""


def free_name(text: str, taken: Collection[str]) -> str:
    """`createOrder` as `create_order`, and `create_order_2` where that is taken."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    name = re.sub(r"[\W_]+", "_", words, flags=re.ASCII).strip("_").casefold() or "operation"
    name = name if name[0].isalpha() else f"o_{name}"
    return next(free for n in range(1, len(taken) + 2) if (free := name if n == 1 else f"{name}_{n}") not in taken)
