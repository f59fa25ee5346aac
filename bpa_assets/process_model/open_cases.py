"""Which cases have not ended yet. Rules: docs/contracts.md, "open case"."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from bpa_assets.process_model.behaviour import Behaviour
from bpa_assets.process_model.case_parts import CasePart, Flags
from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.process_model.quantiles import quantiles_cont

_USUALLY = 0.5
_LONG = 0.95


@dataclass(frozen=True)
class OpenRule:
    """How open cases are told from ended ones.

    `patience`: µs after which a case that stopped at an activity counts as ended, by code.
    """

    name: Literal["ends", "inferred"]
    patience: npt.NDArray[np.float64]
    log_end: int

    def is_open(self, cases: CasePart, last_activity: Integers) -> Flags:
        """Whether each of some cases is open."""
        return cases.running | (self.log_end - cases.last_end < self.patience[last_activity])


def open_rule(behaviour: Behaviour, last_activities: Integers) -> OpenRule:
    """The rule for a log whose cases end with `last_activities`; before its transitions are summarised."""
    ends, last = set(behaviour.config.ends), set(last_activities.tolist())
    patience = np.full(max(behaviour.names) + 1, -np.inf)
    if ends:
        patience[[code for code in last if behaviour.names[code] not in ends]] = np.inf
        return OpenRule("ends", patience, behaviour.last_end)
    for code in last:
        patience[code] = _patience(behaviour, code)
    return OpenRule("inferred", patience, behaviour.last_end)


def _patience(behaviour: Behaviour, activity: int) -> float:
    """µs after which a case that stopped at this activity counts as ended: −inf if it usually is the last one."""
    parts = [part for (source, _), parts in behaviour.transitions.parts.items() if source == activity for part in parts]
    followed = sum(len(part) for part in parts)
    occurrences = sum(len(part) for part in behaviour.waiting.parts[activity])
    if not parts or followed < _USUALLY * occurrences:
        return -np.inf
    return quantiles_cont(parts, (_LONG,))[0] * 1e6
