"""Single patterns by hand: what counts, what does not, and which rows are shown."""

from datetime import datetime, timedelta

import pytest

from bpa_assets.event_log.quality.catalog import PATTERNS
from bpa_assets.settings import ProcessConfig
from bpa_resources.tables.quality import LOG_PROFILE, QUALITY_ISSUE, QUALITY_PATTERNS
from tests.conftest import REPOSITORY
from tests.event_log.quality.conftest import Profiled, found

MONDAY = datetime(2024, 1, 8, 9, 0, 1)


def times(count: int, *, apart: timedelta = timedelta(minutes=61, seconds=7)) -> list[str]:
    return [str(MONDAY + number * apart) for number in range(count)]


def test_the_catalog_the_lake_and_the_contract_have_the_same_patterns() -> None:
    assert tuple(pattern.name for pattern in PATTERNS) == QUALITY_PATTERNS
    assert len({pattern.check for pattern in PATTERNS}) == len(PATTERNS) >= 12
    contract = (REPOSITORY / "docs" / "contracts.md").read_text()
    for pattern in PATTERNS:
        assert f"| `{pattern.name}` | {pattern.meaning} | {pattern.unit} |" in contract
        assert f"| `{pattern.check}` |" in contract


def test_the_tables_have_the_declared_columns(profiled: Profiled) -> None:
    profile = profiled(case=["1", "1"], activity=["Ask", "Answer"], time=times(2))
    assert tuple(profile.log_profile.column_names) == LOG_PROFILE.column_names
    assert tuple(profile.quality_issue.column_names) == QUALITY_ISSUE.column_names
    assert profile.figures["events"] == 2


def test_a_value_is_expected_where_its_activity_mostly_has_it(profiled: Profiled) -> None:
    """'Ask' has a user in 3 of 4 rows, 'Close' in 1 of 4: one value is missing, and three never were to be there."""
    profile = profiled(
        case=[number for number in "1234" for _ in "ab"],
        activity=["Ask", "Close"] * 4,
        time=times(8),
        user=["Ann", None, None, "Ann", "Bob", None, "Eve", None],
    )
    (issue,) = found(profile, "missing_values")
    assert (issue.column, issue.rows, issue.of) == ("resource", 1, 4)
    assert [(example.case_id, example.source_row) for example in issue.examples] == [("2", 3)]
    assert issue.severity == "warning"


def test_an_attribute_of_the_case_is_expected_everywhere_or_nowhere(profiled: Profiled) -> None:
    profile = profiled(
        case=[number for number in "12345678" for _ in "ab"],
        activity=["Ask", "Close"] * 8,
        time=times(16),
        region=["N", "N"] * 6 + [None, None] * 2,
    )
    (issue,) = found(profile, "missing_values")
    assert (issue.column, issue.rows, issue.of) == ("region", 4, 16)


def test_what_was_imputed_still_counts_as_absent_and_says_how_well(profiled: Profiled) -> None:
    row = {
        "column_name": "resource",
        "kind": "category",
        "rows_absent": 3,
        "filled": 2,
        "context": "most frequent value by activity",
        "accuracy": 0.8,
        "plain_accuracy": 0.5,
        "abstained_because": None,
        "drift": 0.01,
    }
    profile = profiled(
        imputation=[row],
        case=list("1111"),
        activity=["Ask"] * 4,
        time=times(4),
        user=["Ann", "Ann", "Ann", None],
    )
    (issue,) = found(profile, "missing_values")
    assert (issue.rows, issue.action, issue.imputation_accuracy) == (3, "imputed", 0.8)
    assert "2 were filled in: most frequent value by activity" in issue.told


def test_an_imputation_that_abstained_says_why(profiled: Profiled) -> None:
    row = {
        "column_name": "resource",
        "kind": "category",
        "rows_absent": 1,
        "filled": 0,
        "context": None,
        "accuracy": None,
        "plain_accuracy": 0.5,
        "abstained_because": "nothing predicts it",
        "drift": None,
    }
    users = ["Ann", "Bob", "Eve", None]
    profile = profiled(imputation=[row], case=list("1111"), activity=["Ask"] * 4, time=times(4), user=users)
    (issue,) = found(profile, "missing_values")
    assert (issue.rows, issue.action, issue.imputation_accuracy) == (1, "kept", None)
    assert issue.told.endswith("not filled in: nothing predicts it")


def test_copies_count_once_each_and_not_the_first(profiled: Profiled) -> None:
    time = times(2)
    profile = profiled(
        case=list("1111"), activity=["Ask", "Ask", "Ask", "Close"], time=[time[0]] * 3 + [time[1]], user=["Ann"] * 4
    )
    (issue,) = found(profile, "duplicate_events")
    assert (issue.rows, issue.of) == (2, 4)
    assert [example.source_row for example in issue.examples] == [2, 3]
    assert issue.severity == "warning"


def test_above_half_copies_stop_the_run(profiled: Profiled) -> None:
    profile = profiled(case=list("1111"), activity=["Ask"] * 4, time=times(1) * 4)
    (issue,) = found(profile, "duplicate_events")
    assert (issue.share, issue.severity) == (0.75, "error")


def test_the_same_by_another_or_with_another_content_at_a_whole_hour_is_no_copy(profiled: Profiled) -> None:
    hour = str(MONDAY.replace(second=0))
    profile = profiled(
        case=list("1122"),
        activity=["Ask"] * 4,
        time=[times(1)[0]] * 2 + [hour] * 2,
        user=["Ann", "Bob", "Eve", "Eve"],
        item=["a", "a", "b", "c"],
    )
    assert found(profile, "duplicate_events") == []


def test_a_record_that_ends_before_it_starts_is_negative(profiled: Profiled) -> None:
    time = times(4)
    profile = profiled(
        case=list("11"), activity=["Ask", "Close"], start_time=[time[0], time[3]], end_time=[time[1], time[2]]
    )
    (issue,) = found(profile, "negative_durations")
    assert (issue.rows, issue.action) == (1, "imputed")
    assert [example.source_row for example in issue.examples] == [2]
    assert found(profile, "missing_values") == []


def test_times_that_are_dates_in_another_zone_are_dates(profiled: Profiled) -> None:
    """Midnight in Rome is 22:00 UTC in summer and 23:00 in winter."""
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in (3, 17)]
    times = [f"{day}T00:00:00{'+02:00' if '2024-04' <= day < '2024-10-27' else '+01:00'}" for day in days]
    profile = profiled(case=list(range(24)), activity=["Fine"] * 24, time=times)
    (issue,) = found(profile, "whole_day_times")
    assert issue.rows == 24


def test_names_of_steps_that_differ_by_a_number_or_a_short_word_are_no_misspellings(profiled: Profiled) -> None:
    activity = ["Send letter A"] * 30 + ["Send letter B", "Send letter 2", "Send letters C"]
    profile = profiled(case=list(range(33)), activity=activity, time=times(33))
    assert found(profile, "distorted_labels") == []


def test_the_codes_of_a_catalogue_are_no_ids_in_names(profiled: Profiled) -> None:
    """Sixty steps that all of four cases do, and 300 codes in cases enough: as in the logs of building permits."""
    steps = [(str(case), f"Step {number}") for case in range(4) for number in range(60)]
    codes = [(str(case), f"{place % 9:02}_HOOFD_{place:03}") for case in range(60) for place in range(case % 2, 300, 2)]
    for rows in (steps, codes):
        profile = profiled(case=[row[0] for row in rows], activity=[row[1] for row in rows], time=times(len(rows)))
        assert not found(profile, "polluted_labels")


def test_the_id_of_a_case_in_a_name_is_one_however_often_the_case_has_it(profiled: Profiled) -> None:
    rows = [(str(case), name) for case in range(5) for name in ("Ask", *[f"Call {case + 100}"] * 9)]
    profile = profiled(case=[row[0] for row in rows], activity=[row[1] for row in rows], time=times(len(rows)))
    (issue,) = found(profile, "polluted_labels")
    assert (issue.rows, issue.of) == (45, 50)


def test_a_misspelt_name_counts_for_the_frequent_one(profiled: Profiled) -> None:
    activity = ["Send letter"] * 30 + ["Sned letter", "SEND LETTER", "Send  letter"]
    profile = profiled(case=list(range(33)), activity=activity, time=times(33))
    (issue,) = found(profile, "distorted_labels")
    assert issue.rows == 3
    assert {example.value for example in issue.examples} == {"Sned letter", "SEND LETTER", "Send  letter"}


def test_machines_that_are_declared_may_work_at_night(profiled: Profiled) -> None:
    time = times(24 * 7, apart=timedelta(minutes=60))
    columns = {"case": ["1"] * len(time), "activity": ["Poll"] * len(time), "time": time, "user": ["Bot"] * len(time)}
    (issue,) = found(profiled(**columns), "tireless_resources")
    assert (issue.rows, issue.severity) == (1, "info")
    declared = ProcessConfig.model_validate({"automation": {"resources": ["Bot"]}})
    assert found(profiled(declared, **columns), "tireless_resources") == []


def test_more_than_a_day_of_work_in_a_day_is_told(profiled: Profiled) -> None:
    starts = [str(MONDAY + timedelta(minutes=number)) for number in range(4)]
    ends = [str(MONDAY + timedelta(hours=7, minutes=number)) for number in range(4)]
    profile = profiled(case=list("1234"), activity=["Wait"] * 4, start_time=starts, end_time=ends, user=["Ann"] * 4)
    (issue,) = found(profile, "overloaded_resources")
    assert (issue.rows, issue.of) == (1, 1)


@pytest.mark.parametrize(
    ("pattern", "day"), [("ambiguous_local_times", "2024-10-27"), ("nonexistent_local_times", "2024-03-31")]
)
def test_local_times_at_a_change_of_the_clock_are_counted_and_shown(profiled: Profiled, pattern: str, day: str) -> None:
    config = ProcessConfig.model_validate({"source": {"timezone": "Europe/Amsterdam"}})
    time = [f"{day} 01:15:00", f"{day} 02:30:00", f"{day} 04:45:10"]
    profile = profiled(config, case=list("111"), activity=["Ask", "Answer", "Close"], time=time)
    (issue,) = found(profile, pattern)
    assert issue.rows == 1
    assert [example.source_row for example in issue.examples] == [2]


def test_a_log_of_single_events_is_told_that_its_case_column_may_be_wrong(profiled: Profiled) -> None:
    profile = profiled(case=list(range(25)), activity=["Ask", "Close"] * 12 + ["Ask"], time=times(25))
    (issue,) = found(profile, "single_event_cases")
    assert (issue.rows, issue.of, issue.severity) == (25, 25, "warning")
    assert "source.case_id" in issue.told


def test_a_log_of_one_instant_stops(profiled: Profiled) -> None:
    profile = profiled(case=list(range(25)), activity=["Ask"] * 25, time=times(1) * 25)
    (issue,) = found(profile, "one_instant")
    assert issue.severity == "error"
    assert profile.figures["errors"] >= 1
