"""The key figures (KPIs) of published runs, kept beyond the runs."""

from bpa_resources.tables.lake_table import lake_table

KPI_SNAPSHOT = lake_table(
    "kpi_snapshot",
    "KPI of a published run",
    ("kpi", "VARCHAR", "Name of the KPI"),
    ("as_of", "TIMESTAMP", "When the run was published, UTC"),
    ("value", "DOUBLE", "Its value, null if it is not defined for this log"),
    ("unit", "VARCHAR", "Its unit"),
    ("n", "BIGINT", "Of how many cases or rows"),
)

TABLES = (KPI_SNAPSHOT,)
