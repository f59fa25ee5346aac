"""What people look at: the asset `process_report`."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from bpa_assets.descriptions import OWNERS
from bpa_assets.event_log.inputs import code_version, fingerprint_of
from bpa_assets.partitions import PROCESSES
from bpa_assets.report.payload import RunFacts
from bpa_assets.report.report import build_report
from bpa_assets.report.run_tables import RunTables
from bpa_assets.settings import read_process_config
from bpa_resources.environment import reports_address
from bpa_resources.lake_io import lake_of
from bpa_resources.lake_tables import LAKE_TABLES
from bpa_resources.ledger.stored_table import actions_table
from bpa_resources.process_files import ProcessFiles
from bpa_resources.reports import store_report

# Everything that a stage writes: a table of a new stage is there for the section that will show it.
_TABLES = tuple(name for name in LAKE_TABLES if name != "kpi_snapshot")


@dg.asset(
    partitions_def=PROCESSES,
    group_name="report",
    owners=OWNERS,
    kinds={"html", "plotly"},
    deps=[dg.AssetKey(name) for name in _TABLES],
    metadata={"reports": dg.MetadataValue.url(reports_address())},
)
def process_report(context: dg.AssetExecutionContext, process_files: ProcessFiles) -> dg.MaterializeResult[Any]:
    """One HTML file a process, which opens offline: model, map, bottlenecks, variants, quality, conformance."""
    lake = lake_of(context)
    settings = read_process_config(process_files.inbox(lake.process).beside("process.yaml"))
    run = RunFacts(
        process=lake.process,
        run_id=lake.run_id,
        refreshed_at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
        version=code_version(),
        fingerprint=fingerprint_of(lake.files("log_accounting")),
        threshold=settings.bottleneck.waiting_time,
        automatic=settings.policy.automatic if settings.push.enabled else None,
    )
    drawn = lake.home.models(lake.process) / f"{lake.run_id}.bpmn"
    tables = RunTables({name: lake.files(name) for name in _TABLES})
    ledger = actions_table(lake.home, lake.process).to_pylist()
    page = build_report(tables, run, bpmn=drawn.read_bytes() if drawn.exists() else None, ledger=ledger)
    path = store_report(lake.home, lake.process, lake.run_id, page)
    link = f"{reports_address()}/reports/{lake.process}/{path.name}"
    return dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.url(link),
            "path": dg.MetadataValue.path(str(path)),
            "size_bytes": len(page),
        }
    )
