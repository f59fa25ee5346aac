"""Deviations from the reference model that somebody has accepted, until a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bpa_assets.settings import AcceptedDeviation


@dataclass(frozen=True)
class Acceptances:
    """What is accepted on a day: accepted_deviations of process.yaml."""

    configured: Sequence[AcceptedDeviation]
    today: date

    def of(self, kind: str, activity: str) -> AcceptedDeviation | None:
        """The acceptance of a deviation that lasts longest, if there is one that still counts."""
        fitting = [one for one in self.configured if one.activity == activity and one.kind in (None, kind)]
        valid = [one for one in fitting if one.until >= self.today]
        return max(valid, key=lambda one: one.until, default=None)

    def sentences(self, found: Collection[tuple[str, str]]) -> list[str]:
        """What a person should know of them, given the deviations (kind, activity) that were found."""
        said = []
        for one in self.configured:
            what = f"{one.kind or 'any deviation of'} '{one.activity}', accepted by {one.by}"
            meets = any(activity == one.activity and one.kind in (None, kind) for kind, activity in found)
            if one.until < self.today:
                said.append(f"{what}: that ended on {one.until.isoformat()} and no longer counts")
            elif not meets:
                said.append(f"{what}: no case deviates so")
        return said
