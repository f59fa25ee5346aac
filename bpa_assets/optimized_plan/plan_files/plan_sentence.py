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
    """With the interval, exact where its ends would look the same; without it where they then still do."""
    ends = sorted((plan[f"{column}_low"], plan[f"{column}_high"]))
    low, high = map(signed_share, ends)
    if low == high:
        low, high = (signed_share(end, exact=True) for end in ends)
    return f"{name} {low} %" if low == high else f"{name} {signed_share(plan[column])} % ({low} to {high})"


def _unprefixed(sentence: str) -> str:
    """The summary begins with `no plan:` itself."""
    return sentence.removeprefix("No plan: ")
