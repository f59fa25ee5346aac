"""What is stored of the behaviour tables is what they hold, in the types that the lake declares."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.event_log import spilled_records
from bpa_assets.process_model.case_attributes import attribute_maps
from bpa_assets.process_model.stored_tables import store_tables
from bpa_resources.lake_tables import LAKE_TABLES
from tests.stored_logs import read, tables_of, write_rows


@pytest.mark.parametrize("rows_a_bucket", [2, 500_000])
def test_the_stored_tables_hold_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_a_bucket: int
) -> None:
    """Also where the values of two attributes are the same text, and where cases come from several row groups."""
    monkeypatch.setattr(spilled_records, "ROWS_A_BUCKET", rows_a_bucket)
    log = write_rows(
        tmp_path / "log.csv",
        case=["1", "1", "2", "3", "4", "5"],
        activity=["A", "B", "A", "A", "B", "C"],
        end_time=[f"2024-01-0{day}" for day in range(1, 7)],
        Region=["North", "North", "true", None, "2.5", "North"],
        Office=["true", "true", "North", "North", None, "2.5"],
        Size=["2.5", "2.5", "-1.25", None, "2.5", None],
        Urgent=["true", "true", "false", None, "true", "false"],
    )
    tables = tables_of(read([log]))
    maps = dict(zip(*(tables.cases[name].to_pylist() for name in ("case_id", "attributes")), strict=True))
    assert {case: dict(texts) for case, texts in maps.items()} == {
        "1": {"region": "North", "office": "true", "size": "2.5", "urgent": "true"},
        "2": {"region": "true", "office": "North", "size": "-1.25", "urgent": "false"},
        "3": {"office": "North"},
        "4": {"region": "2.5", "size": "2.5", "urgent": "true"},
        "5": {"region": "North", "office": "2.5", "urgent": "false"},
    }
    for name, stored in store_tables(tables, tmp_path).items():
        (file,) = stored.files
        assert pq.read_table(file).to_pylist() == getattr(tables, name).to_pylist()
        assert stored.rows == getattr(tables, name).num_rows
        described = duckdb.read_parquet(str(file))
        types = dict(zip(described.columns, map(str, described.types), strict=True))
        assert types == {column.name: column.type for column in LAKE_TABLES[name].columns}


@pytest.mark.parametrize("times", [1, 50])
def test_the_maps_hold_the_same_texts_as_codes_and_as_texts(times: int) -> None:
    """Codes where values repeat; and what is text in one part may be another text of the same code in the next."""
    part, other = (
        [pa.array(texts * times, pa.string()).dictionary_encode(), pa.array(numbers * times, pa.float64())]
        for texts, numbers in ((["x", None, "1"], [1.0, None, 2.5]), (["y", "x"], [None, 2.5]))
    )
    maps = attribute_maps([part, other], ["one", "two"], [3 * times, 2 * times])
    assert maps[0].to_pylist() == [[("one", "x"), ("two", "1")], [], [("one", "1"), ("two", "2.5")]] * times
    assert maps[1].to_pylist() == [[("one", "y")], [("one", "x"), ("two", "2.5")]] * times
    assert pa.types.is_dictionary(maps[0].items.type) == (times > 1)
