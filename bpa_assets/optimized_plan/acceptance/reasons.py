"""Why a change is proposed, in one sentence with figures, and what it starts from."""

from bpa_assets.durations import duration_text
from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import Line
from bpa_assets.optimized_plan.changed.people import members
from bpa_assets.optimized_plan.week_hours import hours_in_words, usual_hours

_TODAY = {"automate": "by people", "skip": "done", "dispatch": "as it comes"}


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
        return f"A case rests {_time(away)} outside the hours of {name} and waits {_time(busy)} while it is busy."
    if line.kind == "dispatch":
        return f"A case waits {_time(today.waits('contention'))} for people who are busy with other cases."
    if line.kind == "reassign":
        return f"{name} waits {_time(today.waits_before(name))} each time; {line.to_value} is busy " + (
            f"{today.busy(line.to_value):.0%} of its time."
        )
    if line.kind == "merge":
        return f"{line.names[1]} waits {_time(today.waits_before(line.names[1]))} each time."
    if line.kind == "parallelize":
        return f"{line.names[1]} waits for {name}, which takes {_time(today.lasts(name))} with its waiting."
    waits = _time(today.waits_before(name))
    return f"{name} takes {today.work_a_week(name):,.1f} h of work a week and waits {waits} each time."


def _time(hours: float) -> str:
    return duration_text(hours * 3600)
