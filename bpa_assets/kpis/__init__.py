"""Stage `kpis`: the end of a run, the dbt project as assets, and the KPI database they publish. Last of all stages."""
