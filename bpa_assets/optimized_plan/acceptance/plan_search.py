"""The whole search for plans as one plain function: the gate, the search, the judgement, the controls.

Each part lives in a module of its own; here is only their order.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from bpa_assets.optimized_plan.acceptance.as_it_is import AsItIs
from bpa_assets.optimized_plan.acceptance.change_lines import plan_id
from bpa_assets.optimized_plan.acceptance.controls import controls
from bpa_assets.optimized_plan.acceptance.fragility import breaks_at
from bpa_assets.optimized_plan.acceptance.gate import roles_kept, why_no_plan
from bpa_assets.optimized_plan.acceptance.idle_changes import without_idle_changes
from bpa_assets.optimized_plan.acceptance.judge import AS_IS, Judge
from bpa_assets.optimized_plan.acceptance.judged_plans import judged_plan, scenarios_of
from bpa_assets.optimized_plan.acceptance.named_settings import check_names
from bpa_assets.optimized_plan.acceptance.not_reached import why_none_is_accepted
from bpa_assets.optimized_plan.acceptance.scenarios import HELD_OUT, LEAST_WEEKS
from bpa_assets.optimized_plan.acceptance.terms import Terms, assumed_goals
from bpa_assets.optimized_plan.acceptance.verdict import beaten_by_controls, recommended
from bpa_assets.optimized_plan.optimization.candidates import Candidates
from bpa_assets.optimized_plan.optimization.labour_limits import role_limits
from bpa_assets.optimized_plan.optimization.search import found_plans
from bpa_assets.optimized_plan.plan import Effect, JudgedPlan, PlanSearch
from bpa_assets.optimized_plan.process_simulation_model import SimulationModel
from bpa_assets.settings import ProcessConfig

SEED = 1
"""Of the draws that plans are searched on, the same for every search: which plan is found is no matter of luck."""

FRESH = 1_000_003
"""Plans are judged on other draws than they were found on: the best of many tries owes some of it to its draws."""


def search_plans(
    model: SimulationModel,
    passed: Mapping[str, bool | None],
    config: ProcessConfig,
    *,
    seed: int = SEED,
    search_seed: int = SEED,
) -> PlanSearch:
    """Search plans for a calibrated process, judge them and recommend one; or say in one sentence why there is none.

    `passed`: by measure of `simulation_quality` whether it passed (None: it decides nothing). `seed`: of the draws that
    plans are judged on; another one gives the same plans and other intervals. `search_seed`: of those that they are
    searched on, to see what a search owes to them. The same input gives the same bytes. Raises InputError where
    `config` contradicts itself or names what the log does not have.
    """
    why_not = why_no_plan(model, passed)
    if why_not is not None:
        return PlanSearch((), None, (), (), None, (why_not,))
    check_names(config, model)
    terms, kept = Terms.of(config, model), roles_kept(model, passed)
    finder, judge = Judge(model, terms, search_seed), Judge(model, terms, seed + FRESH)
    found = _leaner(finder, found_plans(finder, config.labour, closed=kept), config.labour.separate)
    plans = beaten_by_controls(_judged(judge, config, kept, found))
    best = recommended(plans)
    return PlanSearch(
        plans=tuple(plans),
        recommended=best.plan_id if best else None,
        proof=() if best else why_none_is_accepted(plans, found, terms),
        proven=best is None and bool(found.proof),
        assumptions=(*assumed_goals(config), *found.assumptions),
        breaks_at=breaks_at(judge, best.decisions) if best else None,
        said=(*found.said, *_notes(plans[0].effects, kept)),
    )


def _leaner(judge: Judge, found: Candidates, separate: Sequence[tuple[str, str]]) -> Candidates:
    """The plans found, each without the changes that are worth nothing."""
    front = (replace(one, decisions=without_idle_changes(judge, one.decisions, separate)) for one in found.front)
    return replace(found, front=tuple(front))


def _judged(judge: Judge, config: ProcessConfig, kept: Collection[str], found: Candidates) -> Iterator[JudgedPlan]:
    """The process as it is, the plans found, the controls; each plan once."""
    today, scenarios = AsItIs.of(judge), scenarios_of(judge)
    judged = partial(judged_plan, judge, today, scenarios)
    yield judged(AS_IS, standing="as_is", name="as it is")
    seen = {plan_id(AS_IS)}
    for one in found.front:
        if plan_id(one.decisions) not in seen:
            seen.add(plan_id(one.decisions))
            yield judged(one.decisions, standing="choice", surrogate=one.surrogate)
    limits = [one for one in role_limits(judge.model, config.labour) if one.role not in kept]
    choices = [one.decisions for one in found.front]
    for control in controls(judge, today, limits, choices, config.labour.separate):
        if plan_id(control.decisions) not in seen:
            seen.add(plan_id(control.decisions))
            yield judged(control.decisions, standing="control", name=control.name)


def _notes(effects: Sequence[Effect], kept: Collection[str]) -> Iterator[str]:
    """What a reader of plans has to know of the process as it is, with these effects."""
    for role in sorted(kept):
        yield f"No plan changes the people or hours of {role}: how busy it is is not reproduced."
    if all(effect.scenario != HELD_OUT.name for effect in effects):
        yield f"The log has fewer than {LEAST_WEEKS} weeks, so no plan is tested on weeks that the search has not seen."
    for sla in effects[0].slas:
        if not sla.kept:
            kept_by = f"{sla.before:.1%} of the cases keep it, {sla.needed:.1%} should"
            yield f"The limit {sla.name} is broken already: {kept_by}."
