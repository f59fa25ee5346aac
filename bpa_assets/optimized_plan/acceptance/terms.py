"""What plans are judged by: the goals, the promises, what hours cost, and what may be changed how."""

from collections.abc import Mapping
from dataclasses import dataclass

from bpa_assets.event_log.event_table import Rates
from bpa_assets.optimized_plan.acceptance.promises import Promise, promises_of
from bpa_assets.optimized_plan.changed.cost import Costs
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.plan_settings import Eligible
from bpa_assets.settings import ProcessConfig

COST_REDUCTION, CYCLE_TIME_REDUCTION, MOST_CHANGES = 0.10, 0.20, 8
"""What is aimed at where `goals` does not say it; each is told as an assumption."""


@dataclass(frozen=True)
class Terms:
    """The shares by which cost and mean cycle time must fall, the most changes; promises, costs, what is eligible."""

    cost_reduction: float
    cycle_time_reduction: float
    changes: int
    promises: tuple[Promise, ...]
    costs: Costs
    eligibility: Mapping[str, Eligible]

    @classmethod
    def of(cls, config: ProcessConfig, model: SimulationModel) -> "Terms":
        """Read them from the settings; what these do not say is assumed, see `assumed_goals`."""
        goals, cost = config.goals, config.cost
        return cls(
            cost_reduction=COST_REDUCTION if goals.cost_reduction is None else goals.cost_reduction,
            cycle_time_reduction=(
                CYCLE_TIME_REDUCTION if goals.cycle_time_reduction is None else goals.cycle_time_reduction
            ),
            changes=MOST_CHANGES if goals.changes is None else goals.changes,
            promises=promises_of(config, model.activities),
            costs=Costs(Rates(cost.per_hour, cost.default_per_hour), cost.basis or "paid"),
            eligibility=config.eligibility,
        )


def assumed_goals(config: ProcessConfig) -> tuple[str, ...]:
    """Return a sentence on each goal that was not said, and on SLAs where there are none."""
    goals, said = config.goals, []
    if goals.cost_reduction is None:
        said.append(f"Goal: cost falls by {COST_REDUCTION:.0%} (goals.cost_reduction is not set).")
    if goals.cycle_time_reduction is None:
        said.append(
            f"Goal: the mean cycle time falls by {CYCLE_TIME_REDUCTION:.0%} (goals.cycle_time_reduction is not set)."
        )
    if goals.changes is None:
        said.append(f"A plan has at most {MOST_CHANGES} changes (goals.changes is not set).")
    if config.sla.cycle_time is None and config.sla.waiting_time is None and not config.sla.activities:
        said.append("No limit of cycle time or waiting has to be kept (sla is not set).")
    return tuple(said)
