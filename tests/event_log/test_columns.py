"""Which column is what: the conventions of real logs, copies, questions, and process.yaml."""

from pathlib import Path
from typing import get_args

import pytest

from bpa_assets.event_log.column_names import NAMES, Role, normalised
from bpa_assets.event_log.columns import ColumnMapping, map_columns
from bpa_assets.event_log.sources import Source, SourceColumn
from bpa_assets.settings import ProcessConfig
from bpa_resources.errors import InputError
from tests.stored_logs import read, stored, write_rows

NOTHING_WANTED: dict[str, str | None] = {}


def mapping(
    *names: str,
    equal: tuple[str, ...] = (),
    cost: tuple[str, ...] = (),
    wanted: dict[str, str | None] = NOTHING_WANTED,
) -> ColumnMapping:
    """Map columns of these names; those in `equal` hold the same."""

    def unread(_: object) -> object:
        raise AssertionError("the names are enough")

    columns = tuple(SourceColumn(name, "VARCHAR") for name in names)
    source = Source("log.csv", columns, unread, 1)  # type: ignore[arg-type]
    return map_columns(source, wanted=wanted, cost=cost, equal=lambda a, b: {names[a], names[b]} <= set(equal))


def roles(*names: str, **more: object) -> dict[str, str]:
    found = mapping(*names, **more)  # type: ignore[arg-type]
    return {role: names[index] for role, index in found.roles.items()}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (
            ("case:concept:name", "concept:name", "time:timestamp", "org:resource", "lifecycle:transition"),
            ("case:concept:name", "concept:name", None, "time:timestamp", "org:resource"),
        ),
        (
            ("case_id", "activity", "start_time", "end_time", "resource"),
            ("case_id", "activity", "start_time", "end_time", "resource"),
        ),
        (
            ("Case ID", "Activity", "Start Timestamp", "Complete Timestamp", "Resource"),
            ("Case ID", "Activity", "Start Timestamp", "Complete Timestamp", "Resource"),
        ),
        (("caseid", "task", "start_timestamp", "end_timestamp", "user"),) * 2,
        (("Case", "Step", "Begin", "Finish Time", "Performer"),) * 2,
        (
            ("CaseKey", "ActivityName", "EventTime", "UserName", "started"),
            ("CaseKey", "ActivityName", "started", "EventTime", "UserName"),
        ),
        (("trace", "event", "date"), ("trace", "event", None, "date", None)),
        (
            ("_CASE_KEY", "ACTIVITY_EN", "EVENTTIME", "_SORTING", "USER_NAME", "ACTIVITY_DE"),
            ("_CASE_KEY", "ACTIVITY_EN", None, "EVENTTIME", "USER_NAME"),
        ),
        (
            ("Case ID", "Activity", "Event end", "Event start", "Resource"),
            ("Case ID", "Activity", "Event start", "Event end", "Resource"),
        ),
        (("caseID", "activity", "startTimestamp", "endTimestamp", "resource"),) * 2,
        (("Case ID", "Activity", "Start", "End", "Resource"),) * 2,
        (("Vorgangsnummer", "Aktivität", "Startzeit", "Endzeit", "Bearbeiter"),) * 2,
        (("Vorgang", "Tätigkeit", "Beginn", "Ende", "Benutzer"),) * 2,
        (("Fall-ID", "Taetigkeit", "Startdatum", "Enddatum", "Mitarbeiter"),) * 2,
        (("Belegnummer", "Vorgang", "Schritt", "Zeitstempel"), ("Belegnummer", "Schritt", None, "Zeitstempel", None)),
        (("Document Number", "Event", "Date", "User"), ("Document Number", "Event", None, "Date", "User")),
        (("VBELN", "TCODE", "UDATE", "USNAM"), ("VBELN", "TCODE", None, "UDATE", "USNAM")),
        (("ID de caso", "Actividad", "Fecha inicio", "Fecha fin", "Recurso"),) * 2,
        (("Numéro de dossier", "Activité", "Date de début", "Date de fin", "Ressource"),) * 2,
        (("Zaaknummer", "Activiteit", "Begintijd", "Eindtijd", "Medewerker"),) * 2,
        (("ID do caso", "Atividade", "Data início", "Data fim", "Usuário"),) * 2,
    ],
)
def test_columns_are_known_in_the_conventions_of_tools(names: tuple[str, ...], found: tuple[str | None, ...]) -> None:
    expected = dict(zip(("case_id", "activity", "start_time", "end_time", "resource"), found, strict=False))
    mapped = roles(*names)
    assert {role: mapped.get(role) for role in expected} == expected


def test_no_name_stands_for_two_roles_and_every_role_has_one() -> None:
    names = [name for tiers in NAMES.values() for tier in tiers for name in tier]
    assert len(names) == len(set(names))
    assert set(NAMES) == set(get_args(Role))
    assert all(name == normalised(name) for name in names)


def test_what_is_no_role_is_an_attribute_and_lifecycle_and_instance_are_both() -> None:
    names = ("case", "activity", "end_time", "lifecycle:transition", "concept:instance", "Amount")
    found = mapping(*names)
    assert [names[index] for index in found.attributes] == ["lifecycle:transition", "concept:instance", "Amount"]
    assert found.roles["instance"] == 4


def test_a_sure_name_wins_over_a_likely_one_which_stays_an_attribute() -> None:
    found = mapping("case", "case_id", "task", "activity", "timestamp", "end_time")
    assert dict(found.roles) == {"case_id": 1, "activity": 3, "end_time": 5}
    assert found.attributes == (0, 2, 4)


def test_a_copy_of_a_mapped_column_is_left_out_and_told() -> None:
    names = ("case:concept:name", "concept:name", "Activity", "time:timestamp")
    found = mapping(*names, equal=("concept:name", "Activity"))
    assert found.roles["activity"] == 1
    assert found.attributes == ()
    assert found.findings[1] == "log.csv: column 'Activity' is the same as 'concept:name' and left out"


def test_a_copy_under_a_likely_name_is_left_out_too() -> None:
    names = ("case_id", "activity", "task", "end_time")
    assert mapping(*names, equal=("activity", "task")).attributes == ()
    assert mapping(*names).attributes == (2,)


def test_two_columns_that_could_be_the_same_thing_and_differ_are_a_question() -> None:
    with pytest.raises(InputError) as refused:
        mapping("case:concept:name", "concept:name", "Activity", "time:timestamp")
    assert str(refused.value) == (
        "log.csv: two columns could be the activity, 'concept:name' and 'Activity', and they differ; "
        "say which with source.activity in process.yaml"
    )


def test_two_columns_of_one_name_that_differ_are_to_be_renamed() -> None:
    said = r"log\.csv: two columns are named 'activity' and they differ; rename the one that is not the activity"
    with pytest.raises(InputError, match=said):
        mapping("case", "activity", "activity", "end_time")
    assert mapping("case", "activity", "activity", "end_time", equal=("activity",)).attributes == ()


def test_process_yaml_wins_and_the_other_column_is_an_attribute() -> None:
    names = ("case:concept:name", "concept:name", "Activity", "time:timestamp")
    found = mapping(*names, wanted={"activity": "Activity"})
    assert (found.roles["activity"], found.attributes) == (2, (1,))
    assert found.findings[0] == "log.csv: columns by name: case_id = 'case:concept:name', end_time = 'time:timestamp'"


def test_a_column_named_by_process_yaml_serves_no_other_role() -> None:
    assert roles("case", "activity", "end_time", "user", wanted={"case_id": "user"}) == {
        "case_id": "user",
        "activity": "activity",
        "end_time": "end_time",
    }
    # `timestamp` is the start here, so the end is not known.
    assert roles("case", "activity", "timestamp", wanted={"start_time": "timestamp"}) == {
        "case_id": "case",
        "activity": "activity",
        "start_time": "timestamp",
    }
    # The end is `start` although its name says otherwise.
    assert "start_time" not in roles("case", "activity", "start", wanted={"end_time": "start"})
    # Nor is it asked about.
    assert roles("case_id", "CaseID", "activity", "end_time", wanted={"case_id": "CaseID"})["case_id"] == "CaseID"


def test_a_column_that_process_yaml_names_must_be_there_once() -> None:
    with pytest.raises(InputError) as refused:
        mapping("case", "activity", "end_time", wanted={"resource": "User"})
    assert str(refused.value) == (
        "log.csv has no column 'User' (source.resource); its columns are 'case', 'activity', 'end_time'"
    )
    with pytest.raises(InputError, match=r"log\.csv has 2 columns 'Fee' \(source\.cost\); rename all but one"):
        mapping("case", "activity", "end_time", "Fee", "Fee", cost=("Fee",))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("id", "activity", "end_time"), "the case; say which with source.case_id"),
        (("case", "what", "end_time"), "the activity; say which with source.activity"),
        (("case", "activity", "when"), "the time; say which with source.end_time"),
        (("enabled_time",), "the time; say which with source.end_time"),
    ],
)
def test_a_log_without_a_case_an_activity_or_a_time_is_refused(names: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError) as refused:
        mapping(*names)
    listed = ", ".join(f"'{name}'" for name in names)
    assert str(refused.value) == f"log.csv: no column is known to be {said} in process.yaml (columns: {listed})"


def test_costs_are_attributes_too() -> None:
    found = mapping("case", "activity", "end_time", "Fee", "Tax", cost=("Tax", "Fee"))
    assert (found.cost, found.attributes) == ((4, 3), (3, 4))


def test_copies_are_told_by_every_row_of_the_file(tmp_path: Path) -> None:
    columns: dict[str, list[str | None]] = {
        "case:concept:name": ["1"] * 3,
        "concept:name": ["A", "B", None],
        "time:timestamp": ["2024-01-01"] * 3,
    }
    path = write_rows(tmp_path / "log.csv", **columns, Activity=["A", "B", None])
    log = read([path])
    assert [row["activity"] for row in stored(log)] == ["A", "B"]
    assert log.event_attribute.num_rows == 0
    path = write_rows(tmp_path / "log.csv", **columns, Activity=["A", "B", "C"])
    with pytest.raises(InputError, match="and they differ"):
        read([path])
    config = ProcessConfig.model_validate({"source": {"activity": "Activity"}})
    log = read([path], config=config)
    assert [row["activity"] for row in stored(log)] == ["A", "B", "C"]
    assert log.event_attribute["column_name"].to_pylist() == ["concept_name"]


def test_a_time_under_two_names_is_one_time(tmp_path: Path) -> None:
    times = ["2024-01-01T10:00"]
    path = write_rows(tmp_path / "log.csv", case=["1"], activity=["A"], timestamp=times, end_time=times)
    log = read([path])
    assert stored(log)[0]["has_duration"] is False
    assert "log.csv: column 'timestamp' is the same as 'end_time' and left out" in log.accounting["findings"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ACR.csv.gz", ("case_id", "Activity", "start_timestamp", "end_timestamp", "Resource")),
        ("LoanApp.csv.gz", ("case_id", "activity", "start_time", "end_time", "resource")),
        ("P2P.csv.gz", ("case:concept:name", "concept:name", "start_timestamp", "time:timestamp", "org:resource")),
        ("Production.csv.gz", ("caseid", "task", "start_timestamp", "end_timestamp", "user")),
    ],
)
@pytest.mark.shared
def test_the_columns_of_shared_logs_are_known(shared_logs: Path, name: str, expected: tuple[str, ...]) -> None:
    import csv
    import gzip

    with gzip.open(shared_logs / name, "rt", encoding="utf-8", newline="") as text:
        names = next(csv.reader(text))
    mapped = roles(*names, equal=tuple(names))  # what is called alike is alike in these logs
    normal = {role: normalised(mapped[role]) for role in ("case_id", "activity", "start_time", "end_time", "resource")}
    assert list(normal.values()) == [normalised(one) for one in expected]
