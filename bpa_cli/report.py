"""What `bpa run` prints: a line an asset while it works, a summary with the paths to open."""

import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any

import dagster as dg

from bpa_assets.durations import duration_text
from bpa_resources.errors import one_line
from bpa_resources.home import Home
from bpa_resources.lake import ProcessLake
from bpa_resources.run_tags import NOTE

_WIDTH = 24
_MOST_WARNINGS = 8
_MOST_PLACES = 3


class Progress:
    """Prints what happens in a run, and keeps why it failed."""

    def __init__(self, process: str, *, verbose: bool = False, names_assets: bool = True) -> None:
        self._out = sys.stdout  # before anything redirects it
        self._verbose = verbose
        self._names_assets = names_assets
        self._last = monotonic()
        self._problem: str | None = None
        self._refused = False
        self._stopped = False
        self._warnings: list[str] = []
        self._say(process)

    def tell(self, sentences: Iterable[str]) -> None:
        """Print sentences that a person should know."""
        for sentence in sentences:
            self._say(f"  note: {sentence}")

    def see(self, event: dg.DagsterEvent) -> None:
        """Print a line for an asset, and for a check that failed."""
        kind = event.event_type_value
        if kind == "STEP_START":
            self._last = monotonic()
        elif kind == "ASSET_MATERIALIZATION":
            self._asset(event)
        elif kind == "ASSET_CHECK_EVALUATION":
            self._check(event)
        elif kind == "STEP_FAILURE" and not self._problem:
            self._failure(event)
        elif kind in ("RUN_FAILURE", "PIPELINE_FAILURE") and not self._problem:
            self._problem = event.message or "the run failed"

    def outcome(self, status: dg.DagsterRunStatus) -> int:
        """Exit status of a run that ended; a failure is named on stderr. Raises KeyboardInterrupt if it was stopped."""
        self._tell_warnings()
        if status == dg.DagsterRunStatus.SUCCESS:
            return 0
        if self._stopped:
            raise KeyboardInterrupt
        print(f"bpa: {one_line(self._problem or 'the run failed')}", file=sys.stderr)
        return 2 if self._refused else 1

    def _asset(self, event: dg.DagsterEvent) -> None:
        materialization = event.step_materialization_data.materialization
        rows = materialization.metadata.get("dagster/row_count")
        name = materialization.asset_key.path[-1]
        if name.startswith("stg_") or not self._names_assets:
            return
        count = f"{rows.value:>14,} rows" if rows is not None else " " * 19
        now = monotonic()
        self._say(f"  {name:<{_WIDTH}}{count}{now - self._last:>9.1f} s")
        self._last = now
        if NOTE in materialization.metadata:
            self.tell(str(materialization.metadata[NOTE].value).splitlines())

    def _check(self, event: dg.DagsterEvent) -> None:
        check = event.asset_check_evaluation_data
        if check.passed:
            return
        figures = ", ".join(f"{name} {_short(value.value)}" for name, value in check.metadata.items())
        why = check.description or figures
        sentence = f"check {check.check_name} of {check.asset_key.path[-1]} failed: {why}"
        if check.severity == dg.AssetCheckSeverity.ERROR and check.blocking:
            self._problem = self._problem or f"stopped: {sentence}; what was published stays"
        elif check.severity == dg.AssetCheckSeverity.ERROR:
            self._warnings.insert(0, sentence)
        else:
            self._warnings.append(sentence)

    def _tell_warnings(self) -> None:
        """The checks that failed and let the run go on: the worst first, as they come, and not too many."""
        for sentence in self._warnings[:_MOST_WARNINGS]:
            self._say(f"  warning: {sentence}")
        more = len(self._warnings) - _MOST_WARNINGS
        if more > 0:
            self._say(f'  and {more} more: bpa sql "from quality_issue"')
        self._warnings.clear()

    def _failure(self, event: dg.DagsterEvent) -> None:
        data = event.step_failure_data
        told = data.user_failure_data
        if told is not None and told.description:
            self._refused = "refused_input" in (told.metadata or {})
            self._problem = told.description
            return
        self._stopped = data.error is not None and data.error.cls_name == "DagsterExecutionInterruptedError"
        cause: Any = data.error
        while cause is not None and cause.cause is not None:
            cause = cause.cause
        self._problem = f"{event.step_key} failed: {cause.message.strip() if cause else 'for an unknown reason'}"
        if self._verbose and data.error is not None:
            print(data.error.to_string(), file=sys.stderr)

    def _say(self, line: str) -> None:
        print(line, flush=True, file=self._out)


def _short(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else str(value)


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
    """How near the simulation is to the log; nothing where there is none."""
    import pyarrow.parquet

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

    actions = actions_table(home, process).to_pylist()
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
