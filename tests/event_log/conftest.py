"""What the tests of the XES readers share."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log.xes import columns as xes_columns
from bpa_assets.event_log.xes import fast, strict
from bpa_assets.event_log.xes.reader import Reader, XesFile, read_with

Read = Callable[..., tuple[XesFile, pa.Table]]


def table_of(log: XesFile) -> pa.Table:
    schemas = {pq.read_schema(path) for path in log.parquet}
    assert len(schemas) == 1, "the files of a log differ in schema"
    return pa.concat_tables([pq.read_table(path) for path in log.parquet])


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as a log: its description and its rows."""

    def read_bytes(content: bytes | str, reader: Reader = "strict") -> tuple[XesFile, pa.Table]:
        path = tmp_path / "some.xes"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        scratch = tmp_path / "scratch"
        scratch.mkdir(exist_ok=True)
        log = read_with(path, reader=reader, scratch=scratch, name="some.xes")
        return log, table_of(log)

    return read_bytes


@pytest.fixture(params=["strict", "fast"])
def reader(request: pytest.FixtureRequest) -> Reader:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def no_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the fast reader have to understand the log: the strict one does not help."""

    def refuse(self: object, source: object) -> None:
        raise AssertionError("the fast reader did not understand the log")

    monkeypatch.setattr(strict.StrictReader, "read", refuse)


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffers, tables and memory so small that a small log goes through everything that a large one does."""
    monkeypatch.setattr(fast, "BUFFER_BYTES", 256)
    monkeypatch.setattr(fast, "TABLE_ROWS", 3)
    monkeypatch.setattr(strict, "TABLE_EVENTS", 3)
    monkeypatch.setattr(strict, "_READ_BYTES", 64)
    monkeypatch.setattr(xes_columns, "HELD_BYTES", 100)
