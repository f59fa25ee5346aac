"""The oracle proves itself: examples of the contract's definitions, worked out by hand.

Times are seconds after noon. Lifecycle and order are here; the tables are in `test_oracle_tables`.
"""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from tests import oracle
from tests.oracle import Event, Record
from tests.random_logs import RandomLog, any_logs

NOON = datetime(2024, 2, 29, 12)

# A busy machine is no failure.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def steps(*rows: tuple[str, float, str | None], case: str = "1") -> list[Record]:
    """Make records of one time: `(activity:transition, time, resource)`."""
    return [
        Record(
            row=number,
            case=case,
            activity=what.partition(":")[0],
            lifecycle=what.partition(":")[2] or None,
            end=at(time),
            resource=who,
        )
        for number, (what, time, who) in enumerate(rows, start=1)
    ]


def seen(events: list[Event]) -> list[tuple[str, float, float, int | None, int]]:
    """Activity, start, end, and the source rows of start and end."""
    return [
        (
            event.activity,
            (event.start_time - NOON).total_seconds(),
            (event.end_time - NOON).total_seconds(),
            event.start_source_row,
            event.source_row,
        )
        for event in events
    ]


def test_a_start_and_its_completion_are_one_row_with_every_column() -> None:
    records = [
        Record(row=1, case="7", activity="Check", end=at(10), lifecycle="Start", resource="Ann", role="Clerk"),
        Record(row=2, case="7", activity="Check", end=at(70.25), lifecycle="COMPLETE"),
    ]
    assert oracle.pair(records, two_times=False) == [
        Event(
            case_id="7",
            event_index=0,
            activity="Check",
            start_time=at(10),
            end_time=at(70.25),
            has_duration=True,
            is_open=False,
            enabled_time=None,
            waiting_seconds=0.0,
            processing_seconds=60.25,
            resource="Ann",
            role="Clerk",
            source_row=2,
            start_source_row=1,
        )
    ]


def test_resource_and_role_of_a_pair_are_those_of_the_completion_if_known() -> None:
    records = [
        Record(row=1, case="7", activity="A", end=at(0), lifecycle="start", resource="Ann", role="Clerk"),
        Record(row=2, case="7", activity="A", end=at(1), lifecycle="complete", resource="Bob"),
    ]
    (event,) = oracle.pair(records, two_times=False)
    assert (event.resource, event.role) == ("Bob", "Clerk")


def test_a_completion_takes_the_oldest_open_start_of_its_resource() -> None:
    records = steps(
        ("A:start", 0, "Ann"),
        ("A:start", 1, "Bob"),
        ("A:start", 2, "Bob"),
        ("A:complete", 3, "Bob"),
        ("A:complete", 4, "Bob"),
        ("A:complete", 5, "Ann"),
    )
    assert seen(oracle.pair(records, two_times=False)) == [("A", 0, 5, 1, 6), ("A", 1, 3, 2, 4), ("A", 2, 4, 3, 5)]


def test_a_completion_by_nobody_who_started_takes_the_oldest_open_start() -> None:
    records = steps(("A:start", 0, "Ann"), ("A:start", 1, None), ("A:complete", 2, "Cy"), ("A:complete", 3, "Cy"))
    assert seen(oracle.pair(records, two_times=False)) == [("A", 0, 2, 1, 3), ("A", 1, 3, 2, 4)]


def test_two_unknown_resources_count_as_the_same() -> None:
    records = steps(("A:start", 0, "Ann"), ("A:start", 1, None), ("A:complete", 2, None), ("A:complete", 3, "Ann"))
    assert seen(oracle.pair(records, two_times=False)) == [("A", 0, 3, 1, 4), ("A", 1, 2, 2, 3)]


def test_pairs_are_made_by_time_not_by_place_in_the_file() -> None:
    records = steps(("A:complete", 9, "Ann"), ("A:start", 5, "Ann"), ("A:complete", 4, "Ann"), ("A:start", 1, "Ann"))
    assert seen(oracle.pair(records, two_times=False)) == [("A", 1, 4, 4, 3), ("A", 5, 9, 2, 1)]


def test_at_equal_times_a_completion_before_its_start_in_the_file_is_not_its_completion() -> None:
    records = steps(("A:complete", 5, None), ("A:start", 5, None), ("B:start", 5, None), ("B:complete", 5, None))
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 5, 5, None, 1), ("A", 5, 5, None, 2), ("B", 5, 5, 3, 4)]
    assert [(event.has_duration, event.is_open) for event in events] == [(False, False), (False, True), (True, False)]


def test_case_activity_and_instance_keep_pairs_apart() -> None:
    def record(row: int, time: float, transition: str, *, case: str, activity: str, instance: str | None) -> Record:
        return Record(row=row, case=case, activity=activity, end=at(time), lifecycle=transition, instance=instance)

    records = [
        record(1, 0, "start", case="1", activity="A", instance="i"),
        record(2, 1, "start", case="1", activity="A", instance=None),
        record(3, 2, "complete", case="1", activity="A", instance=None),
        record(4, 3, "complete", case="1", activity="A", instance="j"),
        record(5, 4, "complete", case="2", activity="A", instance="i"),
        record(6, 5, "complete", case="1", activity="a", instance="i"),
    ]
    assert seen(oracle.pair(records, two_times=False)) == [
        ("A", 0, 0, None, 1),
        ("A", 1, 2, 2, 3),
        ("A", 3, 3, None, 4),
        ("a", 5, 5, None, 6),
        ("A", 4, 4, None, 5),
    ]


def test_a_lone_start_is_open_and_a_lone_completion_is_not() -> None:
    records = steps(("A:start", 0, "Ann"), ("B:complete", 1, "Ann"))
    events = oracle.pair(records, two_times=False)
    assert [(event.activity, event.has_duration, event.is_open) for event in events] == [
        ("A", False, True),
        ("B", False, False),
    ]


def test_a_start_takes_every_schedule_and_assign_before_it_and_is_enabled_by_the_first() -> None:
    records = steps(
        ("A:assign", 2, "Boss"),
        ("A:schedule", 1, None),
        ("A:start", 5, "Ann"),
        ("A:complete", 6, "Ann"),
        ("A:start", 7, "Ann"),
        ("A:complete", 8, "Ann"),
    )
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 5, 6, 3, 4), ("A", 7, 8, 5, 6)]
    assert [event.enabled_time for event in events] == [at(1), None]


def test_a_start_left_open_keeps_the_schedule_it_took() -> None:
    records = steps(("A:schedule", 1, None), ("A:start", 3, "Ann"), ("B:complete", 4, "Ann"))
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 3, 3, None, 2), ("B", 4, 4, None, 3)]
    assert (events[0].enabled_time, events[0].is_open) == (at(1), True)


def test_a_completion_without_a_start_takes_the_schedule() -> None:
    records = steps(("A:schedule", 1, None), ("A:complete", 3, "Ann"), ("B:start", 4, "Ann"), ("B:complete", 5, "Ann"))
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 3, 3, None, 2), ("B", 4, 5, 3, 4)]
    assert (events[0].enabled_time, events[0].has_duration) == (at(1), False)


def test_a_schedule_after_the_start_waits_for_the_next_instance_and_is_a_row_if_none_comes() -> None:
    records = steps(("A:start", 0, "Ann"), ("A:schedule", 1, None), ("A:complete", 2, "Ann"), ("B:schedule", 3, None))
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 0, 2, 1, 3), ("A", 1, 1, None, 2), ("B", 3, 3, None, 4)]
    assert [(event.enabled_time, event.has_duration, event.is_open) for event in events[1:]] == [
        (None, False, False),
        (None, False, False),
    ]


def test_a_schedule_counts_before_an_enabled_column_and_may_lie_after_the_start() -> None:
    records = [
        Record(row=1, case="1", activity="A", end=at(1), lifecycle="schedule"),
        Record(row=2, case="1", activity="A", end=at(2), lifecycle="start", enabled=at(0)),
        Record(row=3, case="1", activity="A", end=at(3), lifecycle="complete"),
        Record(row=4, case="1", activity="B", end=at(4), lifecycle="start", enabled=at(9)),
        Record(row=5, case="1", activity="B", end=at(5), lifecycle="complete"),
    ]
    assert [event.enabled_time for event in oracle.pair(records, two_times=False)] == [at(1), at(9)]


def test_suspend_and_resume_belong_to_the_open_start_and_are_rows_without_one() -> None:
    records = steps(
        ("A:suspend", 0, "Ann"),
        ("A:start", 1, "Ann"),
        ("A:suspend", 2, "Bob"),
        ("A:resume", 3, "Ann"),
        ("A:complete", 4, "Ann"),
        ("A:resume", 5, "Ann"),
    )
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 0, 0, None, 1), ("A", 1, 4, 2, 5), ("A", 5, 5, None, 6)]
    assert len(records) - len(events) == 3  # rows_paired: the start, the suspend and the resume


def test_any_other_transition_or_none_is_a_row() -> None:
    records = steps(("A:start", 0, None), ("A:withdraw", 1, None), ("A", 2, None), ("A:complete", 3, None))
    assert seen(oracle.pair(records, two_times=False)) == [
        ("A", 0, 3, 1, 4),
        ("A", 1, 1, None, 2),
        ("A", 2, 2, None, 3),
    ]


@pytest.mark.parametrize(
    "transitions", [("start", "START"), ("complete", "complete"), ("schedule", "assign"), ("Queued", "Accepted")]
)
def test_with_neither_start_nor_complete_or_with_one_transition_every_record_is_a_row(
    transitions: tuple[str, str],
) -> None:
    records = steps((f"A:{transitions[0]}", 0, None), (f"A:{transitions[1]}", 1, None), ("A", 2, None))
    events = oracle.pair(records, two_times=False)
    assert seen(events) == [("A", 0, 0, None, 1), ("A", 1, 1, None, 2), ("A", 2, 2, None, 3)]
    assert not any(event.has_duration or event.is_open for event in events)


def test_a_completion_takes_a_schedule_in_a_log_without_any_start() -> None:
    events = oracle.pair(steps(("A:schedule", 0, None), ("A:complete", 1, "Ann")), two_times=False)
    assert seen(events) == [("A", 1, 1, None, 2)]
    assert events[0].enabled_time == at(0)


def test_a_start_is_open_in_a_log_without_any_completion() -> None:
    events = oracle.pair(steps(("A:start", 0, None), ("A:assign", 1, "Ann")), two_times=False)
    assert seen(events) == [("A", 0, 0, None, 1), ("A", 1, 1, None, 2)]
    assert [event.is_open for event in events] == [True, False]


def test_with_two_times_a_record_is_a_row_whatever_it_lacks() -> None:
    records = [
        Record(row=1, case="1", activity="both", start=at(0), end=at(2), lifecycle="start"),
        Record(row=2, case="1", activity="equal", start=at(3), end=at(3), lifecycle="complete"),
        Record(row=3, case="1", activity="end only", end=at(4)),
        Record(row=4, case="1", activity="reversed", start=at(9), end=at(5)),
        Record(row=5, case="1", activity="start only", start=at(6)),
    ]
    events = oracle.pair(records, two_times=True)
    assert seen(events) == [
        ("both", 0, 2, None, 1),
        ("equal", 3, 3, None, 2),
        ("end only", 4, 4, None, 3),
        ("reversed", 5, 5, None, 4),
        ("start only", 6, 6, None, 5),
    ]
    assert [(event.has_duration, event.is_open) for event in events] == [
        (True, False),
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]


def test_rows_are_ordered_by_start_then_end_then_source_row() -> None:
    records = [
        Record(row=1, case="1", activity="D", start=at(1), end=at(5)),
        Record(row=2, case="1", activity="B", start=at(0), end=at(9)),
        Record(row=3, case="1", activity="C", start=at(0), end=at(9)),
        Record(row=4, case="1", activity="A", start=at(0), end=at(3)),
    ]
    assert [event.activity for event in oracle.pair(records, two_times=True)] == ["A", "B", "C", "D"]


def test_of_two_equal_pairs_the_one_that_completes_first_in_the_file_is_first() -> None:
    records = steps(("A:start", 0, None), ("B:start", 0, None), ("B:complete", 1, None), ("A:complete", 1, None))
    assert seen(oracle.pair(records, two_times=False)) == [("B", 0, 1, 2, 3), ("A", 0, 1, 1, 4)]


def test_a_row_waits_from_the_greatest_end_before_it_not_from_the_last_one() -> None:
    records = [
        Record(row=1, case="1", activity="long", start=at(0), end=at(100)),
        Record(row=2, case="1", activity="inside", start=at(10), end=at(20)),
        Record(row=3, case="1", activity="after both", start=at(130), end=at(140)),
        Record(row=4, case="1", activity="at once", start=at(140), end=at(140)),
        Record(row=5, case="2", activity="other case", start=at(500), end=at(500)),
    ]
    events = oracle.pair(records, two_times=True)
    assert [event.waiting_seconds for event in events] == [0, 0, 30, 0, 0]
    assert [event.processing_seconds for event in events] == [100, 10, 10, 0, 0]


def test_records_without_a_case_are_left_out_and_case_ids_are_text() -> None:
    records = [Record(row=row, case=case, activity="A", end=at(0)) for row, case in enumerate(("01", None, "1"), 1)]
    assert [(event.case_id, event.source_row) for event in oracle.pair(records, two_times=False)] == [
        ("01", 1),
        ("1", 3),
    ]


def test_a_record_that_would_have_to_be_imputed_is_refused() -> None:
    with pytest.raises(ValueError, match="row 4 has no activity"):
        oracle.pair([Record(row=4, case="1", activity=None, end=at(0))], two_times=False)
    with pytest.raises(ValueError, match="row 5 has no time"):
        oracle.pair([Record(row=5, case="1", activity="A")], two_times=True)


@UNTIMED
@given(any_logs())
def test_waits_of_rows_sum_to_the_waiting_time_of_their_case(log: RandomLog) -> None:
    events = oracle.pair(log.records, two_times=log.two_times)
    for case in oracle.cases(events):
        waits = [event.waiting_seconds for event in events if event.case_id == case["case_id"]]
        assert sum(waits) == pytest.approx(case["waiting_time_seconds"], abs=1e-3)
        assert case["waiting_time_seconds"] >= 0


@UNTIMED
@given(any_logs())
def test_every_record_is_in_exactly_one_row_or_belongs_to_one(log: RandomLog) -> None:
    events = oracle.pair(log.records, two_times=log.two_times)
    named = [row for event in events for row in (event.source_row, event.start_source_row) if row is not None]
    by_row = {record.row: record for record in log.records}
    assert len(named) == len(set(named))
    for row in by_row.keys() - set(named):
        assert (by_row[row].lifecycle or "").lower() in {"schedule", "assign", "suspend", "resume"}
    for event in events:
        assert {(by_row[event.source_row].case, by_row[event.source_row].activity)} == {(event.case_id, event.activity)}
        assert event.start_time <= event.end_time
