"""The tags by which runs are found again (what they are about, who asked for them, what they have read), and notes."""

import dagster as dg

PROCESS_TAG = "dagster/partition"
FINGERPRINT_TAG = "bpa/fingerprint"
"""What the run reads: set by who asks for it, and made true by the run when it reads."""

ASKED_BY_TAG = "bpa/asked_by"
STOPPED_TAG = "bpa/stopped"
"""The run ended because `bpa dev` did: it says nothing about its input."""

NOTE = "note"
"""Metadata of an asset: what it could not tell, for people who watch the run."""

IN_FLIGHT = (
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def note_fingerprint(context: dg.AssetExecutionContext, fingerprint: str) -> None:
    """Tag the run with what it has read, whoever started it."""
    context.instance.add_run_tags(str(context.run.run_id), {FINGERPRINT_TAG: fingerprint})
