"""Logs that tests write down by hand, profiled."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from bpa_assets.event_log.quality.log_profile import LogProfile, LogTables, profile_log
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.settings import ProcessConfig
from tests.stored_logs import MEMORY, read, write_rows

Profiled = Callable[..., LogProfile]


@pytest.fixture
def profiled(tmp_path: Path) -> Profiled:
    """Profile a log of these columns, as `write_rows` takes them."""

    def profile(
        config: ProcessConfig | None = None, imputation: Sequence[dict[str, Any]] = (), **columns: Sequence[object]
    ) -> LogProfile:
        settings = config or ProcessConfig()
        log = read([write_rows(tmp_path / "log.csv", **columns)], config=settings)
        accounting = pa.Table.from_pylist([log.accounting])
        tables = LogTables(
            log.event_log.files,
            log.event_attribute,
            accounting,
            log.rejected_events,
            pa.Table.from_pylist(list(imputation)),
        )
        at = datetime(2026, 11, 1)
        return profile_log(tables, config=settings, scratch=tmp_path, memory_bytes=MEMORY, read_at=at)

    return profile


def found(profile: LogProfile, pattern: str) -> list[Issue]:
    """The issues of one pattern."""
    return [issue for issue in profile.issues if issue.pattern.name == pattern]
