"""Columns and values as they stand in logs that people have published, some of which were read wrongly at first."""

from pathlib import Path

import pytest

from bpa_assets.event_log.milestones import WideFileError
from bpa_assets.settings import ProcessConfig, Source
from bpa_resources.errors import InputError
from tests.event_log.test_column_choice import findings, log_columns
from tests.stored_logs import read, stored, write_rows

DAYS = [f"2024-01-0{day} 10:00:00" for day in range(1, 5)]
LATER = [f"2024-01-0{day} 11:00:00" for day in range(1, 5)]
CASES, STEPS = ["1", "1", "2", "2"], ["A", "B", "A", "B"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("START_TIME_TASK", "END_TIME_TASK"),
        ("TimestampStart", "TimestampEnd"),
        ("start_time", "exit_time"),
        ("task_started_date", "task_completed_date"),
    ],
)
def test_a_name_made_of_the_words_for_a_start_or_an_end_is_a_time(tmp_path: Path, start: str, end: str) -> None:
    log = read([write_rows(tmp_path / "log.csv", case=CASES, activity=STEPS, **{start: DAYS, end: LATER})])
    assert {row["processing_seconds"] for row in stored(log)} == {3600}


def test_a_workflow_engine_s_own_names_are_known(tmp_path: Path) -> None:
    columns = {"PROC_INST_ID_": CASES, "ACT_ID_": ["t1", "t2"] * 2, "ACT_NAME_": STEPS, "ASSIGNEE_": ["Ann", "Bob"] * 2}
    log = read([write_rows(tmp_path / "log.csv", **columns, START_TIME_=DAYS, END_TIME_=LATER)])
    assert [(row["case_id"], row["activity"], row["resource"]) for row in stored(log)][:2] == [
        ("1", "A", "Ann"),
        ("1", "B", "Bob"),
    ]


@pytest.mark.parametrize("name", ["resource_id", "Person", "EXECUTOR", "employee_id", "ANALISTA", "担当者", "Machine"])
def test_who_did_it_is_known_by_more_names(tmp_path: Path, name: str) -> None:
    people = ["Ann", "Bob", "Ann", "Bob"]
    log = read([write_rows(tmp_path / "log.csv", case=CASES, activity=STEPS, timestamp=DAYS, **{name: people})])
    assert [row["resource"] for row in stored(log)] == people


def test_a_column_without_any_value_is_no_question(tmp_path: Path) -> None:
    columns = {"case": CASES, "activity": STEPS, "timestamp": DAYS, "User": ["Ann"] * 4, "UserName": [None] * 4}
    assert {row["resource"] for row in stored(read([write_rows(tmp_path / "log.csv", **columns)]))} == {"Ann"}
    with pytest.raises(InputError, match="two columns could be the resource, 'User' and 'UserName'"):
        read([write_rows(tmp_path / "two.csv", **{**columns, "UserName": ["Bob"] * 4})])


def test_a_counter_is_no_activity_and_a_time_no_case(tmp_path: Path) -> None:
    """Incidents with a count of changes that rises in each: the next one is easily foretold, and it is no activity."""
    known = log_columns()
    seen: dict[str, int] = {}
    counts = []
    for case in map(str, known["case"]):
        counts.append(str(seen.get(case, 0)))
        seen[case] = seen.get(case, 0) + 1
    first = dict(reversed([*zip(known["case"], known["start_time"], strict=True)]))
    created = [first[case] for case in known["case"]]
    path = write_rows(
        tmp_path / "log.csv", number=known["case"], changes=counts, opened=created, time=known["end_time"]
    )
    with pytest.raises(InputError, match="no column is known to be the case"):
        read([path])


def test_a_column_of_starts_and_completions_is_the_lifecycle_whatever_its_name(tmp_path: Path) -> None:
    columns = {"case": CASES, "activity": ["A", "A", "B", "B"], "Type": ["start", "end", "Start", "end"]}
    log = read([write_rows(tmp_path / "log.csv", **columns, timestamp=DAYS)])
    assert [(row["case_id"], row["activity"], row["processing_seconds"]) for row in stored(log)] == [
        ("1", "A", 86_400),
        ("2", "B", 86_400),
    ]
    assert "log.csv: columns by content: lifecycle = 'Type'" in findings(log)
    assert "states are read as transitions: end = complete" in findings(log)
    states = {**columns, "Type": ["start", "end", "waiting", "end"]}
    assert len(stored(read([write_rows(tmp_path / "states.csv", **states, timestamp=DAYS)]))) == 4


def test_a_text_that_stands_for_no_time_makes_an_open_step_and_no_refused_record(tmp_path: Path) -> None:
    ends = [LATER[0], "(null)", LATER[2], "-"]
    log = read([write_rows(tmp_path / "log.csv", case=CASES, activity=STEPS, start_time=DAYS, end_time=ends)])
    assert [row["is_open"] for row in stored(log)] == [False, True, False, True]
    assert log.rejected_events.num_rows == 0
    assert "log.csv: '(null)' in 'end_time' is read as no value" in findings(log)
    wrong = [LATER[0], "soon", LATER[2], LATER[3]]
    path = write_rows(tmp_path / "wrong.csv", case=CASES, activity=STEPS, start_time=DAYS, end_time=wrong)
    assert read([path]).rejected_events.num_rows == 1


@pytest.mark.parametrize("absent", ["NA", "?", "n/a", "NULL", "#N/A", "\\N"])
def test_a_text_that_stands_for_no_number_leaves_the_others_numbers(tmp_path: Path, absent: str) -> None:
    ages, regions = ["41", absent, "7", "70"], ["EU", absent, "EU", "EU"]
    log = read([write_rows(tmp_path / "l.csv", case=CASES, activity=STEPS, timestamp=DAYS, age=ages, region=regions)])
    assert [row["age"] for row in stored(log)] == [41, None, 7, 70]
    assert [row["region"] for row in stored(log)] == regions
    assert f"l.csv: '{absent}' in 'age' is read as no value" in findings(log)


def test_nobody_is_called_a_question_mark_but_somebody_may_be_called_null(tmp_path: Path) -> None:
    people: list[str | None] = ["Ann", "?", "(null)", "Null"]
    log = read([write_rows(tmp_path / "log.csv", case=CASES, activity=STEPS, timestamp=DAYS, resource=people)])
    assert [row["resource"] for row in stored(log)] == ["Ann", None, None, "Null"]


def test_a_wide_file_is_offered_with_its_id_and_not_with_a_title(tmp_path: Path) -> None:
    titles = ["No mail", "Slow disk", "Broken key", "Dark screen"]
    columns = {"short_description": titles, "number": ["INC1", "INC2", "INC3", "INC4"]}
    path = write_rows(tmp_path / "log.csv", **columns, opened=DAYS, resolved=LATER, closed=LATER)
    with pytest.raises(WideFileError) as wide:
        read([path])
    assert wide.value.settings["case_id"] == "number"


def test_other_times_of_events_are_told_where_no_start_or_no_end_is_known(tmp_path: Path) -> None:
    columns = {"case": CASES, "activity": STEPS, "end_time": LATER, "picked_up": DAYS, "due": ["2024-03-01"] * 4}
    path = write_rows(tmp_path / "log.csv", **columns)
    said = "log.csv: other times of events are in 'picked_up'; where work began or ended then, say so with "
    assert any(one.startswith(said) for one in findings(read([path])))
    config = ProcessConfig(source=Source(start_time="picked_up"))
    assert not any(one.startswith("log.csv: other times") for one in findings(read([path], config=config)))


def test_times_of_a_xes_log_without_an_offset_are_told_as_those_of_any_log(tmp_path: Path) -> None:
    time = '<date key="time:timestamp" value="2024-01-01T10:00:00{}"/>'
    event = f'<event><string key="concept:name" value="A"/>{time}</event>'
    naive, zoned = tmp_path / "naive.xes", tmp_path / "zoned.xes"
    for path, offset in ((naive, ""), (zoned, "+01:00")):
        case = f'<trace><string key="concept:name" value="1"/>{event.format(offset)}</trace>'
        path.write_text(f'<log xes.version="1.0">{case}</log>')
    told = "times without an offset are taken as UTC; set source.timezone if they are local"
    assert told in findings(read([naive]))
    assert told not in findings(read([zoned]))


def test_clocks_without_a_date_are_named_as_what_they_are(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=CASES, activity=STEPS, timestamp=["10:00", "10:30", "11:00", "9:15"])
    with pytest.raises(InputError, match=r"\(the first is '10:00'\); it has no date, and each event needs its day"):
        read([path])


BASE: dict[str, list[str | None]] = {"case": [*CASES], "activity": [*STEPS], "timestamp": [*DAYS]}


@pytest.mark.parametrize(
    ("more", "values"),
    [
        ("complete_date", ["2024-02-01", "2024-02-01", "2024-02-02", "2024-02-02"]),
        ("job_start_date", ["2010-01-01"] * 4),
        ("task_completed_time", ["12", "7", "8", "9"]),
        ("task_completed", ["true", "false"] * 2),
    ],
)
def test_what_is_only_called_like_a_time_of_events_stays_an_attribute(
    tmp_path: Path, more: str, values: list[str | None]
) -> None:
    found = stored(read([write_rows(tmp_path / "log.csv", **BASE, **{more: values})]))
    assert [str(row["end_time"]) for row in found] == DAYS
    assert {row["processing_seconds"] for row in found} == {0}
    assert more in found[0]


def test_two_guesses_at_who_did_it_are_no_question(tmp_path: Path) -> None:
    columns = {**BASE, "agent_id": ["1", "2", "1", "2"], "agent_name": ["Ann", "Bob", "Ann", "Bob"]}
    assert stored(read([write_rows(tmp_path / "log.csv", **columns)]))[0]["resource"] == "Ann"


@pytest.mark.parametrize("states", [["started", "done"] * 2, ["scheduled", "complete"] * 2])
def test_a_state_that_each_step_has_one_of_is_no_lifecycle(tmp_path: Path, states: list[str | None]) -> None:
    log = read([write_rows(tmp_path / "log.csv", **BASE, status=states)])
    assert [row["is_open"] for row in stored(log)] == [False] * 4
    assert not any("lifecycle" in one for one in findings(log))


def test_activities_that_are_named_like_transitions_are_activities(tmp_path: Path) -> None:
    columns = {**BASE, "activity": ["Started", "Finished"] * 2}
    assert [row["activity"] for row in stored(read([write_rows(tmp_path / "log.csv", **columns)]))][:2] == [
        "Started",
        "Finished",
    ]


def test_a_milestone_with_a_text_for_no_time_was_not_reached(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "log.csv", case=["1", "2"], Ordered=DAYS[:2], Paid=[LATER[0], "NA"])
    log = read([path], config=ProcessConfig(source=Source(case_id="case", milestones=("Ordered", "Paid"))))
    assert [(row["case_id"], row["activity"]) for row in stored(log)] == [
        ("1", "Ordered"),
        ("1", "Paid"),
        ("2", "Ordered"),
    ]
    assert log.rejected_events.num_rows == 0


def test_case_ids_that_are_numbers_are_still_told_by_content(tmp_path: Path) -> None:
    known = log_columns()
    first = {case: str(4_500_000_000 + place) for place, case in enumerate(dict.fromkeys(known["case"]))}
    ids = [first[case] for case in known["case"]]
    path = write_rows(tmp_path / "log.csv", ref=ids, what=known["activity"], timestamp=known["end_time"])
    assert "log.csv: columns by content: case_id = 'ref', activity = 'what'" in findings(read([path]))


def test_decimal_commas_beside_a_text_for_no_number_are_numbers(tmp_path: Path) -> None:
    log = read([write_rows(tmp_path / "log.csv", **BASE, fee=["1,5", "NA", "20", "2,25"])])
    assert [row["fee"] for row in stored(log)] == [1.5, None, 20.0, 2.25]
