"""Every table that lies in the lake.

Add a table in `tables/` when a stage starts to write one: the lake checks what is written against it, the Dagster UI
shows it as the column schema, and the KPI database uses it to give a process whose last run is older than the table an
empty one. Contract: docs/contracts.md. What the numbers mean is defined there; how they are computed is the stage's.
"""

from bpa_resources.tables import (
    actions,
    behaviour,
    event_log,
    key_figures,
    plans,
    process_model,
    quality,
    rules,
    waiting,
)
from bpa_resources.tables.lake_table import LakeTable

_STAGES = (event_log, quality, behaviour, process_model, waiting, rules, plans, actions, key_figures)

LAKE_TABLES: dict[str, LakeTable] = {table.name: table for stage in _STAGES for table in stage.TABLES}
