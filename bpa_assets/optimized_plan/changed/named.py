"""Activities and roles of a simulation model by their names."""

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Ints, SimulationModel, Workforce


def activity_codes(model: SimulationModel, activity: str) -> Ints:
    """Return all codes of an activity: its own, and those of merged pairs that begin with it."""
    codes = np.array([code for code, name in enumerate(model.activities) if name == activity], np.int64)
    if not len(codes):
        raise ValueError(f"the process has no activity {activity!r}")
    return codes


def role_code(work: Workforce, role: str) -> int:
    """Return the code of a role."""
    if role not in work.roles:
        raise ValueError(f"the process has no role {role!r}")
    return work.roles.index(role)
