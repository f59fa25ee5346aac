"""A calibrated process with the decisions of a plan carried out: what is then simulated.

A new kind of decision is carried out in `steps` (what is done), `people` (by whom and when) or `dispatch` (who takes
what next), and called here. What changes are worth is not judged here.
"""

from collections.abc import Mapping

from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.changed.dispatch import with_dispatch
from bpa_assets.optimized_plan.changed.merged_steps import merged
from bpa_assets.optimized_plan.changed.order import parallel
from bpa_assets.optimized_plan.changed.people import with_headcount, with_reassigned, with_shifts
from bpa_assets.optimized_plan.changed.steps import automated, skipped
from bpa_assets.optimized_plan.plan import Decisions
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.plan_settings import Eligible


def changed(
    model: SimulationModel, decisions: Decisions, eligibility: Mapping[str, Eligible], costs: Costs
) -> SimulationModel:
    """Return the model under these decisions; without any, the model itself.

    No step is taken out of a trace and nobody out of the list of resources, so every draw stays what it was: the two
    models meet the same cases. Who is let go may do nothing any more; who is hired comes behind all others. The step
    of a merged pair is an activity of its own that goes by the name of the first: of an activity by name, take all
    codes. Raise ValueError naming an activity or a role that the model does not have.
    """
    for activity in decisions.automated:
        rule = eligibility[activity].automate
        model = automated(model, activity, rule.effort if rule else 1.0)
    for activity in decisions.skipped:
        model = skipped(model, activity)
    for first, second in decisions.merged:
        model = merged(model, first, second)
    for first, second in decisions.parallel:
        model = parallel(model, first, second)
    for role, number in decisions.headcount.items():
        model = with_headcount(model, role, number)
    model = with_reassigned(model, decisions.reassigned) if decisions.reassigned else model
    for role, shifts in decisions.shifts.items():
        model = with_shifts(model, role, shifts)
    return with_dispatch(model, decisions.dispatch, costs) if decisions.dispatch else model
