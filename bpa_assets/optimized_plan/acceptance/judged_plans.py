"""Plans with their simulated proof: found ones, the controls beside them, and the process as it is."""

from collections.abc import Sequence

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.attribution import changes_of
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.scenarios import CALIBRATION, HELD_OUT, MORE_DEMAND, Scenario, held_out_from
from bpa_assets.optimized_plan.acceptance.verdict import first_missed, name_of, reason_of_acceptance
from bpa_assets.optimized_plan.plan import Decisions, JudgedPlan, Surrogate


def scenarios_of(judge: Judge) -> tuple[Scenario, ...]:
    """Return the scenarios of a process; a log that is too short has no held-out weeks."""
    has_held_out = held_out_from(judge.model) is not None and judge.has_cases(HELD_OUT)
    return (CALIBRATION, MORE_DEMAND, HELD_OUT) if has_held_out else (CALIBRATION, MORE_DEMAND)


def judged_plan(
    judge: Judge,
    today: AsItIs,
    scenarios: Sequence[Scenario],
    decisions: Decisions,
    *,
    standing: str,
    name: str | None = None,
    surrogate: Surrogate | None = None,
) -> JudgedPlan:
    """Judge a plan under all scenarios, line by line, and say whether it is accepted and why.

    A plan without a name goes by what it does.
    """
    effects = tuple(judge.effect(decisions, scenario) for scenario in scenarios)
    changes = changes_of(judge, decisions, today)
    missed = "It changes nothing." if decisions == AS_IS else first_missed(effects, judge.terms, changes=len(changes))
    return JudgedPlan(
        plan_id=plan_id(decisions),
        name=name or name_of(effects[0]),
        standing=standing,
        decisions=decisions,
        changes=changes,
        effects=effects,
        accepted=missed is None,
        reason=missed or reason_of_acceptance(effects),
        surrogate=surrogate,
    )
