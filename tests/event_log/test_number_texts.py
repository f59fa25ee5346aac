"""Numbers with decimal commas and separators: read where the whole column says how, else kept as text and told."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.settings import ProcessConfig, Source
from tests.stored_logs import read, stored, write_rows


def values(folder: Path, texts: list[str | None], **source: object) -> tuple[list[object], list[str]]:
    """What the texts of an attribute are read as, and the sentences about it."""
    many = {"case": ["1"] * len(texts), "activity": ["A"] * len(texts), "end_time": ["2024-01-01"] * len(texts)}
    path = write_rows(folder / "log.csv", **many, Value=texts)
    log = read([path], config=ProcessConfig(source=Source.model_validate(source)))
    told = [str(one) for one in log.accounting["findings"] if "'Value'" in str(one)]  # type: ignore[attr-defined]
    return [row["value"] for row in stored(log)], told


@pytest.mark.parametrize(
    ("texts", "numbers", "style"),
    [
        (["1,5", "20", "-0,25"], [1.5, 20.0, -0.25], "decimal commas"),
        (["1.234,56", "12,5", "1.234"], [1234.56, 12.5, 1234.0], "decimal commas"),
        (["1.234.567,8", None], [1234567.8, None], "decimal commas"),
        (["1,234", "0,5"], [1.234, 0.5], "decimal commas"),
        (["1234,567"], [1234.567], "decimal commas"),
        (["1,234.56", "1,234"], [1234.56, 1234.0], "commas between thousands"),
        (["1,234", "12.5"], [1234.0, 12.5], "commas between thousands"),
        (["1,234,567", "12"], [1234567, 12], "commas between thousands"),
    ],
)
def test_a_column_with_one_reading_is_read(
    tmp_path: Path, texts: list[str | None], numbers: list[object], style: str
) -> None:
    found, told = values(tmp_path, texts)
    assert found == numbers
    assert [type(one) for one in found] == [type(one) for one in numbers]
    assert told == [f"log.csv: the numbers in 'Value' have {style}"]


@pytest.mark.parametrize(
    "texts",
    [["1,5", "2.5"], ["1,5", "007,5"], ["1,2,3"], ["12.345.678"], ["1,5 €"], ["1.23,4"], [",5"], ["1,"], ["1,5", "x"]],
)
def test_what_is_no_number_in_any_style_stays_text(tmp_path: Path, texts: list[str | None]) -> None:
    assert values(tmp_path, texts) == (texts, [])


def test_thousands_or_fractions_is_told_and_settled_by_the_user(tmp_path: Path) -> None:
    texts: list[str | None] = ["1,234", "12"]
    found, told = values(tmp_path, texts)
    assert found == texts
    assert told == [
        "log.csv: the numbers in 'Value' have commas or points before three digits, so thousands or fractions: "
        "kept as text; say which sign is before fractions with source.decimal"
    ]
    assert values(tmp_path, texts, decimal=",")[0] == [1.234, 12.0]
    assert values(tmp_path, texts, decimal=".")[0] == [1234, 12]


def test_a_doubt_at_the_head_is_settled_by_the_rest_of_the_file(tmp_path: Path) -> None:
    found, _ = values(tmp_path, [*["1,234"] * 21_000, "0,5"])
    assert (found[0], found[-1]) == (1.234, 0.5)


def test_a_value_far_down_that_is_no_number_makes_the_column_text(tmp_path: Path) -> None:
    found, _ = values(tmp_path, [*["1,5"] * 21_000, "none"])
    assert (found[0], found[-1]) == ("1,5", "none")


def test_points_before_three_digits_beside_decimal_commas_are_a_doubt(tmp_path: Path) -> None:
    columns = {"case": ["1", "1"], "activity": ["A", "B"], "end_time": ["2024-01-01"] * 2, "Fee": ["1,5", "2,5"]}
    path = write_rows(tmp_path / "log.csv", **columns, Sum=["1.234", "2.500"])
    assert [row["sum"] for row in stored(read([path]))] == ["1.234", "2.500"]
    config = ProcessConfig(source=Source(decimal=","))
    assert [row["sum"] for row in stored(read([path], config=config))] == [1234, 2500]


def test_costs_may_have_decimal_commas(tmp_path: Path) -> None:
    columns = {"case": ["1", "1"], "activity": ["A", "B"], "end_time": ["2024-01-01"] * 2}
    path = write_rows(tmp_path / "log.csv", **columns, Fee=["1.234,50", "2,5"], Tax=["1", "2"])
    config = ProcessConfig(source=Source(cost=("Fee", "Tax")))
    assert [row["cost"] for row in stored(read([path], config=config))] == [1235.5, 4.5]


@settings(max_examples=20)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20))
def test_any_amounts_with_decimal_commas_come_back(tmp_path_factory: pytest.TempPathFactory, cents: list[int]) -> None:
    amounts = [cent / 100 for cent in cents]
    texts = [f"{amount:,.2f}".translate(str.maketrans(",.", ".,")) for amount in amounts]
    assert values(tmp_path_factory.mktemp("log"), [*texts])[0] == amounts
