"""The first stage as assets: files in the inbox to one clean, typed log."""

from collections.abc import Iterator
from importlib.metadata import version

import dagster as dg
import pyarrow as pa

from bpa_assets.analyst_rules import read_analyst_rules
from bpa_assets.descriptions import lake_asset_out
from bpa_assets.event_log.inputs import inputs_fingerprint, with_fingerprint
from bpa_assets.event_log.reading import EventLog, read_log
from bpa_assets.partitions import PROCESSES
from bpa_assets.settings import read_process_config
from bpa_resources.environment import memory_bytes
from bpa_resources.errors import InputError
from bpa_resources.lake_io import lake_of
from bpa_resources.process_files import ProcessFiles
from bpa_resources.run_tags import note_fingerprint

TABLES = ("event_log", "rejected_events", "event_attribute", "imputation", "log_accounting")


class ReadConfig(dg.Config):
    """What `bpa run` tells the run."""

    incoming: str = ""
    """Token of new files that wait in the inbox; empty: the inbox as it is."""


@dg.multi_asset(
    name="read_event_log",
    outs={name: lake_asset_out(name, kinds={"parquet", "duckdb"}) for name in TABLES},
    partitions_def=PROCESSES,
    group_name="event_log",
)
def read_event_log(
    context: dg.AssetExecutionContext, config: ReadConfig, process_files: ProcessFiles
) -> Iterator[dg.Output[object]]:
    """Read the process's files, and let new ones enter the inbox once they have been read."""
    inbox = process_files.inbox(context.partition_key)
    token = config.incoming if config.incoming and inbox.is_waiting(config.incoming) else ""
    if not token:
        inbox.tidy()  # a crash may have left it half changed; the run holds the process's lock
    logs = inbox.logs_with(token) if token else inbox.logs()
    try:
        if not logs:
            raise InputError(f"the inbox of {context.partition_key} holds no log: {inbox.folder}")
        settings = read_process_config(inbox.beside("process.yaml", token))
        read_analyst_rules(inbox.beside("rules.yaml", token))  # what is wrong with it is told before the log is read
        fingerprint = inputs_fingerprint(inbox, token)
        note_fingerprint(context, fingerprint)
        scratch = lake_of(context).scratch
        log = read_log(
            logs, scratch=scratch, config=settings, process=context.partition_key, memory_bytes=memory_bytes()
        )
    except InputError as error:
        raise dg.Failure(str(error), metadata={"refused_input": True}, allow_retries=False) from error
    if token:
        inbox.accept(token)
    yield from _outputs(log, fingerprint)


def _outputs(log: EventLog, fingerprint: str) -> Iterator[dg.Output[object]]:
    accounting = log.accounting
    metadata = {name: value for name, value in accounting.items() if isinstance(value, int)}
    findings = accounting["findings"]
    told = "\n".join(f"- {finding}" for finding in findings) if isinstance(findings, list) else ""
    yield dg.Output(
        log.event_log, "event_log", metadata={**metadata, "findings": dg.MetadataValue.md(told), "bpa": version("bpa")}
    )
    yield dg.Output(log.rejected_events, "rejected_events")
    yield dg.Output(log.event_attribute, "event_attribute")
    yield dg.Output(log.imputation, "imputation")
    table = pa.Table.from_pylist([accounting], schema=_ACCOUNTING)
    yield dg.Output(with_fingerprint(table, fingerprint), "log_accounting")


_TEXTS = pa.list_(pa.string())
_ACCOUNTING = pa.schema(
    [
        ("name", pa.string()),
        ("source_files", _TEXTS),
        *(
            (name, pa.int64())
            for name in (
                *("rows_read", "events", "rejected_events", "rows_paired", "inserted_events", "imputed_values"),
                *("duplicate_rows", "reversed_rows", "ambiguous_times", "nonexistent_times"),
            )
        ),
        ("findings", _TEXTS),
        ("log_attributes", pa.map_(pa.string(), pa.string())),
    ]
)
