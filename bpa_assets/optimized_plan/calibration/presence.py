"""When resources are at work and how much they do at once; how long a step really took, and what held it up.

Hours and days off come from `bottlenecks.calendars`. Here they become the calendars of the simulation, and the log is
read through them.
"""

from dataclasses import dataclass

import numpy as np

from bpa_assets.bottlenecks.calendars import Calendars
from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats, Ints
from bpa_assets.optimized_plan.seconds import DAY, HOUR

_MICROS = 1e6
_ROUNDS = 400
"""Days off in a row, at most."""


@dataclass(frozen=True)
class Presence:
    """Hours of the week and days off (as resource × `horizon` + day since origin, ascending), by resource."""

    calendars: Calendars
    hours: Flags  # [R, 168]
    off: Ints
    horizon: int
    shift: float
    """Seconds from 1970 to the origin."""

    def worked_between(self, resource: Ints, since: Floats, until: Floats) -> Floats:
        """Working seconds between two times, row by row."""
        return (self._until(resource, until) - self._until(resource, since)) / _MICROS

    def _until(self, resource: Ints, time: Floats) -> Floats:
        micros = np.rint((time + self.shift) * _MICROS).astype(np.int64)
        return self.calendars.on_duty_until(resource, micros).astype(np.float64)

    def is_off(self, resource: Ints, day: Ints) -> Flags:
        """Whether it is a day off, row by row."""
        wanted = resource * self.horizon + day
        place = np.minimum(np.searchsorted(self.off, wanted), max(len(self.off) - 1, 0))
        return np.asarray(self.off[place] == wanted) if len(self.off) else np.zeros(len(resource), np.bool_)

    def at_work(self, resource: Ints, time: Floats) -> Flags:
        """Whether it is working time from each moment on."""
        hour = np.floor(time / HOUR).astype(np.int64)
        return np.asarray(self.hours[resource, hour % 168] & ~self.is_off(resource, hour // 24))

    def last_at_work(self, resource: Ints, time: Floats) -> Floats:
        """The end of the last working moment up to `time`: `time` itself if work goes on until then; else −inf."""
        found = time.copy()
        back = _hours_back(self.hours)
        works: Flags = np.asarray(self.hours.any(axis=1))[resource]
        asked = np.flatnonzero(works)
        found[~works] = -np.inf
        for _ in range(_ROUNDS):
            now, who = found[asked], resource[asked]
            hour = np.ceil(now / HOUR).astype(np.int64) - 1  # the hour that ends at, or holds, the moment
            ago = back[who, hour % 168]
            now = np.where(ago > 0, (hour - ago + 1) * HOUR, now)
            day = np.ceil(now / DAY).astype(np.int64) - 1
            off = self.is_off(who, day)
            found[asked] = np.where(off, day * DAY, now)
            asked = asked[off]
            if not len(asked):
                break
        return found


def _hours_back(hours: Flags) -> Ints:
    """By resource and hour of the week, how many hours before it the last working hour lies (0: it is one)."""
    twice = np.concatenate([hours, hours], axis=1)
    place = np.where(twice, np.arange(336), -1)
    return np.arange(168, 336) - np.maximum.accumulate(place, axis=1)[:, 168:]


@dataclass(frozen=True)
class Load:
    """How many steps each resource has in hand: by resource and time of change (`at`), the number from then on."""

    owner: Ints
    at: Floats
    running: Ints

    @classmethod
    def of(cls, resource: Ints, start: Floats, end: Floats) -> "Load":
        """Of rows of known resources; what takes no time is in nobody's hand."""
        works = end > start
        who = np.concatenate([resource[works], resource[works]])
        at = np.concatenate([start[works], end[works]])
        change = np.concatenate([np.ones(works.sum(), np.int64), -np.ones(works.sum(), np.int64)])
        order = np.lexsort((change, at, who))  # an end before a start of the same moment
        who, at, change = who[order], at[order], change[order]
        return cls(who, at, np.cumsum(change))  # each resource ends with nothing in hand

    def at_starts(self) -> tuple[Ints, Ints]:
        """Resource, and how many it has in hand, whenever it takes up a step."""
        begins = np.diff(self.running, prepend=0) > 0
        return self.owner[begins], self.running[begins]

    def in_hand(self, resource: Ints, time: Floats) -> Ints:
        """How many steps the resource has in hand from a time on, row by row."""
        if not len(self.at):
            return np.zeros(len(resource), np.int64)
        place = _last_place(self.owner, self.at, resource, time, included=True)
        known = np.maximum(place, 0)
        return np.where((place >= 0) & (self.owner[known] == resource), self.running[known], 0)

    def full_since(self, resource: Ints, time: Floats, capacity: Ints) -> Floats:
        """Since when the resource has had no hand free right before `time`; `time` where it had one."""
        if not len(self.at):
            return time.copy()
        full = self.running >= capacity[self.owner]
        begins = np.flatnonzero(full & ~np.append(False, full[:-1] & (self.owner[1:] == self.owner[:-1])))
        is_begin = np.zeros(len(full), np.int64)
        is_begin[begins] = begins
        since_place = np.maximum.accumulate(is_begin)
        place = _last_place(self.owner, self.at, resource, time, included=False)
        known = np.maximum(place, 0)
        holds = (place >= 0) & (self.owner[known] == resource) & full[known]
        return np.where(holds, self.at[since_place[known]], time)


def _last_place(owner: Ints, at: Floats, resource: Ints, time: Floats, *, included: bool) -> Ints:
    """The last place of (owner, at), sorted, before each (resource, time), or at it if `included`; −1: none."""
    asked = np.append(np.full(len(at), not included), np.full(len(time), included))
    order = np.lexsort((asked, np.append(at, time), np.append(owner, resource)))
    is_place = order < len(at)
    count = np.cumsum(is_place) - 1
    found = np.empty(len(time), np.int64)
    found[order[~is_place] - len(at)] = count[~is_place]
    return found


def capacities(load: Load, resources: int, share: float) -> Ints:
    """Steps that each resource does at once: what it has in hand at most in `share` of the moments it takes one up."""
    found = np.ones(resources, np.int64)
    who, running = load.at_starts()
    order = np.lexsort((running, who))
    who, running = who[order], running[order]
    first, last = np.searchsorted(who, np.arange(resources)), np.searchsorted(who, np.arange(resources), side="right")
    some = last > first
    place = first + np.ceil(share * (last - first)).astype(np.int64) - 1
    found[some] = np.maximum(running[np.maximum(place, first)[some]], 1)
    return found
