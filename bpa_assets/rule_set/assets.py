"""The rules of a process, as assets: the tables, `rules.json` and decision tables beside the model's files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow.parquet

from bpa_assets.analyst_rules import FILE, read_analyst_rules
from bpa_assets.descriptions import lake_asset_out
from bpa_assets.partitions import PROCESSES
from bpa_assets.process_model.model_tables import table_of
from bpa_assets.rule_set.decision_tables.dmn import dmn_xml
from bpa_assets.rule_set.mining.mining import MinedFrom
from bpa_assets.rule_set.proposals.model_proposals import Asking, limits_in_words
from bpa_assets.rule_set.rule_sentence import strongest_as_table
from bpa_assets.rule_set.rule_set import FoundRules, RuleSetFrom, rule_set
from bpa_assets.rule_set.rules_json import rules_json
from bpa_assets.settings import ProcessConfig, read_process_config
from bpa_resources.lake import ProcessLake
from bpa_resources.lake_io import lake_of
from bpa_resources.language_model import open_language_model
from bpa_resources.process_files import ProcessFiles
from bpa_resources.publication import replace_file
from bpa_resources.run_tags import NOTE

TABLES = ("rule_set", "decision_point", "refused_rule", "gone_rule", "rule_example", "rule_accounting")
_PLOTTED = ("kept", "candidates", "paths_covered", "decided_passages")


@dg.multi_asset(
    name="find_rules",
    outs={name: lake_asset_out(name, kinds={"parquet", "scikitlearn"}) for name in (*TABLES, "rule_firing")},
    partitions_def=PROCESSES,
    group_name="rule_set",
)
def find_rules(
    context: dg.AssetExecutionContext,
    event_log: list[Path],
    cases: list[Path],
    variants: list[Path],
    activities: list[Path],
    event_attribute: list[Path],
    process_model: list[Path],
    bottlenecks: list[Path],
    process_files: ProcessFiles,
) -> Iterator[dg.Output[object]]:
    """Find what decides a case's path in the earlier cases, prove it on the later ones, and write it for machines."""
    lake, inbox = lake_of(context), process_files.inbox(context.partition_key)
    config = read_process_config(inbox.beside("process.yaml"))
    drawn, net = (lake.home.models(lake.process) / f"{process_model[0].stem}.{kind}" for kind in ("bpmn", "pnml"))
    mined = MinedFrom(event_log, cases, variants, activities, event_attribute, net, drawn, config)
    asking = _asking(lake, config, activities, bottlenecks, cases)
    found = rule_set(RuleSetFrom(lake.process, mined, read_analyst_rules(inbox.beside(FILE)), _before(lake), asking))
    for kind, content in (("rules.json", rules_json(found.source)), ("dmn", dmn_xml(found.source))):
        replace_file(lake.home.models(lake.process) / f"{lake.run_id}.{kind}", content)
    for name in TABLES:
        yield dg.Output(table_of(name, found.tables[name]), name, metadata=_shown(found) if name == "rule_set" else {})
    yield dg.Output(found.firings, "rule_firing")


def _before(lake: ProcessLake) -> list[dict[str, Any]] | None:
    """The rules of the published run, None if it has no such table."""
    files = lake.files("rule_set")
    return pyarrow.parquet.read_table(files).to_pylist() if files else None


def _asking(
    lake: ProcessLake, config: ProcessConfig, activities: list[Path], bottlenecks: list[Path], cases: list[Path]
) -> Asking:
    """The language model that the environment names, and what it may be told."""
    model = open_language_model(lake.home.answers)
    counts = pyarrow.parquet.read_table(activities, columns=["activity", "cases"]).to_pylist()
    return Asking(
        lake.process,
        model.ask,
        cases=sum(pyarrow.parquet.read_metadata(file).num_rows for file in cases),
        activities={row["activity"]: row["cases"] for row in counts},
        bottlenecks=pyarrow.parquet.read_table(bottlenecks).to_pylist(),
        limits=limits_in_words(config),
    )


def _shown(found: FoundRules) -> dict[str, Any]:
    """Numbers that the UI plots over time, the strongest rules, and what people should know."""
    accounts = found.tables["rule_accounting"][0]
    known = {name: accounts[name] for name in _PLOTTED if accounts[name] is not None}
    noted = {NOTE: "\n".join(found.notes)} if found.notes else {}
    return {**known, "strongest": dg.MetadataValue.md(strongest_as_table(found.tables["rule_set"])), **noted}
