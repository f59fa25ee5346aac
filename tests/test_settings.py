"""`process.yaml` and the keys of processes: what is read, and that what is wrong ends in one sentence with its line."""

import math
import os
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bpa_assets.durations import duration_text, seconds_from_text
from bpa_assets.process_key import check_process_key, process_key
from bpa_assets.setting_values import FORMAT_CODES
from bpa_assets.settings import (
    LARGEST_BYTES,
    NOT_YET,
    Bottleneck,
    Limit,
    ProcessConfig,
    Sla,
    Source,
    read_process_config,
)
from bpa_resources.errors import InputError

CONTRACT = """\
name: Loan application
source: {case_id: "Case ID", activity: Activity, start_time: Start, end_time: End, resource: User, cost: [Fee],
         timezone: Europe/Amsterdam, timestamp_format: "%d/%m/%Y %H:%M", delimiter: ";"}
ends: [Approved, Rejected]            # activities that end a case
sla: {cycle_time: {limit: 30d, share: 0.95}, waiting_time: 2h, activities: {Approve: 4h}}
bottleneck: {waiting_time: 2h}
cost: {currency: EUR, default_per_hour: 40, per_hour: {Clerk: 30, Senior Officer: 60}}
calendar: {timezone: Europe/Amsterdam, hours: {mon-fri: "08:00-18:00"}, holidays: NL}
automation: {resources: [System, Bot-1]}
impute: {values: true, events: false}
outcome: {good: [Approved], bad: [Rejected]}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "process.yaml"


def _read(file: Path, text: str) -> ProcessConfig:
    file.write_text(text, encoding="utf-8")
    return read_process_config(file)


def _refusal(file: Path, text: str | bytes) -> str:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as refused:
        read_process_config(file)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert len(sentence) < 500
    assert sentence.startswith("process.yaml: ")
    return sentence.removeprefix("process.yaml: ")


# --- what is read ---------------------------------------------------------------------------------------------------


def test_the_example_of_the_contract_is_read(file: Path) -> None:
    config = _read(file, CONTRACT)
    assert config.name == "Loan application"
    assert config.source == Source(
        case_id="Case ID",
        activity="Activity",
        start_time="Start",
        end_time="End",
        resource="User",
        cost=("Fee",),
        timezone="Europe/Amsterdam",
        timestamp_format="%d/%m/%Y %H:%M",
        delimiter=";",
    )
    assert config.ends == ("Approved", "Rejected")
    assert config.sla.cycle_time == Limit(limit=30 * 86_400, share=0.95)
    assert config.sla.waiting_time == Limit(limit=7_200, share=None)
    assert config.sla.activities == {"Approve": Limit(limit=14_400)}
    assert config.bottleneck.waiting_time == 7_200
    assert config.cost.currency == "EUR"
    assert config.cost.default_per_hour == 40
    assert config.cost.per_hour == {"Clerk": 30, "Senior Officer": 60}
    assert config.calendar.timezone == "Europe/Amsterdam"
    assert config.calendar.hours == {"mon-fri": ((480, 1080),)}
    assert config.calendar.holidays == ("NL",)
    assert config.automation.resources == ("System", "Bot-1")


def test_the_columns_the_contract_example_leaves_out_are_read(file: Path) -> None:
    source = _read(file, "source: {role: R, lifecycle: L, enabled_time: Ready, cost: Fee}\n").source
    assert (source.role, source.lifecycle, source.enabled_time, source.cost) == ("R", "L", "Ready", ("Fee",))


def test_a_limit_of_an_activity_may_have_a_share(file: Path) -> None:
    config = _read(file, "sla: {activities: {Approve: {limit: 1.5h, share: 1}}}\n")
    assert config.sla.activities["Approve"] == Limit(limit=5_400, share=1)


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\ufeff", "sla:\nsource:\n  # case_id: x\n", "{}"])
def test_a_file_that_says_nothing_gives_the_defaults(file: Path, text: str) -> None:
    assert _read(file, text) == ProcessConfig()


def test_a_missing_file_gives_the_defaults(file: Path) -> None:
    config = read_process_config(file)
    assert config == ProcessConfig()
    assert config.bottleneck.waiting_time == 7_200
    assert config.calendar.timezone == "UTC"
    assert config.source.timezone is None
    assert (config.sla.cycle_time, config.ends, config.automation.resources) == (None, (), ())


def test_names_are_the_text_that_stands_in_the_file(file: Path) -> None:
    config = _read(
        file,
        """\
name: 2024-01-01
source: {case_id: 0x1F, activity: Yes, resource: 1e3, cost: [12:30, 1_000]}
ends: [No, 01, 2024-01-01, null, ~, 1.0, "true", 'off']
sla: {activities: {No: 4h, 010: 2h}}
cost: {per_hour: {On: 30, 1: 40}}
automation: {resources: [007, .inf]}
""",
    )
    assert config.name == "2024-01-01"
    assert (config.source.case_id, config.source.activity, config.source.resource) == ("0x1F", "Yes", "1e3")
    assert config.source.cost == ("12:30", "1_000")
    assert config.ends == ("No", "01", "2024-01-01", "null", "~", "1.0", "true", "off")
    assert set(config.sla.activities) == {"No", "010"}
    assert config.cost.per_hour == {"On": 30, "1": 40}
    assert config.automation.resources == ("007", ".inf")


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(file: Path) -> None:
    file.write_bytes("\ufeffname: Crédit\r\nends: [Fermé]\r\n".encode())
    assert read_process_config(file).ends == ("Fermé",)


@pytest.mark.parametrize(
    ("written", "character"),
    [("';'", ";"), ('"\\t"', "\t"), ("'\\t'", "\t"), (r"\t", "\t"), ("'|'", "|"), ("' '", " ")],
)
def test_a_delimiter_is_one_character(file: Path, written: str, character: str) -> None:
    assert _read(file, f"source: {{delimiter: {written}}}\n").source.delimiter == character


def test_a_currency_is_written_in_capitals(file: Path) -> None:
    assert _read(file, "cost: {currency: eur}\n").cost.currency == "EUR"


def test_settings_cannot_be_changed_after_reading(file: Path) -> None:
    config = _read(file, CONTRACT)
    with pytest.raises(ValidationError, match="frozen"):
        config.name = "another"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        config.source.case_id = "another"  # type: ignore[misc]


@pytest.mark.parametrize("seconds", [0, -1, math.inf, math.nan, 1e12])
def test_settings_built_in_python_keep_the_same_bounds(seconds: float) -> None:
    with pytest.raises(ValidationError):
        Limit(limit=seconds)
    with pytest.raises(ValidationError):
        Bottleneck(waiting_time=seconds)


def test_matches_of_labels_and_accepted_deviations_are_read(file: Path) -> None:
    text = (
        "label_matches: {Check ticket: check it, Archive: null, Pay: }\n"
        "accepted_deviations:\n"
        "- {activity: Check ticket, kind: skipped, by: Ann, until: 2027-06-30, reason: a pilot}\n"
        "- {activity: Pay, by: Bob, until: 2026-12-31}\n"
    )
    config = _read(file, text)
    assert config.label_matches == {"Check ticket": "check it", "Archive": "null", "Pay": ""}
    one, other = config.accepted_deviations
    assert (one.activity, one.kind, one.by, one.until) == ("Check ticket", "skipped", "Ann", date(2027, 6, 30))
    assert (other.kind, other.reason) == (None, None)
    assert config.fingerprint() != _read(file, text.replace("2027", "2028")).fingerprint()
    assert _read(file, "label_matches:\naccepted_deviations:\n") == ProcessConfig()
    assert "is not a kind of deviation; write one of skipped, inserted, swapped" in _refusal(
        file, text.replace("skipped", "missed")
    )
    assert "is not an activity; write the name of one, or null" in _refusal(file, "label_matches: {A: [b]}\n")


# --- keys that are not accepted -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOT_YET)
@pytest.mark.parametrize("value", ["{a: b}", "x", "", "[1]"])
def test_a_key_no_part_obeys_yet_is_refused_with_its_line(file: Path, path: tuple[str, ...], value: str) -> None:
    *parents, key = path
    text = "# a comment\nname: Loans\n" + "".join(f"{parent}:\n" for parent in parents)
    line = text.count("\n") + 1
    refusal = _refusal(file, f"{text}{' ' * len(parents)}{key}: {value}\n")
    assert refusal == f"{'.'.join(path)} is not supported yet (line {line})"


def test_what_is_said_of_plans_and_actions_is_read(file: Path) -> None:
    config = _read(
        file,
        """\
goals: {cost_reduction: 0.15, cycle_time_reduction: 0.20, changes: 5}
cost: {basis: worked}
labour: {hours: "06:00-20:00", days: mon-fri, longest_shift: 9h, staff: {Clerk: {least: 2, most: 8}},
         separate: [[Approve, Pay]]}
eligibility:
  Check credit: {automate: {effort: 0.3, per_case: 0.10, per_week: 200}, by: [Clerk]}
  Archive: {skip: true}
  Send letter: {merge_with: Print letter}
  Check income: {parallel_to: Check id}
push:
  enabled: true
  actions: {escalate: {connection: jira, operation: create_issue, input: {a: "{case_id}"}}}
policy: {automatic: low, approvers: [Ann, Bob], owner: Carl, quorum: 2, deadline: 2d}
accepted_plan: {plan: p-0123456789ab, by: Ann}
""",
    )
    assert (config.goals.cost_reduction, config.goals.cycle_time_reduction, config.goals.changes) == (0.15, 0.2, 5)
    assert config.cost.basis == "worked"
    assert config.labour.hours == (360, 1200)
    assert config.labour.longest_shift == 32_400
    assert (config.labour.staff["Clerk"].least, config.labour.staff["Clerk"].most) == (2, 8)
    assert config.labour.separate == (("Approve", "Pay"),)
    credit = config.eligibility["Check credit"]
    assert credit.automate is not None
    assert (credit.automate.effort, credit.automate.per_case, credit.automate.per_week) == (0.3, 0.1, 200)
    assert credit.by == ("Clerk",)
    assert config.eligibility["Archive"].skip
    assert config.eligibility["Send letter"].merge_with == "Print letter"
    assert config.eligibility["Check income"].parallel_to == "Check id"
    assert config.push.enabled
    assert config.push.actions["escalate"].input == {"a": "{case_id}"}
    assert (config.policy.automatic, config.policy.quorum, config.policy.deadline) == ("low", 2, 172_800)
    assert config.accepted_plan is not None
    assert config.accepted_plan.plan == "p-0123456789ab"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("goals: {cost_reduction: -0.1}", "is not a share"),
        ("goals: {changes: 0}", "goals.changes"),
        ('labour: {hours: "08:00-12:00, 13:00-17:00"}', "is not one part of the day"),
        ("labour: {staff: {Clerk: {least: 3, most: 2}}}", "has least 3 above most 2; correct one"),
        ("labour: {separate: [[Pay, Pay]]}", "names 'Pay' twice"),
        ("eligibility: {Pay: {merge_with: Pay}}", "names 'Pay' beside itself"),
        ("eligibility: {Pay: {automate: {effort: 1}}}", "is not the share of the work that is left"),
        ("cost: {default_per_hour: -4}", "is not an amount"),
        ("policy: {automatic: all}", "is not a risk; write one of none, low, medium, high"),
        ("policy: {approvers: [Ann], owner: Ann}", "has a quorum of 1 and 0 who may approve"),
        ("policy: {approvers: [Ann, ann], quorum: 2}", "has a quorum of 2 and 1 who may approve"),
        ("policy: {deadline: 20000d}", "is at most ten years"),
        ("accepted_plan: {plan: plan-1, by: Ann}", "is not the id of a plan"),
        ("push: {actions: {escalate: {connection: jira}}}", "operation"),
    ],
)
def test_what_makes_no_sense_of_plans_and_actions_is_refused(file: Path, text: str, refusal: str) -> None:
    assert refusal in _refusal(file, text)


def test_an_activity_is_no_good_and_no_bad_end_at_once(file: Path) -> None:
    assert _read(file, "outcome: {bad: Rejected}").outcome.bad == ("Rejected",)
    refusal = _refusal(file, "outcome: {good: [Approved, Closed], bad: Closed}")
    assert refusal == "outcome (line 1): a mapping names 'Closed' as good and as bad; keep one"


def test_values_are_imputed_and_events_are_not_unless_it_is_said(file: Path) -> None:
    assert _read(file, "name: x").impute.model_dump() == {"values": True, "events": False}
    assert _read(file, "impute: {values: no, events: yes}").impute.model_dump() == {"values": False, "events": True}
    refusal = _refusal(file, "impute: {events: maybe}")
    assert refusal == "impute.events (line 1): 'maybe' is neither yes nor no; write true or false"


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "name: x\nsource:\n  activty: Step\n",
            "unknown key 'activty' in source (line 3); did you mean 'activity'?",
        ),
        ("Ends: [A]\n", "unknown key 'Ends' (line 1); did you mean 'ends'?"),
        ("source: {Case-ID: x}\n", "unknown key 'Case-ID' in source (line 1); did you mean 'case_id'?"),
        ("bottleneck: {zzz: 1h}\n", "unknown key 'zzz' in bottleneck (line 1); the keys are waiting_time"),
        (
            "sla: {activities: {Approve: {limt: 4h, limit: 4h}}}\n",
            "unknown key 'limt' in sla.activities.Approve (line 1); did you mean 'limit'?",
        ),
        (
            "sla: {cycle_time: {limit: 1d, qq: 1}}\n",
            "unknown key 'qq' in sla.cycle_time (line 1); the keys are limit, share",
        ),
        ("<<: x\n", "unknown key '<<' (line 1); the keys are name, source, ends,"),
        ("prvacy_: x\n", "unknown key 'prvacy_' (line 1); the keys are name,"),
    ],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name(file: Path, text: str, refusal: str) -> None:
    assert _refusal(file, text).startswith(refusal)


def test_the_first_problem_by_line_is_the_one_told(file: Path) -> None:
    text = "privacy: x\nname: ''\nends: {}\n"
    assert "privacy" in _refusal(file, text)
    assert "(line 1)" in _refusal(file, "automation: 3\nprivacy: x\nname: ''\n")


def test_a_duplicate_key_is_refused_with_both_lines(file: Path) -> None:
    assert _refusal(file, "name: a\nends: [b]\nname: c\n") == "'name' is written twice (lines 1 and 3); keep one"
    assert (
        _refusal(file, "source:\n  activity: a\n  role: r\n  activity: a\n")
        == "'activity' in source is written twice (lines 2 and 4); keep one"
    )
    assert "'1'" in _refusal(file, "cost: {per_hour: {1: 3, '1': 4}}\n")


# --- values that are wrong ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (
            "name: x\n\nsla:\n  cycle_time: 30 parsecs\n",
            "sla.cycle_time (line 4): '30 parsecs' is not a duration; write 30d, 2h, 90m or 45s",
        ),
        ("sla: {cycle_time: {limit: 5y}}\n", "sla.cycle_time.limit (line 1): '5y' is not a duration"),
        ("sla:\n  waiting_time: 30\n", "sla.waiting_time (line 2): '30' has no unit; write 30d, 30h, 30m or 30s"),
        ("sla: {waiting_time: {share: 0.5}}\n", "sla.waiting_time (line 1): 'limit' is missing"),
        ("sla: {waiting_time: [2h]}\n", "sla.waiting_time (line 1): a list is not a limit; write 30d or {limit:"),
        ("sla: {waiting_time: }\n", "sla.waiting_time (line 1): '' is empty"),
        ("sla: 30d\n", "sla (line 1): '30d' is not a mapping (key: value); its keys are cycle_time, waiting_time,"),
        ("sla: {activities: [A]}\n", "sla.activities (line 1): a list is not a mapping (name: value)"),
        ("sla: {activities: {'': 2h}}\n", "sla.activities.'' (line 1): '' is empty"),
        ('sla: {activities: {"A\\nB": 2}}\n', r"sla.activities.'A\nB' (line 1): '2' has no unit"),
        ("sla: {cycle_time: {limit: 1d, share: 95%}}\n", "sla.cycle_time.share (line 1): '95%' is not a share;"),
        ("sla: {cycle_time: {limit: 1d, share: 0}}\n", "sla.cycle_time.share (line 1): '0' is not a share;"),
        ("sla: {cycle_time: {limit: 1d, share: .0}}\n", "sla.cycle_time.share (line 1): '.0' is not a share;"),
        ("sla: {cycle_time: {limit: 1d, share: 1.1}}\n", "sla.cycle_time.share (line 1): '1.1' is not a share;"),
        ("bottleneck: {waiting_time: -2h}\n", "bottleneck.waiting_time (line 1): '-2h' is not a duration;"),
        ("bottleneck: {waiting_time: 0h}\n", "bottleneck.waiting_time (line 1): '0h' is not a duration above zero"),
        ("bottleneck: {waiting_time: {limit: 2h}}\n", "bottleneck.waiting_time (line 1): a mapping is not a duration;"),
        ("ends:\n  - A\n  -\n  - B\n", "ends (line 3): '' is empty; write a value, in quotes if it begins with '#'"),
        ("ends:\n  - A\n  - [B]\n", "ends (line 3): a list is not text; write one value"),
        ("ends: {A: B}\n", "ends (line 1): a mapping is not a list; write [A, B]"),
        ("ends: [A, B, A]\n", "ends (line 1): a list names 'A' twice; keep one"),
        ("source: {cost: [Fee, Fee]}\n", "source.cost (line 1): a list names 'Fee' twice; keep one"),
        ("name: 'a'\nsource:\n  activity: #Step\n", "source.activity (line 3): '' is empty; write a value, in quotes"),
        ("source: {activity: [a, b]}\n", "source.activity (line 1): a list is not text; write one value"),
        ("source: {activity: ' '}\n", "source.activity (line 1): ' ' is blank"),
        ("source: {delimiter: ';;'}\n", "source.delimiter (line 1): ';;' is not a delimiter; write one character"),
        ("source: {delimiter: '\"'}\n", "source.delimiter (line 1): '\"' is not a delimiter;"),
        ('source: {delimiter: "\\n"}\n', r"source.delimiter (line 1): '\n' is not a delimiter;"),
        (
            "source: {timezone: Europe/Amsterdm}\n",
            "source.timezone (line 1): 'Europe/Amsterdm' is not a time zone; did you mean 'Europe/Amsterdam'?",
        ),
        ("calendar: {timezone: '+02:00'}\n", "calendar.timezone (line 1): '+02:00' is not a time zone; write one of"),
        (
            "calendar: {timezone: ../../etc/passwd}\n",
            "calendar.timezone (line 1): '../../etc/passwd' is not a time zone",
        ),
        ("calendar: {timezone: localtime}\n", "calendar.timezone (line 1): 'localtime' is not a time zone"),
        (
            "calendar:\n  hours:\n    mon-fri: '08:00-18:00'\n    sta: '09:00-12:00'\n",
            "calendar.hours.sta (line 4): 'sta' names no weekday; did you mean 'sat'?",
        ),
        ("calendar: {hours: {weekdays: 8-18}}\n", "calendar.hours.weekdays (line 1): 'weekdays' names no weekday"),
        (
            "calendar: {hours: {mon-wed-fri: '8:00-9:00'}}\n",
            "calendar.hours.mon-wed-fri (line 1): 'mon-wed-fri' is not a",
        ),
        ("calendar: {hours: {mon: 8-18}}\n", "calendar.hours.mon (line 1): '8-18' are no hours; write them as"),
        (
            "calendar:\n  hours:\n    mon: '18:00-08:00'\n",
            "calendar.hours.mon (line 3): '18:00-08:00' end before they start; write a night in two parts",
        ),
        ("calendar: {hours: {mon: '22:00-24:30'}}\n", "calendar.hours.mon (line 1): '22:00-24:30' go on after 24:00;"),
        (
            "calendar: {hours: {mon: '08:00-12:00, 11:00-13:00'}}\n",
            "calendar.hours.mon (line 1): '08:00-12:00, 11:00-13:00' overlap",
        ),
        (
            "calendar: {hours: {mon-fri: '08:00-18:00', friday: '08:00-16:00'}}\n",
            "calendar.hours (line 1): a mapping names Friday twice; keep one",
        ),
        ("calendar: {hours: '08:00-18:00'}\n", "calendar.hours (line 1): '08:00-18:00' is not a mapping (name: value)"),
        (
            "calendar: {holidays: NL}\n",
            "calendar (line 1): a mapping has holidays but no hours; add them, such as hours:",
        ),
        *(
            (
                f"calendar:\n  hours: {{mon-fri: '08:00-18:00'}}\n  holidays: {written}\n",
                f"calendar.holidays (line 3): {told}",
            )
            for written, told in (
                ("Netherland", "'Netherland' is no country whose holidays are known; did you mean 'NL'?"),
                ("[NL, Germany]", "'Germany' is no country whose holidays are known; did you mean 'DE'?"),
                ("XX", "'XX' is no country whose holidays are known; write its two letters (ISO 3166) such as NL"),
                ("DE-XX", "'DE-XX' is no part of DE with holidays of its own; write DE-BB, DE-BE,"),
                ("NL-ZH", "'NL-ZH' is no part of NL with holidays of its own; write NL"),
                ("2024-02-30", "'2024-02-30' is no date; write year, month and day, such as 2024-12-27"),
                ("[NL, NL]", "a list names 'NL' twice; keep one"),
                ("{NL: x}", "a mapping is not a"),
            )
        ),
        ("cost: {currency: €}\n", "cost.currency (line 1): '€' is not a currency;"),
        ("cost: {default_per_hour: '30,50'}\n", "cost.default_per_hour (line 1): '30,50' is not an amount;"),
        ("cost: {default_per_hour: -1}\n", "cost.default_per_hour (line 1): '-1' is not an amount;"),
        ("cost: {per_hour: {A: .inf}}\n", "cost.per_hour.A (line 1): '.inf' is not an amount;"),
        ("cost: {per_hour: {Senior Officer: nan}}\n", "cost.per_hour.Senior Officer (line 1): 'nan' is not an amount;"),
        ("cost: {per_hour: {A: ٣}}\n", "cost.per_hour.A (line 1): '٣' is not an amount;"),
        (f"cost: {{default_per_hour: {'9' * 400}}}\n", "cost.default_per_hour (line 1): '999"),
        ("automation: {resources: }\n", "automation.resources (line 1): '' is empty"),
        ('name: "two\\nlines"\n', r"name (line 1): 'two\nlines' is not one line of text;"),
        ('name: "\\x1b[31m"\n', r"name (line 1): '\x1b[31m' is not one line of text;"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_line_and_what_is_expected(file: Path, text: str, refusal: str) -> None:
    assert _refusal(file, text).startswith(refusal)


def test_a_long_value_is_cut_in_the_sentence(file: Path) -> None:
    assert len(_refusal(file, f"sla: {{cycle_time: {'x' * 500_000}}}\n")) < 300


# --- files that are not what they should be -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("name: x\nsource: {activity: a\nends: [b]\n", 3, "that begins on line 2"),
        ("name: x\nsource:\n\tactivity: a\n", 3, "indent with spaces, not tabs"),
        ("source:\n  timestamp_format: %d/%m/%Y\n", 2, "put the value in quotes"),
        ("name: a: b\n", 1, "put a value that holds ': ' in quotes"),
        ("name: x\nends: 'open\n", 3, "that begins on line 2"),
        ("name: x\n---\nname: y\n", 2, "expected a single document"),
        ("  name: x\nends: [a]\n", 2, "keys of one level begin in the same column"),
        ("source:\n  role: x\n cost: [a]\n", 3, "keys of one level begin in the same column"),
        ("%YAML 3.0\n---\nname: x\n", 1, "version 1.*"),
    ],
)
def test_a_syntax_error_is_told_with_its_line(file: Path, text: str, line: int, told: str) -> None:
    refusal = _refusal(file, text)
    assert refusal.startswith(f"line {line} is not valid YAML: ")
    assert told in refusal


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("name: &a x\n", 1, "aliases and anchors"),
        ("name: x\nends: *a\n", 2, "aliases and anchors"),
        ("name: x\n*a : y\n", 2, "aliases and anchors"),
        ("name: x\nends: !!python/object/apply:os.system ['true']\n", 2, "tags"),
        ("name: !!str 3\n", 1, "tags"),
        ("name: ! x\n", 1, "tags"),
        ("name: x\nends: " + "[" * 100_000, 2, "nested too deep"),
        ("name: x\nends: " + "{a: " * 1_000, 2, "nested too deep"),
        ("name: x\n? [a, b]\n: c\n", 2, "a key must be one text"),
        ('name: x\nends: ["\\U00110000"]\n', 2, "an escape names no character"),
        ('name: x\nends: ["\\ud83d"]\n', 2, "half a character"),
        ('name: x\n"\\udc00": 3\n', 2, "half a character"),
        ('name: x\nends: ["\\UFFFFFFFF"]\n', 2, "an escape names no character"),
        ("name: x\nends: [\x00]\n", 2, "does not allow"),
    ],
)
def test_yaml_that_no_config_needs_is_refused_with_its_line(file: Path, text: str, line: int, told: str) -> None:
    refusal = _refusal(file, text)
    assert told in refusal
    assert f"line {line})" in refusal


def test_a_billion_laughs_are_refused(file: Path) -> None:
    laughs = "a0: &a0 [ha, ha]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 10}]\n" for n in range(1, 10))
    assert "aliases and anchors" in _refusal(file, laughs)


@pytest.mark.parametrize("text", ["- a\n- b\n", "just text\n", "[]\n"])
def test_a_file_that_is_no_mapping_is_refused(file: Path, text: str) -> None:
    assert _refusal(file, text).startswith("it holds ")


def test_a_file_above_one_megabyte_is_refused(file: Path) -> None:
    assert "larger than 1 MB" in _refusal(file, b"#" * (LARGEST_BYTES + 1))
    file.write_bytes(b"#" * LARGEST_BYTES)
    assert read_process_config(file) == ProcessConfig()


def test_a_list_as_long_as_a_file_may_be_is_read(file: Path) -> None:
    ends = [f"activity {number}" for number in range(3_000)]
    assert _read(file, f"ends: [{', '.join(ends)}]\n").ends == tuple(ends)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le"])
def test_a_file_that_is_not_utf_8_is_refused(file: Path, encoding: str) -> None:
    refusal = _refusal(file, "name: x\nends: [Fermé]\n".encode(encoding))
    assert "not UTF-8" in refusal or "a character that YAML does not allow" in refusal


def test_a_latin_1_file_is_told_with_its_line(file: Path) -> None:
    assert _refusal(file, "name: x\nends: [Fermé]\n".encode("latin-1")).startswith("it is not UTF-8 (line 2)")


def test_a_folder_or_a_pipe_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    for make in (Path.mkdir, os.mkfifo):
        place = tmp_path / f"{make.__name__}.yaml"
        make(place)
        with pytest.raises(InputError, match="is not a file"):
            read_process_config(place)


def test_a_place_that_cannot_be_read_is_refused_with_the_reason(file: Path) -> None:
    file.write_text("name: x\n")
    with pytest.raises(InputError, match=r"^process.yaml: it cannot be read \(Not a directory\)"):
        read_process_config(file / "process.yaml")


_PIECES = st.sampled_from(
    [
        *CONTRACT.split("\n"),
        *("name", "source", "sla", "ends", "cost", "per_hour", "limit", "activities", "2h", "0.5", "&a", "*a", "!x"),
        *(": ", "\n", "\n  ", "- ", "[", "]", "{", "}", ", ", "'", '"', "\\U0011", "\\ud800", "|", ">", "#", "?", "\t"),
        "\0",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.lists(_PIECES, max_size=25).map("".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused_in_one_sentence(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    try:
        config = read_process_config(file)
    except InputError as refused:
        sentence = str(refused)
    else:
        sentence = config.fingerprint()
    assert "\n" not in sentence
    assert sentence.encode()


# --- durations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45),
        ("90m", 5_400),
        ("2h", 7_200),
        ("30d", 2_592_000),
        ("2w", 1_209_600),
        ("1d 12h", 129_600),
        ("1d12h", 129_600),
        ("30 d", 2_592_000),
        ("1.5h", 5_400),
        ("1.1h", 3_960),
        ("0.5s", 0.5),
        ("1w 2d 3h 4m 5s", 788_645),
    ],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert seconds_from_text(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "h", "30", "1.5", "-2h", "+2h", "0s", "0d 0h", "2 h m", "1h 1h", "12h 1d", "1mo", "1y", "2H", "1,5h"),
        *("PT2H", "1e3s", "٣h", "1d, 12h", "5218w", "9" * 400 + "s", "1h " * 100, " 2h", "2h ", "2h\n", "nans", ".h"),
    ],
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is not a duration|has no unit)"):
        seconds_from_text(text)


@given(parts=st.tuples(*[st.integers(0, 50)] * 5).filter(any))
def test_a_duration_is_the_sum_of_its_parts(parts: tuple[int, ...]) -> None:
    text = " ".join(f"{number}{unit}" for number, unit in zip(parts, "wdhms", strict=True))
    weeks, days, hours, minutes, seconds = parts
    expected = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert seconds_from_text(text) == expected.total_seconds()


# --- time formats ---------------------------------------------------------------------------------------------------


SHARED_FORMATS = [
    "%d/%m/%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%d %B %y %I:%M:%S %p",
    "%a %d %b %Y %H.%M",
    "%A, %d %B %Y",
    "%w %d-%m-%Y",
    "%Y-%j",
    "%G-W%V-%u",
    "100%% %Y%m%d%H%M%S",
]


@pytest.mark.parametrize("form", SHARED_FORMATS)
def test_a_time_format_means_the_same_to_python_and_duckdb(file: Path, form: str) -> None:
    assert _read(file, f"source: {{timestamp_format: '{form}'}}\n").source.timestamp_format == form
    moment = datetime(2021, 3, 4, 15, 6, 7, 89_000, tzinfo=timezone(timedelta(hours=2)))
    text = moment.strftime(form)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        row = connection.execute("SELECT epoch_us(strptime(?, ?))", [text, form]).fetchone()
    read = datetime.strptime(text, form)
    utc = read if read.tzinfo else read.replace(tzinfo=UTC)
    assert row == (round(utc.timestamp() * 1_000_000),)


def test_every_code_of_a_time_format_is_tried_against_duckdb() -> None:
    codes = re.findall("%(.)", "".join(SHARED_FORMATS))
    assert set(codes) - {"%"} == set(FORMAT_CODES)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("yyyy-MM-dd", "must name year, month and day"),
        ("%H:%M", "must name year, month and day"),
        ("%Y-%M-%d", "must name year, month and day"),
        ("%Y-%m-%d %H:%m", "names the month twice"),
        ("%Y-%m-%d %y", "names the year twice"),
        ("%Y-%m-%d %Q", "'%Q' is unknown"),
        ("%c", "'%c' is unknown"),
        ("%Y-%m-%d %Z", "'%Z' is unknown"),
        ("%-d/%m/%Y", "'%-' is unknown"),
        ("%d/%m/%Y %", "'%' is unknown"),
        ("%d/%m/%Y %I:%M", "write %I with %p"),
        ("%d/%m/%Y %H:%M %p", "write %I with %p"),
    ],
)
def test_a_time_format_that_cannot_be_right_is_refused(file: Path, form: str, told: str) -> None:
    refusal = _refusal(file, f"source:\n  timestamp_format: '{form}'\n")
    assert refusal.startswith(f"source.timestamp_format (line 2): '{form}' is not a time format")
    assert told in refusal


# --- fingerprint ----------------------------------------------------------------------------------------------------


def test_files_that_say_the_same_have_the_same_fingerprint(file: Path) -> None:
    one = _read(file, "sla: {cycle_time: 2h}\ncost: {per_hour: {A: 1, B: 2}}\n")
    other = _read(file, "# again\ncost:\n  per_hour: {'B': 2.0, 'A': 1}\nsla:\n  cycle_time: {limit: 120m}\n")
    assert one.fingerprint() == other.fingerprint()
    assert re.fullmatch("[0-9a-f]{64}", one.fingerprint())
    assert _read(file, "").fingerprint() == ProcessConfig().fingerprint()


def test_every_setting_changes_the_fingerprint(file: Path) -> None:
    base = _read(file, CONTRACT)
    changed = [
        base.model_copy(update={name: getattr(ProcessConfig(), name)})
        for name in ProcessConfig.model_fields
        if getattr(base, name) != getattr(ProcessConfig(), name)
    ]
    changed += [base.model_copy(update={"ends": base.ends[::-1]}), base.model_copy(update={"sla": Sla()})]
    assert all(config.fingerprint() != base.fingerprint() for config in changed)


# --- keys of processes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Loan Application.xes.gz", "loan-application"),
        ("bpi2012.xes.gz", "bpi2012"),
        ("LOG.CSV.GZ", "log"),
        ("a.csv.csv", "a"),
        ("orders.v2.parquet", "orders-v2"),
        ("report.xlsx", "report-xlsx"),
        ("Übung_(1).tsv", "bung-1"),
        ("--x--.txt", "x"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 62 + "-bc.csv", "a" * 62),
        ("a" * 80, "a" * 63),
        ("xes.csv", "xes"),
    ],
)
def test_the_key_of_a_process_is_made_of_the_file_name(name: str, key: str) -> None:
    assert process_key(name) == key


def test_the_key_is_the_same_however_the_file_system_writes_accents() -> None:
    assert process_key("Bestätigung.csv") == process_key("Besta\u0308tigung.csv") == "best-tigung"


@pytest.mark.parametrize("name", ["", ".csv", "日本語.xes.gz", "---.txt", ".xes.gz", " "])
def test_a_name_nothing_is_left_of_asks_for_a_process(name: str) -> None:
    with pytest.raises(InputError, match="use --process"):
        process_key(name)


@settings(max_examples=500)
@given(st.text(max_size=100), st.sampled_from(["", ".csv", ".xes.gz", ".CSV", ".gz.gz"]))
@example("a" * 62 + "!b", "")
@example("İK", ".csv")
def test_every_key_matches_the_pattern_and_stays_as_it_is(stem: str, extension: str) -> None:
    try:
        key = process_key(stem + extension)
    except InputError as refused:
        key = process_key("other.csv")
        told = str(refused)
    else:
        told = ""
    assert "\n" not in told
    assert re.fullmatch("[a-z0-9][a-z0-9-]{0,62}", key)
    assert process_key(key) == key
    assert check_process_key(key) == key


@pytest.mark.parametrize(
    "key", ["../../x", "", "-a", "A", "a b", "a\n", "a/b", ".", "a" * 64, "é", "a.b", "/etc", "a\0", "a_b", "x" * 9_999]
)
def test_what_is_no_process_key_is_refused(key: str) -> None:
    with pytest.raises(InputError, match="is not a process key") as refused:
        check_process_key(key)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("key", ["a", "0", "loan-application", "a-", "a" * 63])
def test_a_process_key_is_accepted(key: str) -> None:
    assert check_process_key(key) == key


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (59.9, "59s"), (60, "1m"), (3_661, "1h 1m"), (7_205, "2h"), (86_400 * 12 + 3_600 * 5 + 61, "12d 5h")],
)
def test_a_duration_is_shown_in_its_two_greatest_units(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text
