"""The planted truths are there: seen in the rows, and equal to what the truth file says."""

import bisect
import datetime as dt
from collections import defaultdict
from typing import Any

import pytest

from tests.bottlenecks.test_places import bottlenecks
from tests.event_log.demo.demo_logs import DemoLog
from tests.stored_logs import read


def test_the_bottleneck_is_the_top_of_the_bottleneck_table(typed: DemoLog, dirty: DemoLog) -> None:
    for log in (typed, dirty):
        top = bottlenecks(read([log.path])).to_pylist()[0]
        planted = log.truth["planted"]["bottleneck"]
        assert top["activity"] == planted["activity"]
        assert top["preceding_activity"] is None
        assert planted["unavailability_seconds"] > 0.9 * planted["waiting_seconds"]
        # Nothing runs beside it: the wait that can be seen is the wait that was simulated.
        slack = 1e-9 if log is typed else 0.05
        assert top["total_waiting_seconds"] == pytest.approx(planted["waiting_seconds"], rel=slack)


def test_the_causes_add_up_to_the_wait_row_by_row(typed: DemoLog) -> None:
    wrong = """
        select count(*) from log positional join waits
        where log.case_id <> waits.case_id or log.activity <> waits.activity
           or least(extraneous_seconds, batching_seconds, unavailability_seconds, contention_seconds) < 0
           or epoch(log.start_time - enabled_time)
              <> extraneous_seconds + batching_seconds + unavailability_seconds + contention_seconds"""
    assert typed.ask(wrong) == [(0,)]
    sums = "select activity, count(*), sum(extraneous_seconds), sum(contention_seconds) from waits group by all"
    told = {one["activity"]: one for one in typed.truth["waiting"]}
    for activity, rows, extraneous, contention in typed.ask(sums):
        one = told[activity]
        assert (one["rows"], one["extraneous_seconds"], one["contention_seconds"]) == (rows, extraneous, contention)
    assert typed.truth["rows"] == sum(one["rows"] for one in told.values()) == typed.rows_told


def test_nobody_does_two_things_at_once(typed: DemoLog) -> None:
    overlaps = """
        select count(*) from (
            select start_time, lag(end_time) over (partition by resource order by start_time, end_time) as before
            from log) where start_time < before"""
    assert typed.ask(overlaps) == [(0,)]
    ((people,),) = typed.ask("select count(distinct resource) from log")
    assert people == typed.truth["sites"] * sum(len(one["resources"]) for one in typed.truth["calendars"])


def test_people_work_in_their_hours_and_never_on_a_holiday(typed: DemoLog) -> None:
    hours: dict[str, list[Any]] = {
        name: one["hours"] for one in typed.truth["calendars"] for name in one["resources"] if one["hours"]
    }
    shifts = defaultdict(set)
    for resource, start, end in typed.ask("select resource, start_time, end_time from log"):
        person = resource.split(" (")[0]
        if person not in hours:
            assert person in typed.truth["planted"]["automated_resources"]
            continue
        assert start.date() == end.date()
        assert str(start.date()) not in typed.truth["holidays"]
        begun, ended = (moment - dt.datetime.combine(moment.date(), dt.time()) for moment in (start, end))
        fits = [
            number
            for number, one in enumerate(hours[person])
            if start.weekday() in one["weekdays"]
            and one["from_second"] <= begun.total_seconds() <= ended.total_seconds() <= one["to_second"]
        ]
        assert fits, (resource, start, end)
        shifts[resource, start.isocalendar()[:2]].update(fits)
    assert all(len(found) == 1 for found in shifts.values())  # one shift a week
    assert {min(found) for found in shifts.values()} == {0, 1}


def test_everybody_begins_as_early_as_first_in_first_out_allows(typed: DemoLog) -> None:
    """Against a slow oracle: task by task in the order of the queue, all people of the pool, all their shifts."""
    rows = typed.ask("""
        select resource, log.start_time, log.end_time,
               enabled_time + to_seconds(extraneous_seconds + batching_seconds) as queued
        from log positional join waits order by queued, log.start_time""")
    pools = {name: pool for pool, one in enumerate(typed.truth["calendars"]) for name in one["resources"]}
    shifts = _shifts(typed.truth)
    free: dict[str, dt.datetime] = {}
    last: dict[tuple[int, str], dt.datetime] = {}
    for resource, start, end, queued in rows:
        person, _, site = resource.partition(" (")
        pool = pools[person]
        turn = max(queued, last.get((pool, site), queued))
        could = {
            other: _earliest(shifts.get(other), max(turn, free.get(other + site, turn)), end - start)
            for other, other_pool in pools.items()
            if other_pool == pool
        }
        assert start == could[person] == min(could.values())
        free[person + site] = end
        last[pool, site] = start


def _shifts(truth: dict[str, Any]) -> dict[str, list[tuple[dt.datetime, dt.datetime]]]:
    """Of everybody but the bots, in their order; who has two hours takes turns by the week, as the truth tells."""
    first = dt.datetime.fromisoformat(truth["first_day"])
    found: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for pool in truth["calendars"]:
        for member, name in enumerate(pool["resources"]):
            for number in range(400 if pool["hours"] else 0):
                day = first + dt.timedelta(days=number)
                hours = pool["hours"][(number // 7 + member) % len(pool["hours"])]
                if day.weekday() in hours["weekdays"] and str(day.date()) not in truth["holidays"]:
                    opens, closes = (dt.timedelta(seconds=hours[key]) for key in ("from_second", "to_second"))
                    found.setdefault(name, []).append((day + opens, day + closes))
    return found


def _earliest(
    shifts: list[tuple[dt.datetime, dt.datetime]] | None, moment: dt.datetime, work: dt.timedelta
) -> dt.datetime:
    if shifts is None:
        return moment
    later = shifts[bisect.bisect_left(shifts, moment, key=lambda shift: shift[1]) :]
    return next(max(moment, opens) for opens, closes in later if max(moment, opens) + work <= closes)


def test_the_contended_pool_has_too_much_work(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["contention"]
    ((rows, busy, contention),) = typed.ask(f"""
        select count(*), sum(epoch(end_time - start_time)), sum(contention_seconds)
        from log positional join waits where log.activity = '{planted["activity"]}'""")
    assert contention == planted["contention_seconds"] > 4 * 3600 * rows
    there = 2 * 7 * 3600 * _working_days(typed.truth) * typed.truth["sites"]
    assert planted["load"] == pytest.approx(busy / there, abs=1e-4)
    assert 0.55 < planted["load"] < 1


def _working_days(truth: dict[str, Any]) -> int:
    first, last = dt.date.fromisoformat(truth["first_day"]), dt.datetime.fromisoformat(truth["exported_at"]).date()
    days = [first + dt.timedelta(days=number) for number in range((last - first).days)]
    return sum(day.weekday() < 5 and str(day) not in truth["holidays"] for day in days)


def test_batches_go_when_the_carrier_comes(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["batching"]
    days = typed.ask("""
        select start_time::date as day, min(start_time), count(*), count(distinct resource) from log
        where activity = 'Ship goods' group by all""")
    assert {day.weekday() for day, *_ in days} == set(planted["weekdays"])
    seconds = {(first - dt.datetime.combine(first.date(), dt.time())).total_seconds() for _, first, *_ in days}
    assert min(seconds) == planted["second_of_day"]
    assert max(seconds) < planted["second_of_day"] + 3600
    assert sum(count for _, _, count, _ in days) / len(days) > 5 * typed.truth["sites"]
    assert planted["batching_seconds"] > 0.9 * planted["waiting_seconds"]


def test_the_rule_holds_but_for_its_noise(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["decision_rule"]
    decided = f"""
        select case_id, any_value({planted["condition"]}), bool_or(activity = '{planted["activity"]}')
        from log group by case_id having bool_or(activity = 'Check stock')"""
    rows = typed.ask(decided)
    under = [row for row in rows if row[1]]
    assert (len(rows), len(under)) == (planted["cases_decided"], planted["cases_under_rule"])
    kept = [row for row in rows if row[1] == row[2]]
    assert len(kept) == planted["cases_that_keep_it"]
    assert {row[0] for row in rows} - {row[0] for row in kept} == set(planted["exceptions"])
    assert 0.05 < len(under) / len(rows) < 0.10
    assert len([row for row in under if not row[2]]) / len(under) < 2.5 * planted["noise_skipped"]
    assert len(kept) / len(rows) > 0.985


def test_customs_papers_are_for_overseas_and_for_nobody_else(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["exact_rule"]
    wrong = f"""
        select count(*) from (
            select any_value({planted["condition"]}) as due, bool_or(activity = '{planted["activity"]}') as done
            from log group by case_id having bool_or(activity = 'Ship goods')) where due <> done"""
    assert typed.ask(wrong) == [(0,)]


def test_parallel_branches_overlap_in_time_and_come_in_both_orders(typed: DemoLog) -> None:
    branches = typed.truth["planted"]["parallel"]["branches"]
    heads = [branches[1][0], branches[2][0]]
    for head in heads:
        ((overlapping, before, after),) = typed.ask(f"""
            select count(*) filter (one.start_time < other.end_time and other.start_time < one.end_time),
                   count(*) filter (one.end_time <= other.start_time),
                   count(*) filter (other.end_time <= one.start_time)
            from log one join log other using (case_id)
            where one.activity = '{head}' and other.activity in ('Check stock', 'Pick goods')""")
        assert min(overlapping, before, after) > 50, (head, overlapping, before, after)


def test_rework_is_as_frequent_as_planted(typed: DemoLog) -> None:
    for planted in typed.truth["planted"]["rework"]:
        for activity in planted["activities"]:
            ((again, cases),) = typed.ask(f"""
                select count(*) - count(distinct case_id), count(distinct case_id)
                from log where activity = '{activity}'""")
            assert again / cases == pytest.approx(planted["share"], rel=0.35)


def test_the_supplier_breaks_the_sla_and_the_figures_are_those_of_the_log(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["sla"]
    days = planted["cycle_time"].removesuffix("d")
    rows = typed.ask(f"""
        select bool_or(activity = '{planted["broken_by"]}'), max(end_time) - min(start_time) > interval {days} days
        from log group by case_id having bool_or(activity in ('Receive payment', 'Cancel order'))""")
    late_by = {supplied: [late for one, late in rows if one == supplied] for supplied in (True, False)}
    found = {
        "supplied": len(late_by[True]),
        "supplied_late": sum(late_by[True]),
        "in_stock": len(late_by[False]),
        "in_stock_late": sum(late_by[False]),
    }
    assert found == {name: planted[name] for name in found}
    assert found["supplied_late"] / found["supplied"] > 4 * found["in_stock_late"] / found["in_stock"]
    assert typed.truth["open_cases"] == typed.truth["cases"] - len(rows)
    assert 0 < typed.truth["open_cases"] < 0.05 * typed.truth["cases"]


def test_orders_arrive_in_their_rhythm_and_more_after_the_drift(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["arrivals"]
    at = planted["drift"]["at"]
    ((before, after),) = typed.ask(f"""
        select count(*) filter (enabled_time < '{at}') / (epoch('{at}'::timestamp - min(enabled_time)) / 86400),
               count(*) filter (enabled_time >= '{at}') / (epoch(max(enabled_time) - '{at}'::timestamp) / 86400)
        from (select case_id, min(enabled_time) as enabled_time from waits group by all)""")
    assert after / before == pytest.approx(planted["drift"]["factor"], abs=0.12)
    first = "(select case_id, min(enabled_time) as moment from waits group by all)"
    by_day = dict(typed.ask(f"select isodow(moment) - 1, count(*) from {first} group by all"))
    by_hour = dict(typed.ask(f"select hour(moment), count(*) from {first} group by all"))
    for known, shares in ((by_day, planted["by_weekday"]), (by_hour, planted["by_hour"])):
        for unit, share in enumerate(shares):
            expected = typed.truth["cases"] * share / sum(shares)
            assert abs(known.get(unit, 0) - expected) < 5 * expected**0.5 + 5


def test_the_automation_candidate_is_short_and_always_the_same(typed: DemoLog) -> None:
    planted = typed.truth["planted"]["automation_candidate"]
    ((rows, median, spread, people),) = typed.ask(f"""
        select count(*), median(seconds), stddev(seconds) / median(seconds), count(distinct resource)
        from (select *, epoch(end_time - start_time) as seconds from log) where activity = '{planted["activity"]}'""")
    assert (rows, people) == (planted["rows"], typed.truth["sites"])
    assert median == pytest.approx(planted["median_seconds"], rel=0.02)
    assert spread == pytest.approx(planted["spread"], rel=0.1)


def test_priority_changes_nothing(typed: DemoLog) -> None:
    assert typed.truth["planted"]["without_effect"] == ["priority"]
    means = typed.ask("""
        select priority, avg(days), stddev(days) / sqrt(count(*)) from (
            select any_value(priority) as priority, epoch(max(end_time) - min(start_time)) / 86400 as days
            from log group by case_id) group by priority""")
    (_, one, error), (_, other, other_error) = means
    assert abs(one - other) < 4 * (error**2 + other_error**2) ** 0.5
