"""What `bpa run` prints while it works: a line a step, with what it made, and what a person should know."""

import sys
from collections.abc import Iterable
from time import monotonic
from typing import Any

import dagster as dg

from bpa_cli.exit_status import DONE, FAILED, WRONG_INPUT
from bpa_resources.errors import one_line
from bpa_resources.run_tags import NOTE

_MOST_WARNINGS = 8
_MOST_FIGURES = 20  # a step that makes more tables tells how many

_FIGURES = {
    "event_log": "events",
    "quality_issue": "kinds of faults",
    "cases": "cases",
    "variants": "variants",
    "waiting_by_resource": "pairs of activity and person",
    "waiting_causes": "causes of waiting",
    "bottlenecks": "places where cases wait",
    "model_candidate": "models tried",
    "reference_model": "reference models",
    "deviation": "deviations",
    "rule_set": "rules",
    "simulation_quality": "figures set beside the log's",
    "plan": "plans and controls judged",
    "proposed_actions": "actions proposed",
    "kpi_snapshot": "key figures",
}
"""Of which assets a step's line tells the number of rows, and what they are."""


class Progress:
    """Prints what happens in a run, and keeps why it failed."""

    def __init__(self, process: str, *, verbose: bool = False, names_steps: bool = True) -> None:
        self._out = sys.stdout  # before anything redirects it
        self._verbose = verbose
        self._names_steps = names_steps
        self._begun = monotonic()
        self._made: dict[str, Any] = {}
        self._notes: list[str] = []
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
        """Print a line for a step that made something, and keep what its checks found."""
        kind = event.event_type_value
        if kind == "STEP_START":
            self._begun, self._made, self._notes = monotonic(), {}, []
        elif kind == "ASSET_MATERIALIZATION":
            self._asset(event)
        elif kind == "STEP_SUCCESS":
            self._step(event.step_key or "")
        elif kind == "ASSET_CHECK_EVALUATION":
            self._check(event)
        elif kind == "STEP_FAILURE" and not self._problem:
            self._failure(event)
        elif kind in ("RUN_FAILURE", "PIPELINE_FAILURE") and not self._problem:
            self._problem = event.message or "the run failed"

    def stop(self) -> None:
        """The run was told to stop, and did: what it failed with is how it ended, not why."""
        self._stopped = True

    def outcome(self, status: dg.DagsterRunStatus) -> int:
        """Exit status of a run that ended; a failure is named on stderr. Raises KeyboardInterrupt if it was stopped."""
        self._tell_warnings()
        if status == dg.DagsterRunStatus.SUCCESS:
            return DONE
        if self._stopped:
            raise KeyboardInterrupt
        print(f"bpa: {one_line(self._problem or 'the run failed')}", file=sys.stderr)
        return WRONG_INPUT if self._refused else FAILED

    def _asset(self, event: dg.DagsterEvent) -> None:
        materialization = event.step_materialization_data.materialization
        rows = materialization.metadata.get("dagster/row_count")
        self._made[materialization.asset_key.path[-1]] = rows.value if rows is not None else 0
        if NOTE in materialization.metadata:
            self._notes += str(materialization.metadata[NOTE].value).splitlines()

    def _step(self, key: str) -> None:
        """`discover model   21 models tried, 4 deviations   15.6 s`; a step of checks makes nothing."""
        if not self._made or not self._names_steps:
            return
        tables = [name for name in self._made if not name.startswith("stg_")]
        figures = [f"{self._made[name]:,} {what}" for name, what in _FIGURES.items() if name in self._made]
        if len(tables) > _MOST_FIGURES:
            figures = [f"{len(tables)} tables"]
        name = key.replace("_", " ")
        self._say(f"  {name:<22}{', '.join(figures):<48}{monotonic() - self._begun:>7.1f} s")
        self.tell(self._notes)

    def _check(self, event: dg.DagsterEvent) -> None:
        check = event.asset_check_evaluation_data
        if check.passed:
            return
        figures = ", ".join(f"{name} {_short(value.value)}" for name, value in check.metadata.items())
        why = check.description or figures
        name = check.check_name.replace("_", " ")
        sentence = f'check "{name}" of {check.asset_key.path[-1]} failed: {why}'
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
