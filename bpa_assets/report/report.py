"""The report of a run: from its lake tables to the bytes of one HTML file."""

from bpa_assets.report.page import page
from bpa_assets.report.payload import RunFacts, report_payload
from bpa_assets.report.run_tables import RunTables

TABLES = (
    *("event_log", "log_accounting", "rejected_events", "imputation", "quality_issue"),
    *("process_profile", "cases", "activities", "transitions", "variants"),
    *("process_model", "model_candidate", "variant_alignment", "deviation", "bottlenecks", "waiting_causes"),
)
"""The tables that a report is made of."""


def build_report(tables: RunTables, run: RunFacts) -> bytes:
    """The file; a rerun on the same tables differs in the run and its time only."""
    return page(report_payload(tables, run))
