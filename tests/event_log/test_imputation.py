"""Absent values are told from the rest of the log, measured by hiding what is known, or stay absent."""

from pathlib import Path
from statistics import median

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.event_log import spilled_records
from bpa_assets.event_log.imputation.columns import learn_column
from bpa_assets.event_log.imputation.guesses import NEAR, PULL, by_context
from bpa_assets.event_log.reading import EventLog, read_log
from bpa_assets.settings import ProcessConfig, Source
from tests.stored_logs import MEMORY, Row, by_case, read, stored, tables_of, write_rows

NOTHING = ProcessConfig.model_validate({"impute": {"values": False}})


def rows_of(log: EventLog) -> list[Row]:
    return by_case(stored(log))


def imputation(log: EventLog) -> dict[str, Row]:
    return {row["column_name"]: row for row in log.imputation.to_pylist()}


def orders(tmp_path: Path, cases: int = 40, **changes: dict[int, object]) -> Path:
    """Cases of Order (Ann), Check (Bob), Pay (Cid) at 8, 9 and 12 o'clock, with some values put in place by row."""
    columns: dict[str, list[object]] = {
        "case_id": [f"c{case}" for case in range(cases) for _ in range(3)],
        "activity": ["Order", "Check", "Pay"] * cases,
        "time": [f"2024-01-{case % 28 + 1:02} {hour}:00:00" for case in range(cases) for hour in ("08", "09", "12")],
        "resource": ["Ann", "Bob", "Cid"] * cases,
        "amount": [100 + case for case in range(cases) for _ in range(3)],
    }
    for name, values in changes.items():
        for row, value in values.items():
            columns[name][row] = value
    return write_rows(tmp_path / "orders.csv", **columns)


def test_an_absent_activity_is_told_from_its_neighbours(tmp_path: Path) -> None:
    log = read([orders(tmp_path, activity={4: None, 60: None})])
    changed = [(row["case_id"], row["event_index"], row["activity"]) for row in rows_of(log) if row["imputed"]]
    assert changed == [("c1", 1, "Check"), ("c20", 0, "Order")]
    assert all(row["imputed"] == ["activity"] for row in rows_of(log) if row["imputed"])
    assert (log.accounting["imputed_values"], log.accounting["rejected_events"]) == (2, 0)
    row = imputation(log)["activity"]
    assert (row["rows_absent"], row["filled"], row["accuracy"]) == (2, 2, 1.0)
    # Of the 118 known activities 40 are Pay, 39 each of the others: the mode is Pay, which neither of the two is.
    assert row["plain_accuracy"] == 0.0


def test_an_absent_time_lies_where_the_log_has_it_between_two_known_neighbours(tmp_path: Path) -> None:
    log = read([orders(tmp_path, time={4: None})])
    (row,) = [row for row in rows_of(log) if row["imputed"]]
    # Check is always a quarter of the way from 8 to 12 o'clock; so is it where it is not known.
    assert (row["activity"], row["event_index"], str(row["start_time"])) == ("Check", 1, "2024-01-02 09:00:00")
    assert (row["imputed"], row["has_duration"], row["start_time"]) == (
        ["start_time", "end_time"],
        False,
        row["end_time"],
    )


def test_a_source_that_lists_a_case_from_its_end_is_read_the_same(tmp_path: Path) -> None:
    path = orders(tmp_path, time={4: None})
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *reversed(lines)]) + "\n")
    (row,) = [row for row in rows_of(read([path])) if row["imputed"]]
    assert (row["case_id"], row["activity"], str(row["start_time"])) == ("c1", "Check", "2024-01-02 09:00:00")


def test_a_time_without_two_known_neighbours_stays_refused(tmp_path: Path) -> None:
    absent = {0: None, 5: None, 7: None, 8: None}  # a first, a last, and two side by side
    log = read([orders(tmp_path, time=absent)])
    assert [(row["source_row"], row["reason"]) for row in log.rejected_events.to_pylist()] == [
        (1, "no time"),
        (6, "no time"),
        (8, "no time"),
        (9, "no time"),
    ]
    assert log.accounting["rows_read"] == log.accounting["events"] + 4


def test_a_refused_record_is_kept_as_it_was(tmp_path: Path) -> None:
    log = read([orders(tmp_path, time={0: None})])
    assert '"activity":"Order"' in log.rejected_events.to_pylist()[0]["record"].replace(" ", "")


def test_an_absent_value_of_a_case_is_the_one_its_other_rows_have(tmp_path: Path) -> None:
    log = read([orders(tmp_path, amount={4: None, 60: None})])
    changed = {(row["case_id"], row["amount"]) for row in rows_of(log) if row["imputed"] == ["amount"]}
    assert changed == {("c1", 101), ("c20", 120)}
    levels = {row["column_name"]: row["level"] for row in log.event_attribute.to_pylist()}
    assert levels["amount"] == "case"


def test_an_absent_resource_is_who_usually_does_it(tmp_path: Path) -> None:
    log = read([orders(tmp_path, resource={4: None})])
    assert [(row["resource"], row["imputed"]) for row in rows_of(log) if row["imputed"]] == [("Bob", ["resource"])]
    assert imputation(log)["resource"]["drift"] == pytest.approx(1 / 120, rel=0.5)


def test_the_rate_of_an_imputed_resource_gives_the_cost(tmp_path: Path) -> None:
    path = orders(tmp_path, resource={4: None})
    text = path.read_text().replace("case_id,activity,time", "case_id,activity,start_time", 1)
    header, *lines = text.splitlines()
    ended = [f"{line},{line.split(',')[2].replace(':00:00', ':30:00')}" for line in lines]
    path.write_text("\n".join([f"{header},end_time", *ended]) + "\n")
    rates = ProcessConfig.model_validate({"cost": {"per_hour": {"Bob": 40}}})
    (row,) = [row for row in rows_of(read([path], config=rates)) if row["imputed"]]
    assert (row["resource"], row["cost"]) == ("Bob", 20.0)


def test_what_an_activity_never_has_is_not_absent(tmp_path: Path) -> None:
    only_orders = {row: None for row in range(120) if row % 3}
    log = read([orders(tmp_path, resource=only_orders)])
    assert log.imputation.num_rows == 0
    assert {row["resource"] for row in rows_of(log)} == {"Ann", None}


def test_where_nothing_tells_it_a_value_stays_absent_and_why_is_said(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    names = {row: str(random.choice(["Ann", "Bob", "Cid"])) for row in range(600)}
    log = read([orders(tmp_path, cases=200, resource=names | {4: None, 9: None})])
    row = imputation(log)["resource"]
    assert (row["rows_absent"], row["filled"], row["accuracy"]) == (2, 0, None)
    assert row["abstained_because"] in (
        "no guess would be right in 50% of the rows",
        "no context tells it better than the most frequent value",
    )
    assert not any(row["imputed"] for row in rows_of(log))


def test_imputation_can_be_switched_off(tmp_path: Path) -> None:
    log = read([orders(tmp_path, activity={4: None}, resource={7: None})], config=NOTHING)
    assert log.imputation.num_rows == 0
    assert log.accounting["imputed_values"] == 0
    assert [row["reason"] for row in log.rejected_events.to_pylist()] == ["no activity"]


def test_a_completion_without_activity_is_paired_with_the_start_that_it_ends(tmp_path: Path) -> None:
    cases = 40
    path = write_rows(
        tmp_path / "log.csv",
        case_id=[f"c{case}" for case in range(cases) for _ in range(4)],
        activity=[None if (case, row) == (3, 1) else name for case in range(cases) for row, name in enumerate("AABB")],
        lifecycle=["start", "complete"] * 2 * cases,
        time=[f"2024-01-0{day}" for _ in range(cases) for day in (1, 2, 3, 4)],
    )
    log = read([path])
    assert (log.accounting["events"], log.accounting["rows_paired"]) == (2 * cases, 2 * cases)
    (row,) = [row for row in rows_of(log) if row["imputed"]]
    assert (row["case_id"], row["activity"], row["has_duration"], row["imputed"]) == ("c3", "A", True, ["activity"])


def test_every_bucket_is_filled_by_what_the_first_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilled_records, "ROWS_A_BUCKET", 200)
    holes = dict.fromkeys(range(1, 1200, 30))
    log = read([orders(tmp_path, cases=400, activity=holes)])
    assert imputation(log)["activity"]["filled"] == len(holes)
    assert {row["activity"] for row in rows_of(log) if row["imputed"]} == {"Check"}


INSERT = ProcessConfig.model_validate({"impute": {"events": True}})


def lacking(tmp_path: Path, *rows: int) -> Path:
    """`orders` without the records of these numbers (from 0)."""
    path = orders(tmp_path)
    header, *lines = path.read_text().splitlines()
    path.write_text("\n".join([header, *(line for row, line in enumerate(lines) if row not in rows)]) + "\n")
    return path


def test_a_missing_event_is_inserted_on_request_and_nobody_waits_for_it(tmp_path: Path) -> None:
    path = lacking(tmp_path, 4)
    log, as_it_was = read([path], config=INSERT), read([path])
    (row,) = [row for row in rows_of(log) if row["imputed"]]
    assert (row["case_id"], row["activity"], row["event_index"], row["imputed"]) == ("c1", "Check", 1, ["event"])
    assert (str(row["start_time"]), row["has_duration"], row["waiting_seconds"]) == ("2024-01-02 08:00:00", False, 0.0)
    assert (row["amount"], row["resource"], row["source_row"]) == (101, None, None)
    waits = {(row["case_id"], row["activity"]): row["waiting_seconds"] for row in rows_of(log) if not row["imputed"]}
    assert waits == {(row["case_id"], row["activity"]): row["waiting_seconds"] for row in rows_of(as_it_was)}
    assert [one["event_index"] for one in rows_of(log) if one["case_id"] == "c1"] == [0, 1, 2]
    assert tables_of(log).cases["waiting_time_seconds"].to_pylist() == (
        tables_of(as_it_was).cases["waiting_time_seconds"].to_pylist()
    )


def test_inserted_events_have_their_place_in_the_accounts(tmp_path: Path) -> None:
    accounts = read([lacking(tmp_path, 4)], config=INSERT).accounting
    assert [accounts[name] for name in ("rows_read", "events", "inserted_events", "imputed_values")] == [119, 120, 1, 1]


def test_no_event_is_inserted_unasked(tmp_path: Path) -> None:
    assert read([lacking(tmp_path, 4)]).accounting["inserted_events"] == 0


def test_a_step_that_the_case_has_elsewhere_is_not_missing(tmp_path: Path) -> None:
    path = orders(tmp_path, activity={3: "Check", 4: "Order"})  # this case checks first
    assert read([path], config=INSERT).accounting["inserted_events"] == 0


def test_a_step_that_one_case_in_ten_does_without_is_not_missing(tmp_path: Path) -> None:
    path = lacking(tmp_path, 1, 31, 61, 91)
    assert read([path], config=INSERT).accounting["inserted_events"] == 0


groups = st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abc")), min_size=10, max_size=60)


@given(groups)
def test_the_accuracy_of_a_mode_is_that_of_hiding_every_value_in_turn(pairs: list[tuple[str, str]]) -> None:
    rows = pl.DataFrame(pairs, schema=["context", "value"], orient="row")
    way = by_context(rows, ["context"], kind="category", plain="a")
    hits = {context: [0.0, 0] for context, _ in pairs}
    for place, (context, value) in enumerate(pairs):
        others = [other for at, (where, other) in enumerate(pairs) if where == context and at != place]
        most = max(map(others.count, others), default=0)
        best = {other for other in others if others.count(other) == most}
        hits[context][0] += (0.5 if len(best) > 1 else 1.0) * (value in best) * _leads(value, others)
        hits[context][1] += 1
    known = {context: (right, n) for context, (right, n) in hits.items() if n >= 5}
    if way is None:
        assert not known
        return
    average = sum(right for right, _ in known.values()) / sum(n for _, n in known.values())
    for context, accuracy in way.groups.select("context", "accuracy").iter_rows():
        right, n = known[context]
        assert accuracy == pytest.approx((right + PULL * average) / (n + PULL))


def _leads(value: str, others: list[str]) -> bool:
    """Only the mode of all, its own row included, can be guessed: of equally frequent ones the first by name."""
    everything = [*others, value]
    return value == min(set(everything), key=lambda one: (-everything.count(one), one))


@given(st.lists(st.integers(-50, 50), min_size=5, max_size=40))
def test_the_accuracy_of_a_median_is_that_of_hiding_every_value_in_turn(values: list[int]) -> None:
    rows = pl.DataFrame({"context": "x", "value": [float(value) for value in values], "reach": 100.0})
    way = by_context(rows, ["context"], kind="number", plain=0.0)
    assert way is not None
    errors = [abs(value - median(values[:at] + values[at + 1 :])) for at, value in enumerate(values)]
    assert way.loss == pytest.approx(sum(errors) / len(errors))
    assert way.groups["accuracy"][0] == pytest.approx(np.mean([error <= NEAR * 100 for error in errors]))
    assert way.groups["guess"][0] == median(values)


def test_too_few_known_values_teach_nothing() -> None:
    rows = pl.DataFrame({"value": ["a"] * 29, "context": "x"})
    model = learn_column(rows, kind="category", contexts=[("context",)])
    assert model.abstains_because == "only 29 values are known"


@pytest.mark.shared
@pytest.mark.parametrize("name", ["P2P.csv.gz", "receipt.xes.gz", "sepsis.xes.gz", "Production.csv.gz"])
def test_on_real_logs_the_measured_accuracy_is_the_true_one_and_beats_mode_and_median(
    shared_logs: Path, tmp_path: Path, name: str
) -> None:
    whole = read_log([shared_logs / name], scratch=tmp_path, config=NOTHING, process="p", memory_bytes=MEMORY)
    hidden, path = _hide(pl.read_parquet(whole.event_log.files).sort("source_row"), tmp_path)
    log = read([path], config=ProcessConfig(source=Source(resource="resource")))
    found = pl.read_parquet(log.event_log.files).join(hidden, on="source_row", how="left", suffix=" true")
    expected = right = plain_right = total = 0.0
    for column, row in imputation(log).items():
        if row["kind"] not in ("activity", "category") or not row["filled"]:
            continue
        cells = found.filter(pl.col("imputed").list.contains(column) & pl.col(f"{column} true").is_not_null())
        hits = int((cells[column] == cells[f"{column} true"]).sum())
        mode = hidden[column].drop_nulls().mode().sort()[0]
        plain_hits = int((cells[f"{column} true"] == mode).sum())
        assert hits > plain_hits or cells.height < 30, column
        if cells.height > 400:  # below, chance alone moves the share by more than 5 points
            assert abs(hits / cells.height - row["accuracy"]) <= 0.05, column
        expected += row["accuracy"] * cells.height
        right, plain_right, total = right + hits, plain_right + plain_hits, total + cells.height
    assert total > 300
    assert abs(expected - right) / total <= 0.05
    assert right > plain_right


def _hide(truth: pl.DataFrame, folder: Path, share: float = 0.1) -> tuple[pl.DataFrame, Path]:
    """A tenth of what is known hidden (of activities a thirtieth); what was there, by row, and the log without it."""
    random = np.random.default_rng(3)
    fixed = ["case_id", "activity", "start_time", "end_time", "resource"]
    attributes = [name for name, dtype in truth.schema.items() if dtype == pl.String and name not in fixed]
    attributes = [name for name in attributes if name not in ("role", "source_file") and "lifecycle" not in name]
    log = truth.select(*fixed, *attributes)
    for name in ("activity", "resource", *attributes):
        at = random.random(log.height) < (share / 3 if name == "activity" else share)
        log = log.with_columns(pl.when(pl.Series(at)).then(None).otherwise(pl.col(name)).alias(name))
    path = folder / "hidden.parquet"
    log.write_parquet(path)
    return truth.select("activity", "resource", *attributes, source_row=pl.int_range(1, pl.len() + 1)), path
