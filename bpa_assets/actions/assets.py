"""What accepted rules and plans ask for, and what rules changed since they were switched on, as assets of a process."""

from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl
import pyarrow.compute as pc
import pyarrow.parquet

from bpa_assets.actions.effects import done_by_rule, rule_effects
from bpa_assets.actions.firing_cases import attribute_names, firings
from bpa_assets.actions.placeholders import names_in
from bpa_assets.actions.proposals import Systems, plan_proposals, rule_proposals, unknown_names
from bpa_assets.descriptions import OWNERS, description_of
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.model_tables import table_of
from bpa_assets.rule_set.mining.mining import MinedFrom
from bpa_assets.settings import ProcessConfig, read_process_config
from bpa_resources.connectors.engine import open_connectors
from bpa_resources.errors import InputError
from bpa_resources.home import Home, this_home
from bpa_resources.lake import ProcessLake
from bpa_resources.lake_io import lake_of
from bpa_resources.ledger.ledger import open_ledger
from bpa_resources.ledger.stored_table import actions_table
from bpa_resources.process_files import ProcessFiles
from bpa_resources.run_tags import NOTE

_OF_CASES = ["case_id", "ended_at", "is_open", "sla_breached", "cycle_time_seconds"]


@dg.asset(
    partitions_def=PROCESSES,
    group_name="actions",
    owners=OWNERS,
    kinds={"parquet"},
    description=description_of("proposed_actions"),
)
def proposed_actions(
    context: dg.AssetExecutionContext,
    rule_set: list[Path],
    event_log: list[Path],
    cases: list[Path],
    variants: list[Path],
    activities: list[Path],
    event_attribute: list[Path],
    process_model: list[Path],
    plan_change: list[Path],
    process_files: ProcessFiles,
) -> dg.Output[Any]:
    """What the accepted rules ask for on the open cases, and the accepted plan; nothing is sent from here."""
    lake = lake_of(context)
    config = read_process_config(process_files.inbox(lake.process).beside("process.yaml"))
    net = lake.home.models(lake.process) / f"{process_model[0].stem}.pnml"
    source = MinedFrom(event_log, cases, variants, activities, event_attribute, net, None, config)
    known = attribute_names(pyarrow.parquet.read_table(event_attribute))
    wanted = {name for one in config.push.actions.values() for name in names_in(one.input)} & set(known)
    rules = [row for row in pyarrow.parquet.read_table(rule_set).to_pylist() if row["status"] == "accepted"]
    fired, notes = firings(source, rules, wanted)
    systems = _systems(lake.home) if config.push.actions else Systems(None, "push.actions is empty")
    rows = rule_proposals(lake.process, fired, config.push, systems)
    plan, more = _of_the_plan([*plan_change, *lake.files("plan_change")], lake, config, systems)
    said = [*notes, *more, *unknown_names(config.push, known)]
    shown = {"to_be_sent": sum(row["problem"] is None for row in (*rows, *plan)), "enabled": config.push.enabled}
    return dg.Output(
        table_of("proposed_actions", [*rows, *plan]), metadata={**shown, **({NOTE: "\n".join(said)} if said else {})}
    )


def _systems(home: Home) -> Systems:
    try:
        with open_ledger(home) as ledger:
            return Systems(open_connectors(home.folder, ledger.shared))
    except InputError as error:
        return Systems(None, str(error))


def _of_the_plan(
    files: list[Path], lake: ProcessLake, config: ProcessConfig, systems: Systems
) -> tuple[list[dict[str, Any]], list[str]]:
    """Rows for the changes of the accepted plan, as this run or the published one has it, and why there are none."""
    if config.accepted_plan is None:
        return [], []
    plan = config.accepted_plan.plan
    found = (pyarrow.parquet.read_table(file, filters=[("plan_id", "=", plan)]).to_pylist() for file in files)
    changes: list[dict[str, Any]] = next((rows for rows in found if rows), [])
    if changes:
        return plan_proposals(lake.process, plan, changes, config.push, systems), []
    with open_ledger(lake.home) as ledger:
        entered = any(one.rule_id.startswith(f"{plan}/") for one in ledger.actions(lake.process))
    return [], [] if entered else [f"accepted_plan: no plan {plan} with changes is known"]


@dg.asset(group_name="kpis", owners=OWNERS, kinds={"sqlalchemy"})
def executed_actions() -> dg.MaterializeResult[Any]:
    """One row per action of the ledger, as it stands when the KPI database is brought up to date."""
    actions = actions_table(this_home())
    counts = {row["values"]: row["counts"] for row in pc.value_counts(actions["status"]).to_pylist()}
    return dg.MaterializeResult(metadata={"dagster/row_count": actions.num_rows, **counts})


@dg.asset(
    partitions_def=PROCESSES,
    group_name="actions",
    owners=OWNERS,
    kinds={"parquet"},
    description=description_of("rule_effect"),
)
def rule_effect(context: dg.AssetExecutionContext, rule_firing: list[Path], cases: list[Path]) -> Any:
    """Whether rules changed anything since their first action was done."""
    lake = lake_of(context)
    with open_ledger(lake.home) as ledger:
        done = done_by_rule(ledger.actions(lake.process, states=("done",)))
    rows = rule_effects(pl.read_parquet(rule_firing), pl.read_parquet(cases, columns=_OF_CASES), done)
    return table_of("rule_effect", rows)
