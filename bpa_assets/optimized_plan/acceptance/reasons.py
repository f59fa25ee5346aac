"""Why a change is proposed, in one sentence with figures, and what it starts from."""

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import Line
from bpa_assets.optimized_plan.changed.people import members
from bpa_assets.optimized_plan.week_hours import hours_in_words, usual_hours

_TODAY = {"automate": "by people", "skip": "done", "dispatch": "as today"}


def value_today(line: Line, today: AsItIs) -> str:
    """Return what a change starts from."""
    name, work = line.names[0], today.model.workforce
    if line.kind == "headcount":
        return str(len(members(work, name)))
    if line.kind == "hours":
        return hours_in_words(usual_hours(work.hours[members(work, name)]))
    if line.kind == "reassign":
        return ", ".join(today.roles_of(name))
    return _TODAY.get(line.kind, "one after the other")


def reason(line: Line, today: AsItIs) -> str:
    """Return why this is changed, by the process as it is."""
    name = line.names[0]
    if line.kind == "headcount":
        return f"{name} works {today.busy(name):.0%} of the time it is there today."
    if line.kind == "hours":
        away = today.waits_for(name, "unavailability") + today.rests_with(name)
        busy = today.waits_for(name, "contention")
        return f"A case lies {away:.3g} h with {name} outside its hours and waits {busy:.3g} h while it is busy."
    if line.kind == "dispatch":
        return f"A case waits {today.waits('contention'):.3g} h for people who are busy with other cases."
    if line.kind == "reassign":
        return f"{name} waits {today.waits_before(name):.3g} h each time; {line.to_value} is busy " + (
            f"{today.busy(line.to_value):.0%} of its time."
        )
    if line.kind == "merge":
        return f"{line.names[1]} waits {today.waits_before(line.names[1]):.3g} h each time."
    if line.kind == "parallelize":
        return f"{line.names[1]} waits for {name}, which takes {today.lasts(name):.3g} h with its waiting."
    return f"{name} takes {today.work_a_week(name):.3g} h of work a week and waits {today.waits_before(name):.3g} h."
