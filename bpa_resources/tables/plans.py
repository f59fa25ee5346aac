"""The calibrated simulation, and the plans that were judged on it."""

from bpa_resources.tables.lake_table import lake_table

SIMULATION_MODEL = lake_table(
    "simulation_model",
    "number that was calibrated for the simulation, or sentence on what the log does not tell",
    ("parameter", "VARCHAR", "The number, or note 1, 2, …"),
    ("value", "DOUBLE", "What it is; null for a note"),
    ("low", "DOUBLE", "Lower end of its 95 % bootstrap interval"),
    ("high", "DOUBLE", "Upper end"),
    ("note", "VARCHAR", "The sentence"),
)

SIMULATION_QUALITY = lake_table(
    "simulation_quality",
    "measure of how near the simulation is to the log",
    ("measure", "VARCHAR", "What is compared"),
    ("value", "DOUBLE", "How far apart: a share of the log's figure, a difference of shares, or a distance in hours"),
    ("real", "DOUBLE", "The log's figure"),
    ("simulated", "DOUBLE", "The simulation's"),
    ("passed", "BOOLEAN", "Near enough; null where it decides nothing"),
)

PLAN_SEARCH = lake_table(
    "plan_search",
    "search of plans",
    ("recommended", "VARCHAR", "The accepted plan to take first, null if none is accepted"),
    ("breaks_at", "DOUBLE", "Demand (1.1: +10 %) from which it breaks a goal or an SLA; null if not up to 2"),
    ("cost_goal", "DOUBLE", "Share of the cost that a plan has to take away at least"),
    ("cycle_time_goal", "DOUBLE", "Share of the mean cycle time that a plan has to take away at least"),
    ("cost_unit", "VARCHAR", "What costs are counted in: the currency of process.yaml, or hours"),
    ("proof", "VARCHAR[]", "Where no plan is accepted: why none can be, else the nearest plan, the bounds, what binds"),
    ("proven", "BOOLEAN", "No plan can reach the goals: the bounds rule it out"),
    ("assumptions", "VARCHAR[]", "What process.yaml does not say and was taken instead"),
    ("said", "VARCHAR[]", "What people should know, such as why there is no plan"),
)

PLAN = lake_table(
    "plan",
    "plan that was judged: the process as it is, choices and controls",
    ("plan_id", "VARCHAR", "The plan: p- and 12 hex digits made from its decisions"),
    ("accepted", "BOOLEAN", "It reached every goal and kept every SLA at the bounds of its intervals"),
    ("reason", "VARCHAR", "Why it was accepted, or the first thing that it misses"),
    ("cost_before", "DOUBLE", "Cost a week as it is"),
    ("cost_after", "DOUBLE", "Cost a week by the plan"),
    ("cost_change_low", "DOUBLE", "Lower end of the 95 % interval of cost_change"),
    ("cost_change_high", "DOUBLE", "Upper end"),
    ("cycle_time_before", "DOUBLE", "Mean cycle time as it is, seconds"),
    ("cycle_time_after", "DOUBLE", "Mean cycle time by the plan, seconds"),
    ("cycle_time_change_low", "DOUBLE", "Lower end of the 95 % interval of cycle_time_change"),
    ("cycle_time_change_high", "DOUBLE", "Upper end"),
    ("gap", "DOUBLE", "(objective - bound) / objective of the optimization; null of a plan that was not optimized"),
    ("bound", "DOUBLE", "Best objective that the optimization has not ruled out"),
    ("simulated_cases", "BIGINT", "Cases simulated"),
    ("simulator_error", "DOUBLE", "Simulated less real mean cycle time of the process as it is, as a share"),
    ("name", "VARCHAR", "Its name for people"),
    ("standing", "VARCHAR", "as_is, choice (a point of the Pareto front) or control"),
    ("recommended", "BOOLEAN", "It is the accepted plan to take first"),
    ("cost_change", "DOUBLE", "Share by which the cost changes (-0.2: a fifth less)"),
    ("cycle_time_change", "DOUBLE", "Share by which the mean cycle time changes"),
    ("p90_change", "DOUBLE", "Share by which the 90th percentile of the cycle time changes"),
    ("waiting_change", "DOUBLE", "Share by which the waiting changes"),
    ("changes", "BIGINT", "Lines of the plan"),
    ("objective", "DOUBLE", "What the optimization found"),
    ("solver_status", "VARCHAR", "optimal, feasible or infeasible"),
    ("decisions", "VARCHAR", "What the plan sets, as JSON"),
)

PLAN_CHANGE = lake_table(
    "plan_change",
    "line of a plan",
    ("plan_id", "VARCHAR", "The plan"),
    ("position", "BIGINT", "Place in the plan, from 1"),
    ("kind", "VARCHAR", "headcount, hours, reassign, automate, skip, merge, parallelize or dispatch"),
    ("subject", "VARCHAR", "The role, the activity, or the two activities"),
    ("from_value", "VARCHAR", "As it is"),
    ("to_value", "VARCHAR", "By the plan"),
    ("expected_change", "DOUBLE", "What it alone does to the mean cycle time, as a share"),
    ("change_low", "DOUBLE", "Lower end of its 95 % interval"),
    ("change_high", "DOUBLE", "Upper end"),
    ("reason", "VARCHAR", "Why, with figures"),
    ("cost_change", "DOUBLE", "What it alone does to the cost a week"),
)

PLAN_EFFECT = lake_table(
    "plan_effect",
    "figure of a plan in a scenario",
    ("plan_id", "VARCHAR", "The plan"),
    ("scenario", "VARCHAR", "calibration, demand +10 %, held-out weeks"),
    ("measure", "VARCHAR", "cost, cycle_time, p90_cycle_time, waiting_time, or sla and what it limits"),
    ("before", "DOUBLE", "As it is: amount a week, seconds, or share of the cases that keep the SLA"),
    ("after", "DOUBLE", "By the plan"),
    ("value", "DOUBLE", "Change as a share of the process as it is; of an SLA the share of the cases that keep it"),
    ("low", "DOUBLE", "Lower end of the 95 % interval of value"),
    ("high", "DOUBLE", "Upper end"),
    ("limit_seconds", "DOUBLE", "The limit of an SLA, else null"),
    ("needed", "DOUBLE", "Share of the cases that have to keep it, else null"),
    ("kept", "BOOLEAN", "Whether low reaches what is needed, else null"),
)

TABLES = (SIMULATION_MODEL, SIMULATION_QUALITY, PLAN_SEARCH, PLAN, PLAN_CHANGE, PLAN_EFFECT)
