"""The report of a run: from its lake tables to the bytes of one HTML file."""

from collections.abc import Sequence

from bpa_assets.report.model_figures import StageTables, model_figures
from bpa_assets.report.page import page
from bpa_assets.report.payload import RunFacts, report_payload
from bpa_assets.report.run_tables import Row, RunTables


def build_report(tables: RunTables, run: RunFacts, *, bpmn: bytes | None, ledger: Sequence[Row] = ()) -> bytes:
    """The file; a rerun on the same tables differs in the run and its time only.

    `bpmn`: the diagram of the discovered model, none where the model allows anything. `ledger`: the actions of the
    process as the ledger holds them.
    """
    shown = {name: tables.table(name) for name in StageTables.__dataclass_fields__} if bpmn else {}
    model = model_figures(bpmn, StageTables(**shown), tables.rows("model_task")) if bpmn else None
    return page(report_payload(tables, run, model=model, ledger=ledger))
