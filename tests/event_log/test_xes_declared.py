"""What the pipeline makes of XES beside flat attributes: defaults, classifiers, lifecycles, log attributes, notes."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpa_assets.event_log.inferred_settings import inferred_settings
from bpa_assets.event_log.opened_sources import look_at
from bpa_assets.event_log.reading import EventLog
from bpa_assets.event_log.xes.declared import classifier_keys, usable_defaults
from bpa_assets.event_log.xes.declared import told as notes_on
from bpa_assets.event_log.xes.placeholders import names_a_process
from bpa_assets.event_log.xes.reader import read_xes
from bpa_assets.event_log.xes_source import xes_source
from bpa_assets.settings import ProcessConfig, Source
from bpa_resources.errors import InputError
from tests.event_log.xes_texts import attribute, name, step, text, trace, written
from tests.stored_logs import by_case, stored, write_rows
from tests.stored_logs import read as read_log


def told(log: EventLog) -> list[str]:
    findings = log.accounting["findings"]
    assert isinstance(findings, list)
    return findings


def rows_of(log: EventLog, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[column] for column in columns) for row in by_case(stored(log))]


# Defaults


def declared(scope: str, *attributes: str) -> str:
    return f'<global scope="{scope}">{"".join(attributes)}</global>'


def test_an_event_that_lacks_an_attribute_gets_the_declared_default(tmp_path: Path) -> None:
    defaults = (text("channel", "web"), attribute("int", "priority", "3"), attribute("boolean", "paid", "false"))
    path = written(
        tmp_path,
        trace("1", step(1, name("a"), text("channel", "desk"), attribute("int", "priority", "1")), step(2, name("b"))),
        trace("2", step(3, name("a"), text("channel", ""))),
        head=declared("event", *defaults),
    )
    log = read_log([path])
    assert rows_of(log, "channel", "priority", "paid") == [("desk", 1, False), ("web", 3, False), ("web", 3, False)]
    assert [one for one in told(log) if "default" in one] == [
        "some.xes: 2 events have no 'channel' and get 'web', the default that the log declares",
        "some.xes: 2 events have no 'priority' and get '3', the default that the log declares",
        "some.xes: 3 events have no 'paid' and get 'false', the default that the log declares",
    ]


def test_a_trace_that_lacks_an_attribute_gets_the_declared_default_in_all_its_events(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", attribute("float", "rate", "1.5"), step(1, name("a")), step(2, name("b"))),
        trace("2", step(3, name("a"))),
        head=declared("trace", attribute("float", "rate", "2.5"), name("a case")) + declared("event", name("never")),
    )
    log = read_log([path])
    assert rows_of(log, "case_id", "case_rate") == [("1", 1.5), ("1", 1.5), ("2", 2.5)]
    assert [one for one in told(log) if "default" in one] == [
        "some.xes: 1 event has no 'case:rate' and gets '2.5', the default that the log declares"
    ]


@pytest.mark.parametrize(
    "default",
    [
        *(text("k", value) for value in ("UNKNOWN", "__INVALID__", "Default", "", " ", "n/a", "-", "null", "0", "k")),
        *(text("k", value) for value in ("1970-01-01", "1970-01-01T00:00:00.000+01:00", "string", "name")),
        *(attribute("int", "k", value) for value in ("0", "-1", "9223372036854775807", "some")),
        *(attribute("float", "k", value) for value in ("NaN", "0.0", "-1.00", "INF", "2147483647.0")),
        attribute("date", "k", "2024-01-01T00:00:00Z"),
        attribute("id", "k", "5f1c"),
        '<list key="k"><values/></list>',
    ],
)
def test_a_placeholder_or_a_time_is_no_default(tmp_path: Path, default: str) -> None:
    for kept in (text("k", "v"), text("other", "v")):
        path = written(
            tmp_path, trace("1", step(1, name("a"), kept), step(2, name("b"))), head=declared("event", default)
        )
        log = read_log([path], config=ProcessConfig.model_validate({"impute": {"values": False}}))
        column = "k" if 'key="k"' in kept else "other"
        assert rows_of(log, column) == [("v",), (None,)]
        assert "k" not in {row["column_name"] for row in log.event_attribute.to_pylist()} - {column}
        assert [one for one in told(log) if "default" in one] == []


def test_a_default_that_is_no_value_of_its_column_is_told_and_left(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", step(1, name("a"), attribute("int", "n", "5")), step(2, name("b"))),
        head=declared("event", text("n", "plenty")),
    )
    log = read_log([path], config=ProcessConfig.model_validate({"impute": {"values": False}}))
    assert rows_of(log, "n") == [(5,), (None,)]
    assert "some.xes: the default 'plenty' that the log declares for 'n' is no value of its type" in told(log)


def test_a_default_of_a_nested_attribute_is_filled_in(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace(
            "1", step(1, name("a"), text("where", "x", text("city", "Delft"))), step(2, name("b"), text("where", "y"))
        ),
        head=declared("event", text("where", "unknown", text("city", "Leiden"))),
    )
    assert rows_of(read_log([path]), "where_city") == [("Delft",), ("Leiden",)]


def test_a_default_that_nobody_needs_costs_nothing(tmp_path: Path) -> None:
    every = trace("1", step(1, name("a"), text("channel", "desk")))
    source = xes_source(written(tmp_path, every, head=declared("event", text("channel", "web"))), scratch=tmp_path)
    assert [one for one in source.findings if "default" in one] == []
    assert "─ projection" not in source.scan(duckdb.connect()).explain().lower()
    lacking = trace("1", step(1, name("a"), text("channel", "desk")), step(2, name("b")))
    source = xes_source(written(tmp_path, lacking, head=declared("event", text("channel", "web"))), scratch=tmp_path)
    assert "─ projection" in source.scan(duckdb.connect()).explain().lower()


def test_a_finding_is_one_line_whatever_the_log_says(tmp_path: Path) -> None:
    path = written(tmp_path, trace("1", step(1, name("a"))), head=declared("event", text("two&#10;lines", "a&#10;b")))
    assert told(read_log([path]))[0] == (
        "some.xes: 1 event has no 'two lines' and gets 'a b', the default that the log declares"
    )


def test_a_default_is_a_value_and_never_executed(tmp_path: Path) -> None:
    evil = "x') as c0; drop table t; --"
    path = written(tmp_path, trace("1", step(1, name("a"))), head=declared("event", text("c0 from t; --", evil)))
    log = read_log([path])
    (column,) = [row for row in log.event_attribute.to_pylist() if row["source_name"] == "c0 from t; --"]
    assert rows_of(log, column["column_name"]) == [(evil,)]


@pytest.mark.shared
@pytest.mark.parametrize("file", ["running-example.xes", "receipt.xes.gz", "sepsis.xes.gz", "bpi2013-incidents.xes.gz"])
def test_the_defaults_and_classifiers_of_real_logs_change_nothing(file: str, shared_logs: Path, tmp_path: Path) -> None:
    log = read_xes(shared_logs / file, scratch=tmp_path, name=file)
    assert log.head.defaults
    assert [*usable_defaults(log)] == []
    assert [*notes_on(log)] == []


# Classifiers


def classifier(keys: str, called: str = "Activity classifier", scope: str = "") -> str:
    return f'<classifier name="{called}" {scope and f"scope={chr(34)}{scope}{chr(34)}"} keys="{keys}"/>'


def of(document: str, part: str) -> str:
    return text("document", document) + text("part", part)


def test_the_first_usable_classifier_is_the_activity_where_events_have_no_name(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", step(1, of("order", "head")), step(2, text("document", "bill")), step(3, of("bill", "sum"))),
        head=classifier("part absent", "First")
        + classifier("part", "Of cases", "trace")
        + classifier("document part", "Second")
        + classifier("part", "Third"),
    )
    log = read_log([path])
    assert rows_of(log, "activity", "document", "part")[0] == ("order+head", "order", "head")
    assert [activity for (activity,) in rows_of(log, "activity")] == ["order+head", "bill", "bill+sum"]
    assert "some.xes: the activity is 'document' + 'part', as its classifier 'Second' says" in told(log)
    assert "some.xes: columns by name: case_id = 'case:concept:name', end_time = 'time:timestamp'" in told(log)


def test_an_event_without_the_first_key_has_no_activity(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", step(1, of("order", "head")), step(2, text("part", "sum"))),
        head=classifier("document part"),
    )
    log = read_log([path])
    assert (log.event_log.rows, log.rejected_events["reason"].to_pylist()) == (1, ["no activity"])


def test_a_classifier_of_one_key_makes_that_column_the_activity(tmp_path: Path) -> None:
    path = written(tmp_path, trace("1", step(1, of("order", "head"))), head=classifier("part"))
    log = read_log([path])
    assert rows_of(log, "activity", "document") == [("head", "order")]
    assert "part" not in {row["column_name"] for row in log.event_attribute.to_pylist()}


def test_events_that_have_a_name_keep_it(tmp_path: Path) -> None:
    path = written(tmp_path, trace("1", step(1, name("a"), of("order", "head"))), head=classifier("document part"))
    assert rows_of(read_log([path]), "activity") == [("a",)]


def test_process_yaml_may_name_a_classifier(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", step(1, name("a"), text("resource country", "NL"), text("impact", "high"))),
        head=classifier("concept:name resource country", "Where") + classifier("'resource country' impact", "What"),
    )
    for called, activity in (("Where", "a+NL"), ("What", "NL+high"), ("impact", "high")):
        config = ProcessConfig(source=Source(activity=called))
        assert rows_of(read_log([path], config=config), "activity") == [(activity,)]


@pytest.mark.parametrize(
    ("called", "sentence"),
    [
        ("Lost", "some.xes: its classifier 'Lost' (source.activity) needs 'absent', which no event has; "),
        (
            "Nobody's",
            "some.xes has no column and no classifier 'Nobody's' (source.activity); its classifiers are 'Lost', ",
        ),
    ],
)
def test_a_classifier_that_cannot_be_used_is_refused_in_one_sentence(
    tmp_path: Path, called: str, sentence: str
) -> None:
    path = written(tmp_path, trace("1", step(1, name("a"))), head=classifier("concept:name absent", "Lost"))
    with pytest.raises(InputError) as refusal:
        read_log([path], config=ProcessConfig(source=Source(activity=called)))
    assert str(refusal.value).startswith(sentence)


def lifecycle(transition: str) -> str:
    return text("lifecycle:transition", transition)


def test_the_transition_is_no_part_of_the_activity_where_rows_are_paired_by_it(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        trace("1", step(1, text("task", "a"), lifecycle("start")), step(2, text("task", "a"), lifecycle("complete"))),
        head=classifier("task lifecycle:transition"),
    )
    log = read_log([path])
    assert rows_of(log, "activity", "has_duration", "processing_seconds") == [("a", True, 3600.0)]
    assert (
        "some.xes: the activity is 'task', as its classifier 'Activity classifier' says, less the transition, which "
        "is the lifecycle of the activity" in told(log)
    )


def test_the_transition_is_a_part_of_the_activity_where_nothing_is_paired(tmp_path: Path) -> None:
    for transitions, activities in (
        (("accepted", "queued"), ["a+accepted", "a+queued"]),
        (("complete", "complete"), ["a", "a"]),
    ):
        parts = (step(at, text("task", "a"), lifecycle(one)) for at, one in enumerate(transitions, 1))
        log = read_log([written(tmp_path, trace("1", *parts), head=classifier("task lifecycle:transition"))])
        assert [activity for (activity,) in rows_of(log, "activity")] == activities


@given(st.lists(st.text("ab ", min_size=1, max_size=5).filter(lambda key: key.strip() == key), min_size=1))
def test_keys_in_quotes_are_read_as_written(keys: list[str]) -> None:
    assert classifier_keys(" ".join(f"'{key}'" for key in keys), {}) == [*dict.fromkeys(keys)]


def test_keys_without_quotes_are_the_longest_that_are_known() -> None:
    known = {"resource country": 0, "resource": 1, "impact": 2}
    assert classifier_keys("impact resource country", known) == ["impact", "resource country"]
    assert classifier_keys(" resource  impact ", known) == ["resource", "impact"]
    assert classifier_keys("it's 'open", known) == ["it's", "'open"]


# Lifecycle models


def state(name_: str) -> str:
    return text("lifecycle:state", name_)


BPAF = text("lifecycle:model", "bpaf")


def test_the_states_of_bpaf_are_paired_as_the_transitions_they_stand_for(tmp_path: Path) -> None:
    states = (
        "Open.NotRunning.Ready",
        "Open.Running.InProgress",
        "Open.Running.Suspended",
        "Open.Running.InProgress",
        "Closed.Completed.Success",
    )
    parts = (step(hour, name("a"), state(one)) for hour, one in enumerate(states, 1))
    path = written(tmp_path, trace("1", *parts, step(7, name("b"), state("Closed.Cancelled.Error"))), head=BPAF)
    log = read_log([path])
    one_to_five = [datetime(2024, 5, 1, hour) for hour in range(1, 6)]
    columns = ("activity", "enabled_time", "start_time", "end_time", "suspend_times", "resume_times")
    assert rows_of(log, *columns)[0] == ("a", *one_to_five[:2], one_to_five[4], [one_to_five[2]], [one_to_five[3]])
    assert rows_of(log, "activity", "has_duration", "is_open")[1] == ("b", False, False)
    assert (log.accounting["rows_read"], log.accounting["rows_paired"]) == (6, 4)
    assert (
        "states are read as transitions: closed.cancelled.error = ate_abort, closed.completed.success = complete, "
        "open.notrunning.ready = schedule, open.running.inprogress = start or resume, open.running.suspended = suspend"
    ) in told(log)


def test_bpaf_is_read_the_same_as_the_standard_transitions(tmp_path: Path) -> None:
    steps = [("a", "start"), ("b", "start"), ("a", "suspend"), ("a", "resume"), ("b", "complete"), ("a", "complete")]
    steps += [("c", "assign"), ("c", "start"), ("d", "start")]
    states = {
        "start": "Open.Running",
        "resume": "Open.Running.InProgress",
        "suspend": "Open.Running.Suspended",
        "complete": "Closed.Completed",
        "assign": "Open.NotRunning.Assigned",
    }
    written_as = [
        [step(at, name(activity), as_text(transition)) for at, (activity, transition) in enumerate(steps)]
        for as_text in (lifecycle, lambda one: state(states[one]))
    ]
    columns = ("activity", "start_time", "end_time", "enabled_time", "is_open", "suspend_times", "resume_times")
    standard, bpaf = (rows_of(read_log([written(tmp_path, trace("1", *one))]), *columns) for one in written_as)
    assert standard == bpaf
    assert len(bpaf) == 4


def test_the_state_counts_in_a_log_that_declares_bpaf_though_it_has_transitions(tmp_path: Path) -> None:
    always = lifecycle("complete")
    parts = [step(1, name("a"), always, state("Open.Running")), step(2, name("a"), always, state("Closed.Completed"))]
    assert read_log([written(tmp_path, trace("1", *parts), head=BPAF)]).event_log.rows == 1
    assert read_log([written(tmp_path, trace("1", *parts))]).event_log.rows == 2


def test_another_lifecycle_model_is_taken_as_it_is_and_told(tmp_path: Path) -> None:
    parts = [step(1, name("a"), lifecycle("Closed")), step(2, name("a"), lifecycle("complete.it"))]
    log = read_log([written(tmp_path, trace("1", *parts), head=text("lifecycle:model", "ours"))])
    assert log.event_log.rows == 2
    assert "some.xes: the lifecycle model 'ours' is not known: its transitions are taken by their names" in told(log)


# Nested attributes and lists, log attributes


def test_nested_attributes_and_lists_are_told(tmp_path: Path) -> None:
    items = '<list key="items"><values><string key="sku" value="A"/></values></list>'
    where = text("where", "x", *(text(f"n{i}", "v") for i in range(7)))
    log = read_log([written(tmp_path, trace("1", step(1, name("a"), where, items)))])
    assert rows_of(log, "where_n0", "items") == [("v", '[{"sku":"A"}]')]
    assert told(log)[:2] == [
        "some.xes: attributes in attributes have columns of their own: "
        "'where/n0', 'where/n1', 'where/n2', 'where/n3', 'where/n4' and 2 more",
        "some.xes: lists and containers are kept as JSON text: 'items'",
    ]


def test_what_was_left_out_is_told(tmp_path: Path) -> None:
    deep = ""
    for level in range(10, 0, -1):
        deep = text(f"k{level}", "v", deep)
    log = read_log([written(tmp_path, trace("1", step(1, name("a"), deep)))])
    assert "some.xes: 1 attribute or declaration is left out: nested too deep, too many or too long" in told(log)


def test_the_attributes_of_the_log_are_kept_and_name_the_process(tmp_path: Path) -> None:
    some = trace("1", step(1, name("a")))
    path = written(tmp_path, some, head=name("Road fines") + text("source", "court") + BPAF, file="a.xes")
    other = written(
        tmp_path, some.replace("01T01", "01T05"), head=text("source", "police") + text("by", "b"), file="b.xes"
    )
    table = write_rows(tmp_path / "c.csv", case=["9"], activity=["z"], time=["2024-05-02"])
    log = read_log([path, other, table])
    attributes = {"source": "court", "by": "b", "concept:name": "Road fines", "lifecycle:model": "bpaf"}
    assert (log.accounting["name"], log.accounting["log_attributes"]) == ("Road fines", attributes)
    assert any(one.startswith("the process is named 'Road fines', as the log says") for one in told(log))
    named = read_log([path], config=ProcessConfig(name="Ours"))
    assert named.accounting["name"] == "Ours"
    assert not any("is named" in one for one in told(named))
    assert read_log([table]).accounting["log_attributes"] == {}


@pytest.mark.parametrize(
    "called",
    [
        *("", " ", "__INVALID__", "UNKNOWN", "Event Log", "log.xes", "C:\\logs\\log", "/srv/x/log", "./log.mxml.gz"),
        *("file:///tmp/x", "export.csv", "a/b/c", "2024", "x" * 201, "two&#10;lines", "http://x.org/log"),
    ],
)
def test_a_placeholder_or_a_file_is_no_name_of_a_process(tmp_path: Path, called: str) -> None:
    log = read_log([written(tmp_path, trace("1", step(1, name("a"))), head=name(called))])
    assert log.accounting["name"] == "p"


@pytest.mark.parametrize("called", ["Sepsis Cases - Event Log", "Order/invoice", "P2P", "Prüfung (2024)", "订单"])
def test_a_name_for_people_is_one(called: str) -> None:
    assert names_a_process(called)


def test_what_was_inferred_and_written_down_reads_the_same(tmp_path: Path) -> None:
    parts = (
        step(1, of("order", "head"), state("Open.Running")),
        step(2, of("order", "head"), state("Closed.Completed")),
    )
    head = BPAF + classifier("document part") + declared("event", text("org:resource", "robot"))
    path = written(tmp_path, trace("1", *parts), head=head)
    (tmp_path / "scratch").mkdir()
    mapped = look_at([path], scratch=tmp_path / "scratch", config=ProcessConfig(), memory_bytes=1 << 30)
    settings = inferred_settings(mapped, Source())
    assert settings == {"case_id": "case:concept:name", "end_time": "time:timestamp", "lifecycle": "lifecycle:state"}
    again = read_log([path], config=ProcessConfig(source=Source.model_validate(settings)))
    assert stored(again) == stored(read_log([path]))
    assert rows_of(again, "activity", "resource", "has_duration") == [("order+head", "robot", True)]
