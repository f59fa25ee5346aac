"""The profile of one stored log, in one call. What the suite says of it is `suite.py`'s."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from bpa_assets.event_log.opened_sources import connect
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import StoredLog
from bpa_assets.event_log.quality.tables import find_issues, issue_table, profile_table
from bpa_assets.settings import ProcessConfig


@dataclass(frozen=True)
class LogTables:
    """What the stage stored of a log; `imputation` may have no rows."""

    event_log: Sequence[Path]
    event_attribute: pa.Table
    log_accounting: pa.Table
    rejected_events: pa.Table
    imputation: pa.Table = field(default_factory=lambda: pa.table({}))


@dataclass(frozen=True)
class LogProfile:
    """What was found in a log, and the tables `log_profile` and `quality_issue` of it."""

    issues: Sequence[Issue]
    log_profile: pa.Table
    quality_issue: pa.Table

    @property
    def figures(self) -> dict[str, float]:
        """Every figure of the profile by name: numbers that a trend over the runs can be drawn of."""
        row = self.log_profile.to_pylist()[0]
        return {name: value for name, value in row.items() if isinstance(value, int | float)}


def profile_log(
    tables: LogTables,
    *,
    config: ProcessConfig,
    scratch: Path,
    memory_bytes: int,
    read_at: datetime | None = None,
) -> LogProfile:
    """Look for every pattern. `read_at`: when the log was read, UTC, by default now; it stands in `log_profile`."""
    connection = connect(scratch, memory_bytes)
    try:
        log = StoredLog(
            connection,
            tables.event_log,
            attributes={row["column_name"]: row["level"] for row in tables.event_attribute.to_pylist()},
            accounts=tables.log_accounting.to_pylist()[0],
            rejected=tables.rejected_events,
            imputation=tables.imputation.to_pylist(),
            read_at=read_at or datetime.now(UTC).replace(tzinfo=None),
            automated=frozenset(config.automation.resources),
            timezone=config.source.timezone,
        )
        issues = find_issues(log)
        return LogProfile(issues, profile_table(log, issues), issue_table(issues))
    finally:
        connection.close()
