"""What `bpa run` ends with: the figures of what was published, and the paths to open."""

import os
import shutil
import sys
from pathlib import Path

from bpa_assets.durations import duration_text
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake

_MOST_PLACES = 3


def print_summary(home: Home, process: str, *, seconds: float) -> None:
    """Figures of the published run, what was assumed, and where to go on."""
    import duckdb

    with duckdb.connect(str(home.kpis), read_only=True) as connection:
        row = connection.execute(
            "select events, cases, open_cases, activities, variants, rejected_events, rows_paired, "
            "imputed_values, run_id from dim_process where process = $process",
            {"process": process},
        ).fetchall()[0]
    events, cases, still_open, activities, variants, rejected, paired, imputed, run_id = row
    lake = ProcessLake(home, process, "")
    print(f"\n{process} is published ({seconds:.1f} s)")
    print(
        f"  {events:,} events in {cases:,} cases ({still_open:,} open), "
        f"{activities:,} activities, {variants:,} variants"
    )
    if rejected or paired:
        print(f"  {rejected:,} records rejected, {paired:,} merged into the row they belong to")
    if imputed:
        print(f"  {imputed:,} absent values filled in as the log itself tells them (quality_issue says how surely)")
    for line in (_model_line, _reference_line, _waiting_line, _rules_line, _simulation_line, _plan_line):
        if said := line(lake):
            print(f"  {said}")
    if said := _actions_line(home, process):
        print(f"  {said}")
    for finding in _findings(lake):
        print(f"  note: {finding}")
    print(f"\n  report        {typed_path(home.report(process))}")
    print(f"  KPI database  {typed_path(home.kpis)}")
    print(f"  event log     {typed_path(lake.files('event_log')[0])}")
    print(f"  quality       {typed_path(home.quality_reports(process) / f'{run_id}.html')}")
    for name, kind in _FILES:
        file = home.models(process) / f"{run_id}.{kind}"
        if file.exists():
            print(f"  {name:<14}{typed_path(file)}")
    print(f"  inbox         {typed_path(home.inbox(process))}")
    where = "" if home.folder == Path("bpa_home").absolute() else f" --home {typed_path(home.folder)}"
    question = f"from kpi_process_latest where process = '{process}'"
    print(f'  query it      {command("bpa")} sql{where} "{question}"')
    print(f"  Dagster UI    {command('bpa')} dev{where}")


_FILES = (
    *(("model", "bpmn"), ("rules", "rules.json"), ("decisions", "dmn"), ("plans", "plan.json")),
    *(("plan drawn", "plan.bpmn"), ("for Prosimos", "prosimos.json"), ("plan for it", "plan.prosimos.json")),
)
"""What is told of the files beside the model: what each is, and the end of its name."""


def _model_line(lake: ProcessLake) -> str:
    import pyarrow.parquet

    (model,) = pyarrow.parquet.read_table(lake.files("process_model")).to_pylist()
    known = {name: model[name] for name in ("fitness", "precision") if model[name] is not None}
    figures = "".join(f", {name} {value:.2f}" for name, value in known.items())
    return f"model: {model['candidate']}{figures}"


def _reference_line(lake: ProcessLake) -> str:
    """How the log and the model follow reference.bpmn; empty without one."""
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(lake.files("reference_model")).to_pylist()
    if not rows:
        return ""
    (model,) = rows
    names = {"fitness": "fitness", "activities_accuracy": "activities found", "relations_accuracy": "relations found"}
    figures = "".join(f", {said} {model[name]:.2f}" for name, said in names.items() if model[name] is not None)
    matched = f"{model['matched_activities']} of its activities in the log"
    part = "" if model["aligned_share"] == 1 else f" (of {model['aligned_share']:.1%} of the cases)"
    return f"reference.bpmn: {matched}{figures}{part}"


def _waiting_line(lake: ProcessLake) -> str:
    """Where most time is lost; nothing where nothing waits."""
    import pyarrow.parquet

    places = pyarrow.parquet.read_table(lake.files("bottlenecks")).to_pylist()
    told = [
        f"{place['activity']} ({place['share_of_waiting']:.0%} of all waiting, "
        f"{duration_text(place['mean_waiting_seconds'])} on average)"
        for place in places[:_MOST_PLACES]
        if place["preceding_activity"] is None and place["total_waiting_seconds"]
    ]
    return f"waits most for: {', '.join(told)}" if told else ""


def _rules_line(lake: ProcessLake) -> str:
    """How many rules there are, the most telling one, what came and went; empty where the run has not looked."""
    import pyarrow.parquet

    from bpa_assets.rule_set.rule_sentence import short_sentence
    from bpa_assets.rule_set.share_text import share_text
    from bpa_assets.rule_set.strength import most_telling

    files = lake.files("rule_set")
    if not files:
        return ""
    rows = pyarrow.parquet.read_table(files).to_pylist()
    gone = sum(pyarrow.parquet.read_metadata(file).num_rows for file in lake.files("gone_rule"))
    new = sum(row["change"] == "new" for row in rows)
    changed = f", {new} new, {gone} gone" if new or gone else ""
    first = most_telling(rows)
    if first is None:
        return f"rules: {len(rows)}{changed}"
    right = f"right in {share_text(first['holdout_precision'])} of {first['holdout_support']:,} later cases"
    return f"rules: {len(rows)}{changed} (such as: {short_sentence(first)}, {right})"


def _simulation_line(lake: ProcessLake) -> str:
    """How near the simulation is to the log; nothing where there is none, or no case has an end to compare with."""
    import pyarrow.compute
    import pyarrow.parquet

    still_open = pyarrow.parquet.read_table(lake.files("cases"), columns=["is_open"])["is_open"]
    if pyarrow.compute.all(still_open).as_py():
        return ""
    rows = {row["measure"]: row for row in pyarrow.parquet.read_table(lake.files("simulation_quality")).to_pylist()}
    if "mean_cycle_seconds" not in rows:
        return ""
    mean, p90 = rows["mean_cycle_seconds"], rows["p90_cycle_seconds"]
    return (
        f"simulation: mean cycle time {duration_text(mean['simulated'])} (the log's {duration_text(mean['real'])}, "
        f"{mean['value']:+.1%}), 90th percentile {p90['value']:+.1%}"
    )


def _plan_line(lake: ProcessLake) -> str:
    """The recommended plan, or why there is none; empty where the run has not looked."""
    import pyarrow.parquet

    from bpa_assets.optimized_plan.plan_files.plan_sentence import plan_sentence

    files = lake.files("plan_search")
    if not files:
        return ""
    (search,) = pyarrow.parquet.read_table(files).to_pylist()
    said = plan_sentence(search, pyarrow.parquet.read_table(lake.files("plan")).to_pylist())
    assumed = f" ({len(search['assumptions'])} assumptions: see the report)" if search["assumptions"] else ""
    return f"{'plan' if search['recommended'] else 'no plan'}: {said}{assumed}"


def _actions_line(home: Home, process: str) -> str:
    """How far the actions of the process are; nothing where there are none."""
    from bpa_cli.push import state_counts
    from bpa_resources.ledger.stored_table import actions_table

    actions = actions_table(home, process)["status"].to_pylist()
    return f"actions: {state_counts(actions)} (see them: bpa actions list)" if actions else ""


def _findings(lake: ProcessLake) -> list[str]:
    import pyarrow.parquet

    findings: list[str] = pyarrow.parquet.read_table(lake.files("log_accounting"))["findings"].to_pylist()[0]
    return findings


def typed_path(path: Path) -> str:
    """The path as a person here would type it."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def command(name: str) -> str:
    """A command of this environment as a person here would type it: by name if that finds it, else by path."""
    beside = Path(sys.executable).parent / name
    found = shutil.which(name)
    return name if found is not None and Path(found).resolve() == beside.resolve() else typed_path(beside)
