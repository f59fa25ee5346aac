"""Names that FEEL can read for features of any name: `case:Amount €` becomes `case_Amount`."""

import re
from collections.abc import Iterable

# Words that FEEL reads as something else, and names of its functions that engines are known to mistake.
_TAKEN = frozenset(
    (
        *("and", "or", "not", "in", "between", "if", "then", "else", "for", "return", "some"),
        *("every", "satisfies", "instance", "of", "function", "external", "null", "true", "false", "date", "time"),
        *("duration", "number", "string", "list", "context", "item", "partial", "min", "max", "count", "sum"),
        *("mean", "median", "mode", "all", "any"),
    )
)


def feel_names(names: Iterable[str]) -> dict[str, str]:
    """Feature → name of letters, digits and `_`, each its own; the same for the same names."""
    found: dict[str, str] = {}
    used = set(_TAKEN)
    for name in sorted(names):
        plain = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "feature"
        plain = plain if plain[0].isalpha() else f"f_{plain}"
        number, taken = 1, plain
        while taken.lower() in used:
            number += 1
            taken = f"{plain}_{number}"
        used.add(taken.lower())
        found[name] = taken
    return found
