"""The oracle proves its tables: every definition of the contract, worked out by hand. Times are seconds after noon."""

import csv
import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_resources.tables.behaviour import ACTIVITIES, CASES, PROCESS_PROFILE, TRANSITIONS, VARIANTS
from bpa_resources.tables.event_log import EVENT_LOG
from bpa_resources.tables.waiting import BOTTLENECKS
from tests import oracle
from tests.oracle import Event, Record

NOON = datetime(2024, 2, 29, 12)
LONG_AGO = -1_000_000.0


Step = tuple[str, float | None, float | None] | tuple[str, float | None, float | None, str]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def log(**cases: Sequence[Step]) -> list[Event]:
    """Events of `(activity, start, end)` or `(activity, start, end, resource)` by case."""
    records: list[Record] = []
    for case, rows in cases.items():
        for activity, start, end, *resource in rows:
            records.append(
                Record(
                    row=len(records) + 1,
                    case=case,
                    activity=activity,
                    start=None if start is None else at(start),
                    end=None if end is None else at(end),
                    resource=str(resource[0]) if resource else None,
                )
            )
    return oracle.pair(records, two_times=True)


def only(rows: list[dict[str, Any]], **key: object) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in key.items())]
    return row


def open_cases(events: list[Event], *, ends: Sequence[str] | None = None) -> set[str]:
    return {row["case_id"] for row in oracle.cases(events, ends=ends) if row["is_open"]}


# Overlapping rows, a gap, a repeat; a second case that is one instant.
OVERLAPPING = log(
    a=[("A", 0, 100, "Ann"), ("B", 50, 120, "Bob"), ("C", 60, 70), ("A", 180, 200, "Bob"), ("D", 200, 200, "Ann")],
    b=[("A", 30, 30)],
)


def test_a_case_is_measured_over_the_union_of_its_intervals() -> None:
    assert (
        oracle.cases(OVERLAPPING, ends=["D"])
        == [
            {
                "case_id": "a",
                "started_at": at(0),
                "ended_at": at(200),
                "is_open": False,
                "events": 5,
                "variant_id": hashlib.sha256(b'["A","B","C","A","D"]').hexdigest()[:12],
                "cycle_time_seconds": 200.0,
                "processing_time_seconds": 140.0,  # 0 to 120 and 180 to 200
                "waiting_time_seconds": 60.0,  # 120 to 180
                "handovers": 2,  # Ann to Bob, Bob to Ann; not over the unknown resource of C
                "rework_events": 1,
            },
            {
                "case_id": "b",
                "started_at": at(30),
                "ended_at": at(30),
                "is_open": True,
                "events": 1,
                "variant_id": hashlib.sha256(b'["A"]').hexdigest()[:12],
                "cycle_time_seconds": 0.0,
                "processing_time_seconds": 0.0,
                "waiting_time_seconds": 0.0,
                "handovers": 0,
                "rework_events": 0,
            },
        ]
    )


def test_the_last_end_of_a_case_need_not_be_that_of_its_last_row() -> None:
    case = only(oracle.cases(log(a=[("A", 0, 500), ("B", 10, 20)])), case_id="a")
    assert (case["ended_at"], case["cycle_time_seconds"], case["waiting_time_seconds"]) == (at(500), 500.0, 0.0)


def test_a_row_inside_an_earlier_one_does_not_cut_the_union() -> None:
    (case,) = oracle.cases(log(a=[("A", 0, 100), ("B", 10, 20), ("C", 50, 110), ("D", 130, 140)]))
    assert (case["processing_time_seconds"], case["waiting_time_seconds"]) == (120.0, 20.0)


def test_a_handover_needs_two_known_and_different_resources_in_a_row() -> None:
    rows: list[Step] = [("A", 0, 0, "Ann"), ("B", 1, 1, "Ann"), ("C", 2, 2, "ann"), ("D", 3, 3), ("E", 4, 4, "Bob")]
    (case,) = oracle.cases(log(a=rows))
    assert case["handovers"] == 1


def test_activities_count_rows_cases_known_resources_and_repeats() -> None:
    row = only(oracle.activities(OVERLAPPING), activity="A")
    assert (row["frequency"], row["cases"], row["resources"], row["rework_events"]) == (3, 2, 2, 1)
    # processing 100, 20 and 0; waiting 0, 60 and 0: p90 lies at position 1.8
    assert row["mean_processing_seconds"] == 40.0
    assert row["median_processing_seconds"] == 20.0
    assert row["p90_processing_seconds"] == 84.0
    assert row["mean_waiting_seconds"] == 20.0
    assert row["median_waiting_seconds"] == 0.0
    assert row["p90_waiting_seconds"] == 48.0
    assert row["total_waiting_seconds"] == 60.0


def test_transitions_keep_negative_seconds_and_count_them_as_overlaps() -> None:
    table = oracle.transitions(OVERLAPPING)
    assert [(row["source"], row["target"], row["max_seconds"], row["overlaps"]) for row in table] == [
        ("A", "B", -50.0, 1),
        ("A", "D", 0.0, 0),
        ("B", "C", -60.0, 1),
        ("C", "A", 110.0, 0),
    ]


def test_a_transition_is_measured_over_all_its_occurrences() -> None:
    # A to B: 10, 20, 30 and 60 s, two of them in case a
    table = oracle.transitions(
        log(
            a=[("A", 0, 0), ("B", 10, 10), ("A", 11, 11), ("B", 31, 31)],
            b=[("A", 0, 0), ("B", 30, 30)],
            c=[("A", 0, 0), ("B", 60, 60)],
        )
    )
    assert only(table, source="A", target="B") == {
        "source": "A",
        "target": "B",
        "frequency": 4,
        "cases": 3,
        "overlaps": 0,
        "mean_seconds": 30.0,
        "median_seconds": 25.0,
        "p90_seconds": 51.0,  # position 2.7: 30 + 0.7 × 30
        "max_seconds": 60.0,
    }


def test_variants_fold_nothing_and_measure_closed_cases_only() -> None:
    events = log(
        a=[("A", 0, 0), ("A", 1, 1), ("B", 10, 10)],
        b=[("A", 0, 0), ("A", 1, 1), ("B", 21, 21)],
        c=[("A", 0, 0), ("B", 5, 5)],
        d=[("A", 0, 0)],
    )
    assert [
        (row["activities"], row["cases"], row["share"], row["mean_cycle_seconds"], row["median_cycle_seconds"])
        for row in oracle.variants(events, ends=["B"])
    ] == [
        (["A"], 1, 0.25, None, None),
        (["A", "A", "B"], 2, 0.5, 15.5, 15.5),
        (["A", "B"], 1, 0.25, 5.0, 5.0),
    ]


def test_a_variant_is_named_by_the_hash_of_its_compact_unescaped_json_list() -> None:
    (row,) = oracle.variants(log(a=[('Prüf "x", y', 0, 0), ("two\nlines", 1, 1)]))
    assert row["variant_id"] == hashlib.sha256('["Prüf \\"x\\", y","two\\nlines"]'.encode()).hexdigest()[:12]


def test_activity_names_that_differ_only_by_case_or_blanks_are_different() -> None:
    events = log(a=[("Approve", 0, 0), ("approve", 1, 1), ("approve ", 2, 2)])
    assert only(oracle.cases(events), case_id="a")["rework_events"] == 0
    assert [row["activity"] for row in oracle.activities(events)] == ["Approve", "approve", "approve "]


def test_with_ends_a_case_is_open_when_its_last_activity_is_not_among_them() -> None:
    events = log(a=[("A", 0, 0), ("End", 1, 1)], b=[("End", 0, 0), ("A", 1, 1)], c=[("end", 0, 0)])
    assert open_cases(events, ends=["End", "Other"]) == {"b", "c"}
    assert oracle.profile(events, ends=["End", "Other"])["open_rule"] == "ends"


def test_a_case_whose_last_row_is_a_start_without_completion_is_open_under_both_rules() -> None:
    events = log(a=[("A", 0, 1), ("End", 2, None)], b=[("End", 1, None), ("End", 5, 6)])
    assert open_cases(events, ends=["End"]) == {"a"}
    assert open_cases(events) == {"a"}


def _last_seen(silences: dict[str, float]) -> list[Event]:
    """Let A to B take 10, 20, 30 and 40 s, so below 38.5 s of silence after A a case is open; the log ends at noon."""
    gaps = {f"gap{gap}": [("A", LONG_AGO, LONG_AGO), ("B", LONG_AGO + gap, LONG_AGO + gap)] for gap in (10, 20, 30, 40)}
    silent = {case: [("A", -silence, -silence)] for case, silence in silences.items()}
    return log(**gaps, **silent, ended=[("B", 0, 0)])


def test_without_ends_a_case_is_open_while_its_silence_is_below_the_95th_percentile_of_what_followed() -> None:
    # position 0.95 × 3 = 2.85: 30 + 0.85 × 10 = 38.5; B is never followed, so `ended` is closed at once
    events = _last_seen({"short": 5, "just": 38.499999, "limit": 38.5, "long": 39})
    assert open_cases(events) == {"short", "just"}
    assert oracle.profile(events)["open_rule"] == "inferred"
    assert oracle.cases_on_the_open_boundary(events) == {"just", "limit"}


def test_an_activity_followed_in_less_than_half_of_its_occurrences_ends_its_case() -> None:
    assert open_cases(_last_seen(dict.fromkeys("cdef", 5.0))) == set("cdef")  # followed in 4 of 8
    assert open_cases(_last_seen(dict.fromkeys("cdefg", 5.0))) == set()  # in 4 of 9


def test_followed_by_another_means_any_row_of_the_case_even_of_the_same_activity() -> None:
    events = log(a=[("A", 0, 0), ("A", 100, 100)], b=[("A", 0, 0), ("A", 90, 90)])
    assert open_cases(events) == {"a", "b"}  # followed in 2 of 4, gaps 90 and 100: p95 99.5; silences 0 and 10


def test_silence_counts_from_the_end_of_the_last_row_to_the_greatest_end_of_the_log() -> None:
    # gaps after A: 50 (position 0 of one). Case b: last row A ends at 60, an earlier row ended at 200: silence 140
    events = log(a=[("A", 0, 0), ("Z", 50, 50)], b=[("Z", 0, 200), ("A", 60, 60)])
    assert open_cases(events) == set()
    # without the long row the log ends at 60 and the case is silent for 0 s
    assert open_cases(log(a=[("A", 0, 0), ("Z", 50, 50)], b=[("A", 60, 60)])) == {"b"}


def test_time_basis_is_wait_from_95_percent_and_gap_up_to_5_percent() -> None:
    def share_with_duration(known: int) -> list[Event]:
        return log(a=[("A", n, n) if n < known else ("A", None, n) for n in range(20)])

    bases = {known: oracle.profile(share_with_duration(known))["time_basis"] for known in (0, 1, 2, 18, 19, 20)}
    assert bases == {0: "gap", 1: "gap", 2: "mixed", 18: "mixed", 19: "wait", 20: "wait"}


def test_time_basis_is_also_by_activity() -> None:
    events = log(a=[("A", 0, 1), ("B", None, 5), ("C", 6, 7), ("C", None, 9)])
    assert {row["activity"]: row["time_basis"] for row in oracle.activities(events)} == {
        "A": "wait",
        "B": "gap",
        "C": "mixed",
    }


# Waits: a: B 10, C 20 after B; b: B 30, C 0 after B (a tie with A's end: the later row precedes), c: C 40 after A.
WAITING = log(
    a=[("A", 0, 10), ("B", 20, 30), ("C", 50, 60)],
    b=[("A", 0, 10), ("B", 40, 50), ("C", 50, 60)],
    c=[("A", 0, 100), ("B", 10, 20), ("C", 140, 150)],
    d=[("C", 0, 5)],
)


def test_bottlenecks_are_ranked_by_waiting_and_those_with_a_preceding_activity_come_after() -> None:
    table = oracle.bottlenecks(WAITING, 15.0)
    assert [
        (row["rank"], row["activity"], row["preceding_activity"], row["cases"], row["total_waiting_seconds"])
        for row in table
    ] == [
        (1, "C", None, 4, 60.0),
        (2, "B", None, 3, 40.0),
        (3, "A", None, 3, 0.0),
        (4, "B", "A", 3, 40.0),
        (5, "C", "A", 1, 40.0),  # of case c, where A ended last though B came last
        (6, "C", "B", 2, 20.0),
    ]
    assert [row["share_of_waiting"] for row in table] == [0.6, 0.4, 0.0, 0.4, 0.4, 0.2]
    assert [row["cases_over_threshold"] for row in table] == [2, 1, 0, 1, 1, 1]


def test_a_bottleneck_has_the_mean_and_the_90th_percentile_of_its_rows() -> None:
    row = only(oracle.bottlenecks(WAITING, None), activity="C", preceding_activity=None)
    assert row["mean_waiting_seconds"] == 15.0  # 20, 0, 40 and, first of its case, 0
    assert row["p90_waiting_seconds"] == 34.0  # position 2.7: 20 + 0.7 × 20
    assert row["cases_over_threshold"] is None


def test_of_two_rows_that_ended_together_the_later_precedes() -> None:
    table = oracle.bottlenecks(log(a=[("A", 0, 10), ("B", 5, 10), ("C", 20, 20)]), None)
    assert only(table, activity="C", preceding_activity="B")["total_waiting_seconds"] == 10.0
    assert not [row for row in table if (row["activity"], row["preceding_activity"]) == ("C", "A")]


def test_a_case_over_the_threshold_counts_once_and_the_threshold_itself_is_not_over() -> None:
    events = log(a=[("A", 0, 0), ("B", 8, 8), ("B", 16, 16)], b=[("A", 0, 0), ("B", 7, 7)])
    assert only(oracle.bottlenecks(events, 7.0), activity="B", preceding_activity=None)["cases_over_threshold"] == 1


def test_where_nothing_waits_there_is_no_share_of_waiting() -> None:
    assert [row["share_of_waiting"] for row in oracle.bottlenecks(log(a=[("A", 0, 1), ("B", 1, 2)]), None)] == [
        None
    ] * 3


def test_the_profile_counts_the_process() -> None:
    assert oracle.profile(OVERLAPPING, ends=["D"]) == {
        "cases": 2,
        "open_cases": 1,
        "open_rule": "ends",
        "activities": 4,
        "variants": 2,
        "resources": 2,
        "first_event_at": at(0),
        "last_event_at": at(200),
        "time_basis": "wait",
    }


def test_microseconds_far_apart_are_exact() -> None:
    records = [
        Record(row=1, case="1", activity="A", end=datetime(1969, 12, 31, 23, 59, 59, 999_999)),
        Record(row=2, case="1", activity="B", end=datetime(2069, 12, 31, 23, 59, 59, 999_998)),
    ]
    (case,) = oracle.cases(oracle.pair(records, two_times=False))
    # 36,525 days (25 of the hundred years are leap years) less a microsecond
    assert case["cycle_time_seconds"] == 36_525 * 86_400 - 0.000001


@pytest.mark.parametrize(
    ("name", "columns", "counts"),
    [
        (
            "P2P",
            ("case:concept:name", "Activity", "start_timestamp", "time:timestamp", "Resource"),
            (9_119, 608, 21, 70),
        ),
        ("ACR", ("case_id", "Activity", "start_timestamp", "end_timestamp", "Resource"), (5_894, 852, 18, 151)),
    ],
)
def test_real_logs_have_the_counts_that_are_known_of_them(
    shared_logs: Path, name: str, columns: Sequence[str], counts: tuple[int, ...]
) -> None:
    def utc(text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)

    with gzip.open(shared_logs / f"{name}.csv.gz", "rt", encoding="utf-8", newline="") as text:
        rows = [[line[column] for column in columns] for line in csv.DictReader(text)]
    records = [
        Record(row=number, case=case, activity=activity, start=utc(start), end=utc(end), resource=resource or None)
        for number, (case, activity, start, end, resource) in enumerate(rows, start=1)
    ]
    events = oracle.pair(records, two_times=True)
    found = oracle.profile(events)
    assert (len(events), found["cases"], found["activities"], found["variants"]) == counts
    assert found["time_basis"] == "wait"


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=30),
    st.sampled_from([Fraction(1, 2), Fraction(9, 10), Fraction(19, 20)]),
)
def test_the_quantile_is_that_of_duckdb(values: list[int], share: Fraction) -> None:
    query = "SELECT quantile_cont(v, $share::DOUBLE) FROM (SELECT unnest($values)::DOUBLE AS v)"
    with duckdb.connect() as connection:
        row = connection.execute(query, {"values": values, "share": float(share)}).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(float(oracle.quantile(values, share)), abs=1e-6)


def test_the_columns_are_those_of_the_lake_but_for_what_a_configuration_or_a_model_adds() -> None:
    def check(row: dict[str, Any], columns: tuple[str, ...], *absent: str) -> None:
        assert list(row) == [name for name in columns if name not in absent]

    elsewhere = ("cost", "imputed", "source_file", "case_code", "activity_code")
    check(vars(OVERLAPPING[0]), EVENT_LOG.column_names, *elsewhere)
    check(oracle.cases(OVERLAPPING)[0], CASES.column_names, "cost", "sla_breached", "automated_events", "attributes")
    check(oracle.activities(OVERLAPPING)[0], ACTIVITIES.column_names, "cost")
    check(oracle.transitions(OVERLAPPING)[0], TRANSITIONS.column_names)
    check(oracle.variants(OVERLAPPING)[0], VARIANTS.column_names, "fits_model", "fits_reference")
    business = ("total_business_waiting_seconds", "mean_business_waiting_seconds")
    check(oracle.bottlenecks(OVERLAPPING, None)[0], BOTTLENECKS.column_names, *business)
    check(oracle.profile(OVERLAPPING), PROCESS_PROFILE.column_names, "currency", "timezone")
