"""The event engine, compiled: steps become ready in the order of time, are given to somebody and worked on.

Where nothing has priority a step is put behind the work of whoever takes it as soon as it is ready: first come, first
served. With priorities it waits in that resource's queue, at which they look whenever they are free. What an event is,
is in `event_state`; who takes a step, in `compiled_dispatch`.
"""

import numpy as np

from bpa_assets.event_log.compiled.kernel import kernel
from bpa_assets.optimized_plan.process_simulation_model import Floats, Ints
from bpa_assets.optimized_plan.simulation.compiled_clock import (
    end_of_work,
    next_of_week,
    next_open,
    uniform,
    work_before,
)
from bpa_assets.optimized_plan.simulation.compiled_dispatch import (
    DELAY,
    DURATION,
    FREQUENCY,
    NUMBERS,
    OBSERVED,
    SAME,
    WHO,
    by_frequency,
    drawn,
    first_able,
    occupy,
)
from bpa_assets.optimized_plan.simulation.compiled_queues import overtake, pop, push, taken_from_queue
from bpa_assets.optimized_plan.simulation.draws import Keys
from bpa_assets.optimized_plan.simulation.prepared import Records


@kernel
def run(  # noqa: C901 - one loop: handed on, its arrays would be counted at every event
    steps: Records,
    successors: Ints,
    candidates: Records,
    pairs: Records,
    samples: Floats,
    hours: Ints,
    days: Floats,
    shares: Floats,
    activities: Records,
    resources: Records,
    given: Floats,
    taken: Floats,
    rows: Records,
    heap: Records,
    starts: Floats,
    gaps: Records,
    keys: Keys,
    arrived: Floats,
    first: Ints,
    priority: Ints,
) -> None:
    """Play out cases (by time of arrival; `first`: the first row of each) and fill `rows`.

    `priority` of the rows; empty: none has any. The other arrays are those of `Prepared` and `State`.
    """
    size, arriving, now, count = 0, 0, 0.0, len(rows)
    while True:
        if arriving < len(arrived) and (size == 0 or arrived[arriving] <= heap[0].time):
            now = arrived[arriving]
            for row in range(first[arriving], first[arriving + 1]):
                if rows[row].open_predecessors == 0:
                    step = steps[rows[row].step]
                    number = uniform(keys[arriving], NUMBERS * (row - first[arriving]) + DELAY)
                    rows[row].enabled = now
                    rows[row].extraneous = drawn(samples, step.delays, step.delays_end, step.delay, number)
                    size = push(heap, size, now + rows[row].extraneous, row)
            arriving += 1
            continue
        release = -1  # an activity whose batch is complete
        if size == 0:  # what is left in batches that nothing completes
            for activity in range(len(activities)):
                if activities[activity].held > 0:
                    release = activity
            if release < 0:
                return
            event = -1 - release
        else:
            now, event = heap[0].time, heap[0].id
            size = pop(heap, size)

        worked, start, seconds, who = -1, now, 0.0, -1  # the row that is worked on next, from when, how long, by whom
        if event >= count:  # a resource looks at its queue
            who = event - count
            if resources[who].looks_at != now:
                continue
            resources[who].looks_at = np.inf
            if resources[who].queue >= 0 and taken[resources[who].slots] <= now:
                worked = taken_from_queue(rows, resources, who, priority)
                seconds = rows[worked].work
        elif event < 0:
            if release < 0 and activities[-1 - event].deadline == now:
                release = -1 - event
        else:
            row = event
            case = rows[row].case
            step = steps[rows[row].step]
            activity = activities[step.activity]
            if activity.batch_size > 1 and rows[row].released < 0.0 and step.fixed == 0:
                rows[row].ready = now  # until its batch is released: since when it is held
                if activity.held == 0:
                    activity.first_held = row
                    released = next_of_week(samples, activity.clock, activity.clock_end, now)
                    activity.deadline = min(now + activity.batch_seconds, released)
                    if activity.deadline < np.inf:
                        size = push(heap, size, activity.deadline, -1 - step.activity)
                else:
                    rows[activity.last_held].behind = row
                activity.last_held = row
                activity.held += 1
                if activity.held >= activity.batch_size:
                    release = step.activity
            else:
                number = NUMBERS * (row - first[case])
                key = keys[case]
                rows[row].ready = now
                low, high = activity.candidates, activity.candidates_end
                who, before = step.resource, rows[row].enabler
                if step.fixed == 0:
                    if low == high:
                        who = -1
                    elif (
                        who >= 0
                        and pairs[step.activity, who].may_do == 1
                        and uniform(key, number + OBSERVED) < shares[0]
                    ):
                        pass
                    elif (
                        before >= 0
                        and pairs[step.activity, before].may_do == 1
                        and uniform(key, number + SAME) < shares[1]
                    ):
                        who = before
                    elif uniform(key, number + FREQUENCY) < shares[2]:
                        who = by_frequency(candidates, low, high, uniform(key, number + WHO))
                    else:
                        patience = shares[3]
                        who = first_able(
                            *(candidates, low, high, resources, given, hours, days, gaps, starts),
                            *(key, number, now, patience),
                        )
                pair = pairs[step.activity, who]
                seconds = step.processing
                if step.fixed == 0:
                    seconds = drawn(samples, pair.samples, pair.samples_end, seconds, uniform(key, number + DURATION))
                rows[row].resource = who
                worked = row
                if who >= 0 and step.fixed == 0:
                    calendar = resources[who].calendar
                    start = next_open(hours[calendar], days[calendar], max(now, given[resources[who].slots]))
                    if len(priority) > 0:  # into the queue
                        end = start + seconds
                        if activity.runs_on == 0:
                            end = end_of_work(hours[calendar], days[calendar], start, seconds)
                        occupy(given, resources[who].slots, resources[who].slots_end, end)
                        rows[row].work = seconds
                        rows[row].behind = resources[who].queue
                        resources[who].queue = row
                        worked = -1

        if release >= 0:
            row = activities[release].first_held
            activities[release].held = 0
            activities[release].deadline = np.inf
            while row >= 0:
                after = rows[row].behind
                rows[row].behind = -1
                rows[row].batching = now - rows[row].ready
                rows[row].released = now
                size = push(heap, size, now, row)
                row = after
            continue

        if worked >= 0:
            row = worked
            case = rows[row].case
            step = steps[rows[row].step]
            end = start + seconds
            if who >= 0:
                calendar = resources[who].calendar
                if activities[step.activity].runs_on == 0:
                    end = end_of_work(hours[calendar], days[calendar], start, seconds)
                low, high = resources[who].slots, resources[who].slots_end
                if len(priority) == 0 or step.fixed == 1:
                    occupy(given, low, high, max(end, given[low]))
                if len(priority) > 0:
                    occupy(taken, low, high, max(end, taken[low]))
                    if resources[who].queue >= 0:
                        done = work_before(hours[calendar], days[calendar], end)
                        overtake(rows, resources, who, row, done - work_before(hours[calendar], days[calendar], start))
                waited = start - rows[row].ready
                if waited > 0.0:
                    done = work_before(hours[calendar], days[calendar], start)
                    done -= work_before(hours[calendar], days[calendar], rows[row].ready)
                    done = min(max(done, 0.0), waited)
                    rows[row].prioritization = min(rows[row].prioritization, done)
                    rows[row].contention = done - rows[row].prioritization
                    rows[row].unavailability = waited - done
            rows[row].start, rows[row].end = start, end
            for at in range(step.after, step.after_end):
                after = first[case] + successors[at]
                if end >= rows[after].enabled:
                    rows[after].enabled = end
                    rows[after].enabler = who
                rows[after].open_predecessors -= 1
                if rows[after].open_predecessors == 0:
                    following = steps[rows[after].step]
                    number = uniform(keys[case], NUMBERS * successors[at] + DELAY)
                    rows[after].extraneous = drawn(
                        samples, following.delays, following.delays_end, following.delay, number
                    )
                    size = push(heap, size, rows[after].enabled + rows[after].extraneous, after)

        if who >= 0 and resources[who].queue >= 0:  # when the resource looks at its queue next
            calendar = resources[who].calendar
            time = next_open(hours[calendar], days[calendar], max(now, taken[resources[who].slots]))
            if time < resources[who].looks_at:
                resources[who].looks_at = time
                size = push(heap, size, time, count + who)
