"""What cases that broke a limit have in common: by hand, by a loop over a log, planted, and where there is nothing."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, timedelta
from math import sqrt
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bpa_assets.bottlenecks.case_columns import CaseColumns, case_columns
from bpa_assets.bottlenecks.case_traits import AT_START, IN_CASE, Outcome, Trait, case_traits
from bpa_assets.bottlenecks.sla_factors import SlaFactors, explain_breaches, sla_factors
from bpa_assets.event_log import spilled_records
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.settings import ProcessConfig
from bpa_resources.lake_tables import LAKE_TABLES
from tests.clean_logs import clean_log, write
from tests.stored_logs import Row, by_case, read, stored, tables_of, write_rows

ZONE = "Europe/Amsterdam"


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_factor_is_told_as_worked_out_by_hand() -> None:
    overseas = Trait("attribute region", "Overseas", AT_START, 50, 30, mark=1)
    found = sla_factors([overseas], cases=100, breaches=40, mark=9)
    assert tuple(found.table.column_names) == LAKE_TABLES["sla_breach_factors"].column_names
    (row,) = found.table.to_pylist()
    assert [row[name] for name in ("rank", "factor", "value", "cases", "breaches")] == [
        *(1, "attribute region", "Overseas", 50, 30)
    ]
    # 30 of 50, and 10 of the other 50. Wilson: 0.4618 to 0.7239 and 0.1124 to 0.3304.
    assert (row["breach_rate"], row["breach_rate_elsewhere"]) == (0.6, 0.2)
    assert row["risk_difference"] == pytest.approx(0.4)
    assert row["difference_low"] == pytest.approx(0.4 - sqrt((0.6 - 0.4618) ** 2 + (0.3304 - 0.2) ** 2), abs=1e-4)
    assert row["difference_high"] == pytest.approx(0.4 + sqrt((0.7239 - 0.6) ** 2 + (0.2 - 0.1124) ** 2), abs=1e-4)
    # Chi-square with Yates: 100 (|30 × 40 − 20 × 10| − 50)² / (50 × 50 × 40 × 60) = 15.04
    assert row["p_value"] == pytest.approx(1.05e-4, rel=0.01)
    assert row["q_value"] == row["p_value"]
    assert row["attributable_breaches"] == 20
    assert found.said == "40 of 100 closed cases broke a limit of sla; 1 of 1 traits of cases go with that"


def test_each_set_of_cases_is_looked_at_once_and_of_the_limits_of_a_number_one_is_told() -> None:
    traits = [
        Trait("attribute value", "> 10", AT_START, 60, 35, mark=1, limit=True),
        Trait("attribute value", "> 20", AT_START, 40, 33, mark=2, limit=True),
        Trait("attribute express", "false", AT_START, 55, 10, mark=30),
        Trait("attribute express", "true", AT_START, 45, 30, mark=70),  # all others: the same test
        Trait("contains", "Ask", IN_CASE, 30, 28, mark=5),
        Trait("contains", "Answer", IN_CASE, 30, 28, mark=5),
        Trait("contains", "Pay", IN_CASE, 81, 39, mark=6),  # 19 cases do not: too few
    ]
    found = sla_factors(traits, cases=100, breaches=40, mark=100)
    assert found.tested == 4
    told = [(row["factor"], row["value"], row["same_cases"]) for row in found.table.to_pylist()]
    assert told == [
        ("contains", "Ask", ["contains Answer"]),
        ("attribute value", "> 20", []),
        ("attribute express", "true", []),
    ]


@pytest.mark.parametrize(("breaches", "with_it"), [(0, 0), (100, 50)])
def test_where_no_case_or_every_case_breaks_a_limit_nothing_is_in_common(breaches: int, with_it: int) -> None:
    found = sla_factors([Trait("repeats", "Ask", IN_CASE, 50, with_it, mark=1)], cases=100, breaches=breaches, mark=9)
    assert found.table.num_rows == 0
    assert found.said == (
        f"{breaches} of 100 closed cases broke a limit of sla; too few, or too many, to tell what they have in common"
    )


def test_a_difference_that_is_sure_but_small_is_not_told_unless_it_doubles_the_rate() -> None:
    for with_it, elsewhere, told in ((5400, 5100, 0), (5800, 5200, 1), (220, 100, 1)):
        trait = Trait("repeats", "Ask", IN_CASE, 10_000, with_it, mark=1)
        found = sla_factors([trait], cases=20_000, breaches=with_it + elsewhere, mark=9)
        assert found.table.num_rows == told


# --- a loop over a log -----------------------------------------------------------------------------------------------

CONFIG = ProcessConfig.model_validate({"sla": {"cycle_time": "2d"}, "calendar": {"timezone": ZONE}})


def _by_case(rows: Sequence[Row], closed: set[str]) -> tuple[dict[str, list[Row]], dict[str, dict[str, float]]]:
    """The rows of each case, and by activity the longest wait in each closed case."""
    of_case: dict[str, list[Row]] = defaultdict(list)
    longest: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        of_case[row["case_id"]].append(row)
        if row["case_id"] in closed:
            waits = longest[row["activity"]]
            waits[row["case_id"]] = max(waits.get(row["case_id"], 0.0), row["waiting_seconds"])
    return of_case, longest


def traits_of_a_loop(
    rows: Sequence[Row], closed: set[str], breached: set[str], limited: str
) -> dict[tuple[str, str], tuple[int, int]]:
    of_case, longest = _by_case(rows, closed)
    long = {name: max(7200.0, float(np.quantile(list(waits.values()), 0.75))) for name, waits in longest.items()}
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    amounts = sorted(of_case[case][0]["amount"] for case in closed)
    for case in closed:
        first, names = of_case[case][0], [row["activity"] for row in of_case[case]]
        for attribute in ("region", "channel"):
            found[f"attribute {attribute}", first[attribute]].add(case)
        for share in (0.25, 0.5, 0.75):
            limit = amounts[int((len(amounts) - 1) * share)]
            if first["amount"] > limit:
                found["attribute amount", f"> {limit}"].add(case)
        found["first resource", first["resource"]].add(case)
        local = first["start_time"].replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE))
        found["start weekday", f"{local:%A}"].add(case)
        for name in set(names) - {limited}:
            found["contains", name].add(case)
            if names.count(name) > 1:
                found["repeats", name].add(case)
            if longest[name][case] > long[name] and long[name] < 2 * 86_400:
                found["waits before", name].add(case)
    return {trait: (len(cases), len(cases & breached)) for trait, cases in found.items() if len(cases) >= 20}


def test_traits_are_those_of_a_loop_over_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spilled_records, "ROWS_A_BUCKET", 300)
    log = read([write(clean_log(3), tmp_path / "log.csv")])
    cases, files = tables_of(log, config=CONFIG).cases, log.event_log.files
    is_open, broken = (np.array(cases[name].to_pylist()) for name in ("is_open", "sla_breached"))
    names, attributes = activity_names(files), {"region": True, "channel": True, "amount": False}
    limited = names[2]
    found = case_traits(
        case_columns(files, attributes=attributes),
        Outcome(~is_open, broken & ~is_open),
        cases["started_at"].combine_chunks().cast(pa.int64()).to_numpy(),
        activities=names,
        limited={limited},
        threshold=7200.0,
        longest=2 * 86_400.0,
        zone=ZONE,
    )
    ids = np.array(cases["case_id"].to_pylist())
    closed, breached = ({str(case) for case in ids[mark]} for mark in (~is_open, broken & ~is_open))
    expected = traits_of_a_loop(by_case(stored(log)), closed, breached, limited)
    assert {(one.factor, one.value.split(" (>")[0]): (one.cases, one.breaches) for one in found} == expected
    assert 20 < len(breached) < len(closed) - 20
    assert len(expected) > 30
    assert sum(pq.ParquetFile(file).num_row_groups for file in files) > 1


def test_without_a_limit_nothing_is_told_and_nothing_said(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=["1", "2"], activity=["A", "A"], end_time=["2024-01-01", "2024-01-02"])
    found = of_log(path, ProcessConfig())
    assert (found.table.num_rows, found.said) == (0, None)
    assert tuple(found.table.column_names) == LAKE_TABLES["sla_breach_factors"].column_names


def test_what_breaches_limits_of_a_log_is_found(tmp_path: Path) -> None:
    columns: dict[str, list[str]] = defaultdict(list)
    for case in range(120):
        overseas = case % 3 == 0
        for step, days in (("Order", 0), ("Ship", 9 if overseas and case % 4 else 2 + case % 2)):
            columns["case"].append(str(case))
            columns["activity"].append(step)
            columns["end_time"].append(f"{np.datetime64('2024-01-01T09:00') + np.timedelta64(24 * (case + days), 'h')}")
            columns["region"].append("Overseas" if overseas else f"Home {case % 2}")
            columns["paid"].append(str(case * 7 % 100))
    path = write_rows(tmp_path / "log.csv", **columns)
    found = of_log(path, ProcessConfig.model_validate({"sla": {"cycle_time": "5d"}, "ends": ["Ship"]}))
    assert (found.cases, found.breaches) == (120, 30)
    (first,) = (row for row in found.table.to_pylist() if row["value"] == "Overseas")
    assert (first["factor"], first["value"], first["known"]) == ("attribute region", "Overseas", AT_START)
    assert (first["cases"], first["breaches"], first["breach_rate_elsewhere"], first["attributable_breaches"]) == (
        40,
        30,
        0,
        30,
    )
    assert "repeats" not in found.table["factor"].to_pylist()


def of_log(path: Path, config: ProcessConfig) -> SlaFactors:
    log = read([path], config=config)
    files = log.event_log.files
    return explain_breaches(
        files,
        cases=tables_of(log, config=config).cases,
        attributes=log.event_attribute,
        names=activity_names(files),
        config=config,
    )


# --- planted, and nothing --------------------------------------------------------------------------------------------


def random_cases(seed: int, effect: float) -> SlaFactors:
    """400 cases with attributes, people and activities; `Overseas` adds `effect` to the risk of 0.2."""
    random = np.random.default_rng(seed)
    size = 400
    region, person = random.integers(0, 4, size), random.integers(0, 6, size)
    overseas = region == 0
    breached = random.random(size) < 0.2 + effect * overseas
    took = random.random((size, 12)) < random.uniform(0.1, 0.9, 12)
    took[:, 0] = True
    took[:, 1] = took[:, 2]  # two steps that always go together
    case, activity = np.nonzero(took)
    columns = CaseColumns(
        {
            "attribute region": pa.chunked_array([np.array(["Overseas", "North", "East", "West"])[region].tolist()]),
            "attribute value": pa.chunked_array([random.lognormal(5, 1, size)]),
            "first resource": pa.chunked_array([[f"P{one}" for one in person]]),
        },
        case,
        activity,
        random.geometric(0.8, len(case)),
        (random.exponential(40_000, len(case)) * 1e6).astype(np.int64),
    )
    outcome = Outcome(np.ones(size, np.bool_), breached)
    started = random.integers(0, 300, size) * int(timedelta(days=1).total_seconds()) * 1_000_000
    traits = case_traits(
        columns,
        outcome,
        started,
        activities=[f"Step {number}" for number in range(12)],
        limited=(),
        threshold=7200.0,
        longest=1e9,
        zone="UTC",
    )
    return sla_factors(traits, cases=size, breaches=int(breached.sum()), mark=outcome.mark)


def test_a_planted_factor_is_found_with_its_sign_and_its_interval_holds_the_truth() -> None:
    held = found = 0
    for seed in range(60):
        rows = {(row["factor"], row["value"]): row for row in random_cases(seed, 0.35).table.to_pylist()}
        if row := rows.get(("attribute region", "Overseas")):
            found += 1
            held += row["difference_low"] <= 0.35 <= row["difference_high"]
            assert row["risk_difference"] > 0
            assert row["rank"] == 1
    assert found == 60
    assert held >= 54


def test_where_nothing_has_an_effect_hardly_ever_is_something_told() -> None:
    told = [random_cases(seed, 0.0).table.num_rows > 0 for seed in range(1000, 1200)]
    assert sum(told) <= 10
