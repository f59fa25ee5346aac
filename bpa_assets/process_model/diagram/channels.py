"""Vertical parts of flows between two layers: each in a track of its own, so that no two flows lie on each other.

After Sander, "Layout of Directed Hypergraphs with Orthogonal Hyperedges" (2004): what leaves one gateway, or what
reaches one, shares a trunk. The trunk that begins at a height must lie left of one that ends at it; where that goes
round in a circle, a trunk is cut in two.
"""

from collections import defaultdict
from dataclasses import dataclass, field

_CLEAR = 10.0
_ROUNDS = 6


@dataclass
class Trunk:
    """A vertical line of a channel; `left` and `right` are the heights at which lines reach it from either side.

    Of a trunk that was cut, both parts reach to the height `joint`.
    """

    left: set[float] = field(default_factory=set)
    right: set[float] = field(default_factory=set)
    joint: set[float] = field(default_factory=set)
    track: int = 0

    @property
    def low(self) -> float:
        """Its upper end."""
        return min(self.left | self.right | self.joint)

    @property
    def high(self) -> float:
        """Its lower end."""
        return max(self.left | self.right | self.joint)


@dataclass
class Channel:
    """The trunks by what shares them; of one that was cut, the second part with the height where they meet."""

    trunks: dict[tuple[str, int], Trunk] = field(default_factory=lambda: defaultdict(Trunk))
    cut: dict[tuple[str, int], tuple[float, Trunk]] = field(default_factory=dict)
    tracks: int = 0

    def number_tracks(self) -> None:
        """Give each trunk its track, counted from the left."""
        trunks = {key: trunk for key, trunk in self.trunks.items() if trunk.low < trunk.high}
        ordered = self._ordered(trunks)
        _improve(ordered)
        for number, trunk in enumerate(ordered):
            earlier = [other.track + 1 for other in ordered[:number] if _apart(other, trunk) or _before(other, trunk)]
            trunk.track = max(earlier, default=0)
        self.tracks = max((trunk.track + 1 for trunk in ordered), default=0)

    def _ordered(self, trunks: dict[tuple[str, int], Trunk]) -> list[Trunk]:
        """The trunks so that none lies right of one it must lie left of; cuts where there is no such order."""
        waiting = dict(sorted(trunks.items(), key=lambda one: (one[1].low, one[0])))
        rest = list(waiting.values())
        ordered: list[Trunk] = []
        while rest:
            free = next(
                (one for one in rest if not any(_before(other, one) for other in rest if other is not one)), None
            )
            if free is None:
                key, trunk = next((key, one) for key, one in waiting.items() if one in rest and one.left and one.right)
                height = self._free_height(trunk)
                second = Trunk(right=trunk.right, joint={height})
                trunk.right, trunk.joint = set(), {height}
                self.cut[key] = height, second
                rest.append(second)
                del waiting[key]
            else:
                rest = [one for one in rest if one is not free]
                ordered.append(free)
        return ordered

    def _free_height(self, trunk: Trunk) -> float:
        """The height nearest to the middle of a trunk at which no line of the channel runs."""
        parts = [*self.trunks.values(), *(second for _, second in self.cut.values())]
        used = {height for part in parts for height in part.left | part.right | part.joint}
        middle = round((trunk.low + trunk.high) / 2)
        distance = 0.0
        while True:
            for height in (middle + distance, middle - distance):
                if all(abs(height - other) >= _CLEAR for other in used):
                    return height
            distance += 1


def _before(one: Trunk, other: Trunk) -> bool:
    """Whether `one` must lie left of `other`: its line from the left is as high as the other's to the right."""
    return one is not other and not one.left.isdisjoint(other.right)


def _apart(one: Trunk, other: Trunk) -> bool:
    """Whether the trunks would touch in one track."""
    return one.low < other.high + _CLEAR and other.low < one.high + _CLEAR


def _crossings(one: Trunk, other: Trunk) -> int:
    """How often flows cross if `one` lies left of `other`."""
    over = sum(other.low < height < other.high for height in one.right)
    return over + sum(one.low < height < one.high for height in other.left)


def _improve(ordered: list[Trunk]) -> None:
    """Exchange trunks that need not keep their order where that saves crossings."""
    for _ in range(_ROUNDS):
        changed = False
        for place in range(len(ordered) - 1):
            one, two = ordered[place : place + 2]
            if not _before(one, two) and _crossings(two, one) < _crossings(one, two):
                ordered[place : place + 2] = [two, one]
                changed = True
        if not changed:
            break
