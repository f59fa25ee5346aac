"""What stands out: a few sentences at the top of the report, each a figure of a section below.

Nothing is judged here: a sentence is left out where the log does not define its figure, never because it is bad.
"""

from math import floor
from typing import Any

from bpa_assets.report.run_tables import Row
from bpa_assets.report.short_duration import short_duration
from bpa_assets.rule_set.strength import most_telling

_CAUSES = {
    "batching": "until a batch was complete",
    "contention": "because who does it was busy with earlier work",
    "prioritization": "because later work was done first",
    "unavailability": "because who does it was not at work",
    "extraneous": "for something that is not in the log",
}
_FORETOLD = {"sla_breach": "a broken limit", "bad_outcome": "a bad outcome", "rework": "rework"}
_LONGEST_NAME = 80


def highlights(payload: Row, variant_cases: list[int]) -> list[dict[str, str]]:
    """Sentences with the section that each is from; `variant_cases`: cases of every variant, the most first."""
    found = [
        ("time", _cycle_time(payload["kpis"])),
        ("bottlenecks", _bottleneck(payload)),
        ("variants", _variants(variant_cases)),
        ("map", _rework(payload)),
        ("conformance", _model(payload)),
        ("rules", _rule(payload.get("rules"))),
        ("quality", _quality(payload["quality"])),
    ]
    return [{"section": section, "text": text} for section, text in found if text]


def _cycle_time(kpis: Row) -> str | None:
    median, mean, p90 = (kpis[f"{name}_cycle_seconds"] for name in ("median", "mean", "p90"))
    if median is None:
        return None
    told = f"Half of the closed cases take at most {short_duration(median)}, one in ten more than {short_duration(p90)}"
    pulled = "; a few long ones pull the mean up to" if mean > 1.5 * median else "; the mean is"
    return f"{told}{pulled} {short_duration(mean)}."


def _bottleneck(payload: Row) -> str | None:
    waiting, names = payload["waiting"], payload["activities"]
    first = next((place for place in waiting["places"] if place["after"] is None), None)
    if first is None or not first["share_of_waiting"]:
        return None
    where = _quoted(names[first["activity"]]["name"])
    what = "time between events" if payload["process"]["time_basis"] == "gap" else "waiting"
    told = (
        f"{_percent(first['share_of_waiting'])} of all {what} is before {where}, "
        f"{short_duration(first['mean_waiting_seconds'])} on average"
    )
    causes = [cause for cause in waiting["causes"] if cause["activity"] == first["activity"]]
    main = max(causes, key=lambda cause: (cause["seconds"], cause["cause"]), default=None)
    if main is None or main["cause"] not in _CAUSES:
        return f"{told}."
    share = main["seconds"] / sum(cause["seconds"] for cause in causes)
    return f"{told}; {_percent(share)} of its queue time is {_CAUSES[main['cause']]}."


def _variants(cases: list[int]) -> str | None:
    if not cases:
        return None
    total, reached, needed = sum(cases), 0, 0
    for number in cases:
        if reached * 2 >= total:
            break
        reached, needed = reached + number, needed + 1
    ways = "one variant" if needed == 1 else f"{needed:,} of {len(cases):,} variants"
    return f"Half of the cases run along {ways}; the most frequent one has {_percent(cases[0] / total)} of them."


def _rework(payload: Row) -> str | None:
    rate = payload["kpis"]["rework_rate"]
    if not rate:
        return None
    most = max(payload["activities"], key=lambda one: one["rework_events"])
    times = "once" if most["rework_events"] == 1 else f"{most['rework_events']:,} times"
    return f"{_percent(rate)} of the cases repeat a step, most often {_quoted(most['name'])} ({times})."


def _model(payload: Row) -> str | None:
    model: dict[str, Any] = next(iter(payload["conformance"]["models"]), {})
    if model.get("fitness") is None:
        return None
    return (
        f"Of what happened the mined model replays {_percent(model['fitness'])} (fitness), and of what it allows "
        f"{_percent(model['precision'])} has happened (precision)."
    )


def _rule(rules: Row | None) -> str | None:
    """The most telling rule that later cases bear out and nobody has refused."""
    found = (rules or {}).get("rules", [])
    first = most_telling(found)
    if first is None:
        return None
    where = "at the start" if first["after"] is None else f"after {_quoted(first['after'])}"
    way = _quoted(first["foretells"]) if first["kind"] == "decision" else _FORETOLD[first["foretells"]]
    condition = "always" if first["condition"] == "true" else f"if {_short(first['condition'])}"
    told = f"Of {len(found):,} rules the most telling" if len(found) > 1 else "One rule"
    return (
        f"{told}: {where}, {condition}, then {way}, right in {_percent(first['holdout_precision'])} of the later "
        f"cases it fires for (in {_percent(first['holdout_base_rate'])} of all)."
    )


def _quality(quality: Row) -> str:
    warnings = [issue for issue in quality["issues"] if issue["severity"] != "info"]
    rejected, read = quality["accounts"]["rejected_events"], quality["accounts"]["rows_read"]
    told = f"{rejected:,} of {read:,} records were rejected"
    if not warnings:
        return f"{told}, and no pattern of imperfection in the log is a warning."
    patterns = "pattern of imperfection is a warning" if len(warnings) == 1 else "patterns of imperfection are warnings"
    return f"{told}; {len(warnings)} {patterns}."


def _quoted(name: str) -> str:
    return f"“{_short(name)}”"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 1]}…"


def _percent(share: float) -> str:
    """In whole percent; nothing but all is 100 %."""
    if 0.995 <= share < 1:
        return f"{floor(share * 1000) / 10:g} %"
    return "less than 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"
