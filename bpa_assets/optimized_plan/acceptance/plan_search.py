"""The whole search for plans as one plain function: the gate, the search, the judgement, the controls.

Each part lives in a module of its own; here is only their order, and the sentence that says why there is no plan.
"""

from collections.abc import Mapping

from bpa_assets.optimized_plan.plan import PlanSearch
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.settings import ProcessConfig

SEED = 1


def search_plans(
    model: SimulationModel, passed: Mapping[str, bool | None], config: ProcessConfig, *, seed: int = SEED
) -> PlanSearch:
    """Search plans for a calibrated process, judge them and recommend one; or say in one sentence why there is none.

    `passed`: by measure of `simulation_quality` whether it passed (None: it decides nothing). The same input gives the
    same bytes. Raises InputError where `config` contradicts itself or names what the log does not have.
    """
    raise NotImplementedError
