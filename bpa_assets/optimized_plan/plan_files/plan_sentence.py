"""A plan in one line for people: `cost −18 % (−21 to −15), cycle time −24 % (−27 to −22); 5 changes`."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def plan_sentence(search: Row, plans: Sequence[Row]) -> str:
    """From the row of `plan_search` and the rows of `plan`: the recommended plan, or why there is none."""
    plan = next((row for row in plans if row["recommended"]), None)
    if plan is None:
        why = next((text for text in (*search["proof"], *search["said"]) if text), None)
        return _unprefixed(why) if why else "none of the plans that were tried is accepted"
    count = plan["changes"]
    return f"{_told('cost', plan, 'cost_change')}, {_told('cycle time', plan, 'cycle_time_change')}; " + (
        f"{count} change{'' if count == 1 else 's'}"
    )


def signed_share(value: float, *, exact: bool = False) -> str:
    """`−18`, in percent; of a share below a tenth, or where asked, one digit more."""
    percent = round(abs(value) * 100, 1 if exact or abs(value) < 0.0995 else 0)
    sign = "−" if value < 0 and percent else "+" if value > 0 and percent else "±"
    return f"{sign}{percent:g}"


def _told(name: str, plan: Row, column: str) -> str:
    """With the interval, exact where its ends would look the same."""
    low, high = sorted((plan[f"{column}_low"], plan[f"{column}_high"]))
    exact = signed_share(low) == signed_share(high)
    between = f"{signed_share(low, exact=exact)} to {signed_share(high, exact=exact)}"
    return f"{name} {signed_share(plan[column])} % ({between})"


def _unprefixed(sentence: str) -> str:
    """The summary begins with `no plan:` itself."""
    return sentence.removeprefix("No plan: ")
