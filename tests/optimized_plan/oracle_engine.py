"""A slow simulation, event by event in plain Python: what the engine must give to the last digit.

Written from the contract of the model alone. Clocks are walked hour by hour; queues are lists. Only the draws are
shared, whose distribution is tested elsewhere.
"""

import heapq
from dataclasses import dataclass, field

import numpy as np

from bpa_assets.optimized_plan.changed.steps import lists_of
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.optimized_plan.simulation.arriving_cases import ArrivingCases
from bpa_assets.optimized_plan.simulation.draws import keys, uniforms

REASONS = ("batching", "contention", "prioritization", "unavailability", "extraneous")


def works(model: SimulationModel, who: int, time: float) -> bool:
    starts = model.workforce.days_off.starts
    off = model.workforce.days_off.values[starts[who] : starts[who + 1]]
    return bool(model.workforce.hours[who, int(time // 3600) % 168]) and int(time // 86400) not in off


def first_open(model: SimulationModel, who: int, time: float) -> float:
    while not works(model, who, time):
        time = 3600.0 * (time // 3600 + 1)
    return time


def finish(model: SimulationModel, who: int, time: float, work: float) -> float:
    while True:
        hour_end = 3600.0 * (time // 3600 + 1)
        if works(model, who, time):
            if time + work <= hour_end:
                return time + work
            work -= hour_end - time
        time = hour_end


def worked(model: SimulationModel, who: int, start: float, end: float) -> float:
    done = 0.0
    while start < end:
        stop = min(end, 3600.0 * (start // 3600 + 1))
        done += (stop - start) * works(model, who, start)
        start = stop
    return done


@dataclass
class Row:
    """A step of a case, as it is played out."""

    case: int
    place: int
    step: int
    enabled: float = -np.inf
    enabler: int = -1
    ready: float = 0.0
    start: float = 0.0
    end: float = 0.0
    resource: int = -1
    reasons: dict[str, float] = field(default_factory=lambda: dict.fromkeys(REASONS, 0.0))


class Oracle:
    """One simulation: events in a heap, queues in lists."""

    def __init__(self, model: SimulationModel, cases: ArrivingCases) -> None:
        self.model, self.cases = model, cases
        self.draw_keys = keys(5, cases.key.view(np.int64))
        traces = model.traces
        self.rows: list[Row] = []
        self.first = [0]
        for case, trace in enumerate(cases.trace):
            steps = range(traces.starts[trace], traces.starts[trace + 1])
            self.rows += [Row(case, place, step) for place, step in enumerate(steps)]
            self.first.append(len(self.rows))
        before = [traces.predecessors.starts[row.step : row.step + 2] for row in self.rows]
        self.waits_for = [
            {self.first[row.case] + int(place) for place in traces.predecessors.values[low:high]}
            for row, (low, high) in zip(self.rows, before, strict=True)
        ]
        capacity = model.workforce.capacity
        self.given = [[0.0] * int(slots) for slots in capacity]
        self.taken = [[0.0] * int(slots) for slots in capacity]
        self.queues: list[list[tuple[int, float]]] = [[] for _ in capacity]
        self.held: dict[int, list[int]] = {}
        self.released: set[int] = set()
        self.prioritized = bool(
            traces.priority.any() or model.policy.activity_priority.any() or model.policy.oldest_case_first
        )

    def draw(self, row: Row, what: int) -> float:
        return float(uniforms(self.draw_keys[row.case : row.case + 1], 16 * row.place + what)[0])

    def run(self) -> list[Row]:
        events: list[tuple[float, int, str, int]] = []
        self.events = events
        for case in range(len(self.cases.trace)):
            heapq.heappush(events, (float(self.cases.arrived[case]), -(10**9) + case, "arrival", case))
        now = 0.0
        while events or any(self.held.values()):
            if not events:
                activity = max(a for a, members in self.held.items() if members)
                self.release(activity, now)
                continue
            now, _, kind, what = heapq.heappop(events)
            if kind == "arrival":
                for number in range(self.first[what], self.first[what + 1]):
                    if not self.waits_for[number]:
                        self.rows[number].enabled = now
                        self.enable(number)
            elif kind == "timer":
                members = self.held.get(what)
                if members and self.deadline(what, self.rows[members[0]].ready) == now:
                    self.release(what, now)
            elif kind == "ready":
                self.ready(what, now)
            else:
                self.look(what, now)
        return self.rows

    def enable(self, number: int) -> None:
        row = self.rows[number]
        row.reasons["extraneous"] = float(self.model.traces.delay[row.step])
        heapq.heappush(self.events, (row.enabled + row.reasons["extraneous"], number, "ready", number))

    def release(self, activity: int, now: float) -> None:
        for number in self.held.pop(activity):
            self.rows[number].reasons["batching"] = now - self.rows[number].ready
            self.released.add(number)
            heapq.heappush(self.events, (now, number, "ready", number))

    def deadline(self, activity: int, since: float) -> float:
        """Until when a batch is held whose first member came then."""
        policy, week = self.model.policy, 7 * 86400.0
        clock = lists_of(policy.batch_clock)[activity] if len(policy.batch_clock.starts) > 1 else []
        released = [week * (since // week + later) + at for at in clock for later in (0, 1)]
        return min([since + float(policy.batch_seconds[activity]), *(at for at in released if at >= since)])

    def ready(self, number: int, now: float) -> None:
        model, row = self.model, self.rows[number]
        activity = int(model.traces.activity[row.step])
        row.ready, fixed = now, bool(model.traces.fixed[row.step])
        if model.policy.batch_size[activity] > 1 and number not in self.released and not fixed:
            self.held.setdefault(activity, []).append(number)
            deadline = self.deadline(activity, now)
            if len(self.held[activity]) == 1 and deadline < np.inf:
                heapq.heappush(self.events, (deadline, -1 - activity, "timer", activity))
            if len(self.held[activity]) >= model.policy.batch_size[activity]:
                self.release(activity, now)
            return
        who = int(model.traces.resource[row.step]) if fixed else self.choose(row, activity, now)
        row.resource = who
        seconds = self.seconds(row, activity, who)
        if who < 0:
            self.work(number, now, now + seconds)
            return
        free = min(self.given[who])
        start = now if fixed else first_open(model, who, max(now, free))
        end = start + seconds if model.durations.runs_on[activity] else finish(model, who, start, seconds)
        slot = self.given[who].index(free)
        self.given[who][slot] = max(free, end)
        if not self.prioritized:
            self.work(number, start, end)
            return
        if fixed:
            slot = self.taken[who].index(min(self.taken[who]))
            self.taken[who][slot] = max(self.taken[who][slot], end)
            self.work(number, start, end)
            return
        self.queues[who].append((number, seconds))
        self.plan_look(who, now)

    def plan_look(self, who: int, now: float) -> None:
        if self.queues[who]:
            time = first_open(self.model, who, max(now, min(self.taken[who])))
            heapq.heappush(self.events, (time, len(self.rows) + who, "look", who))

    def look(self, who: int, now: float) -> None:
        model, queue = self.model, self.queues[who]
        if not queue or min(self.taken[who]) > now:
            return

        def rank(item: tuple[int, float]) -> tuple[float, float, int]:
            row = self.rows[item[0]]
            priority = model.policy.activity_priority[model.traces.activity[row.step]]
            priority += model.traces.priority[self.cases.trace[row.case]]
            if model.policy.oldest_case_first:
                priority = -row.case
            return (-priority, row.ready, item[0])

        number, seconds = min(queue, key=rank)
        queue.remove((number, seconds))
        activity = int(model.traces.activity[self.rows[number].step])
        end = now + seconds if model.durations.runs_on[activity] else finish(model, who, now, seconds)
        self.taken[who][self.taken[who].index(min(self.taken[who]))] = end
        for other, _ in queue:
            if self.rows[other].ready < self.rows[number].ready:
                self.rows[other].reasons["prioritization"] += worked(model, who, now, end)
        self.work(number, now, end)
        self.plan_look(who, now)

    def choose(self, row: Row, activity: int, now: float) -> int:  # noqa: C901
        model, work = self.model, self.model.workforce
        low, high = work.candidates.starts[activity : activity + 2]
        people, weights = work.candidates.values[low:high].tolist(), work.weights[low:high]
        if not people:
            return -1
        own = int(model.traces.resource[row.step])
        if own in people and self.draw(row, 2) < model.policy.observed_share:
            return own
        if row.enabler in people and self.draw(row, 3) < model.policy.same_resource_share:
            return row.enabler
        summed = np.cumsum(weights) / np.cumsum(weights)[-1]

        def by_frequency(share: float) -> int:
            return next(who for who, top in zip(people, summed, strict=True) if share < top)

        if self.draw(row, 4) < model.policy.frequency_share:
            return by_frequency(self.draw(row, 5))
        starts = {who: first_open(model, who, max(now, min(self.given[who]))) for who in people}
        if len(model.policy.choice_cost):
            cost = dict(zip(people, model.policy.choice_cost[low:high].tolist(), strict=True))
            soon = [who for who in people if starts[who] <= min(starts.values()) + model.policy.patience]
            return min(soon, key=lambda who: (cost[who], starts[who]))
        for attempt in range(min(8, len(people))):
            who = by_frequency(self.draw(row, 8 + attempt))
            if starts[who] == now:
                return who
        best = [who for who in people if starts[who] == min(starts.values())]
        share = {who: weight / np.cumsum(weights)[-1] for who, weight in zip(people, weights, strict=True)}
        left = self.draw(row, 6) * float(np.cumsum([share[who] for who in best])[-1])
        for who in best:
            left -= share[who]
            if left < 0:
                return who
        return best[-1]

    def seconds(self, row: Row, activity: int, who: int) -> float:
        durations = self.model.durations
        table = durations.table[activity, who]
        if table < 0 or self.model.traces.fixed[row.step]:
            return float(self.model.traces.processing[row.step])
        low, high = durations.samples.starts[table : table + 2]
        return float(durations.samples.values[low:high][int(self.draw(row, 0) * (high - low))])

    def work(self, number: int, start: float, end: float) -> None:
        row = self.rows[number]
        row.start, row.end = start, end
        if row.resource >= 0 and start > row.ready:
            busy = worked(self.model, row.resource, row.ready, start)
            row.reasons["prioritization"] = min(row.reasons["prioritization"], busy)
            row.reasons["contention"] = busy - row.reasons["prioritization"]
            row.reasons["unavailability"] = start - row.ready - busy
        for after in range(self.first[row.case], self.first[row.case + 1]):
            if number in self.waits_for[after]:
                self.waits_for[after].remove(number)
                if end >= self.rows[after].enabled:
                    self.rows[after].enabled, self.rows[after].enabler = end, row.resource
                if not self.waits_for[after]:
                    self.enable(after)
