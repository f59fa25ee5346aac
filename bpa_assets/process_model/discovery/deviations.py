"""Where a variant leaves the model: what is on one side of its alignment only."""

from collections.abc import Iterator
from typing import NamedTuple

from bpa_assets.process_model.discovery.alignments import Alignment


class Deviation(NamedTuple):
    """`position`: the move in the alignment, from 0; `kind`: skipped, inserted or swapped."""

    position: int
    kind: str
    activity: str


def deviations(variant: tuple[str, ...], alignment: Alignment) -> Iterator[Deviation]:
    """The deviations of a variant, in its order.

    Skipped: the model wants the activity and the case has none there. Inserted: the case has it and the model does not
    allow it there. Swapped: both are true of one activity, at different places; told once, where the case has it.
    """
    skipped = [move for place, move in alignment.moves if place is None and move is not None]
    inserted = [variant[place] for place, move in alignment.moves if place is not None and move is None]
    swapped = {activity: min(skipped.count(activity), inserted.count(activity)) for activity in inserted}
    told_by_log, told_by_model = dict(swapped), dict(swapped)
    for position, (place, move) in enumerate(alignment.moves):
        if place is None and move is not None:
            if told_by_model.get(move, 0):
                told_by_model[move] -= 1
            else:
                yield Deviation(position, "skipped", move)
        elif place is not None and move is None:
            activity = variant[place]
            kind = "swapped" if told_by_log[activity] else "inserted"
            told_by_log[activity] -= kind == "swapped"
            yield Deviation(position, kind, activity)
