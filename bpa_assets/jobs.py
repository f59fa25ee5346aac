"""The jobs that refresh assets: what is refreshed together. What sends actions is in `push_actions.py`."""

import dagster as dg

STAGES = ("event_log", "process_model", "bottlenecks", "rule_set", "optimized_plan", "actions", "report")

refresh_process = dg.define_asset_job(
    "refresh_process",
    selection=dg.AssetSelection.groups(*STAGES) | dg.AssetSelection.assets("publication"),
    executor_def=dg.in_process_executor,
    description="Refresh one process through every stage, and publish it if every blocking check is green.",
)

refresh_kpis = dg.define_asset_job(
    "refresh_kpis",
    selection=dg.AssetSelection.groups("kpis") - dg.AssetSelection.assets("publication"),
    executor_def=dg.in_process_executor,
    description="Bring the KPI database up to date with every published process, and swap it in.",
)
