"""Rules planted into random logs are found again, none where there is none, and nothing that comes later is used.

More logs: `python -m tests.rule_scores`.
"""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bpa_assets.rule_set.firing import fire
from bpa_assets.rule_set.mining.coverage import coverage
from bpa_assets.rule_set.mining.mining import mine_rules
from bpa_assets.settings import ProcessConfig
from tests.rule_scores import false_alarms, planted_log, recovered
from tests.rule_set.planted_rules import (
    GENERATORS,
    NET,
    POINT,
    PlantedLog,
    is_recovered,
    limit_rule,
    mined,
    no_rule,
    source_of,
    write_log,
)


@pytest.mark.parametrize("kind", GENERATORS)
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_planted_rules_are_found_again_with_their_limits_and_sets(kind: str, noise: float, tmp_path: Path) -> None:
    assert recovered(kind, noise, 2, tmp_path) == [0, 1]


def test_where_there_is_no_rule_none_is_kept(tmp_path: Path) -> None:
    assert false_alarms(4, tmp_path) == []


def _with_later_words(planted: PlantedLog, folder: Path, words: tuple[str, str], *, everywhere: bool) -> Path:
    """The log with a column that tells what was chosen, from the choice on, or from the beginning."""
    path = write_log(planted, folder / "log.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    told = [lines[0] + ",verdict"]
    for number, line in enumerate(lines[1:]):
        word = words[planted.reviewed[number // 4]]
        told.append(f"{line},{word if everywhere or number % 4 >= 2 else ''}")
    path.write_text("\n".join(told) + "\n", encoding="utf-8")
    return path


def test_what_is_written_down_after_a_choice_is_never_used_to_foretell_it(tmp_path: Path) -> None:
    log = _with_later_words(no_rule(Random(1)), tmp_path, ("ok", "odd"), everywhere=False)
    found = mine_rules(source_of(log, NET, ProcessConfig()))
    assert found.moments.at(POINT)["verdict"].null_count == found.moments.at(POINT).num_rows
    assert not [rule for rule in found.rules if rule.at == POINT]


def test_an_attribute_of_the_case_that_alone_decides_is_told_as_suspicious(tmp_path: Path) -> None:
    log = _with_later_words(no_rule(Random(1)), tmp_path, ("ok", "odd"), everywhere=True)
    found = mine_rules(source_of(log, NET, ProcessConfig()))
    assert {rule.condition for rule in found.rules} == {"verdict = 'odd'", "verdict = 'ok'"}
    told = "verdict alone decides Review (Check → Approve | Review) in nearly all later cases"
    assert any(note.startswith(told) for note in found.notes)


def test_a_rerun_finds_the_same_and_the_rules_decide_every_path(tmp_path: Path) -> None:
    planted = planted_log("conjunctions", 0.05, 0)
    one, other = mined(planted, tmp_path), mined(planted, tmp_path)
    assert (one.rules, one.evidence, one.stability, one.tested) == (
        other.rules, other.evidence, other.stability, other.tested
    )  # fmt: skip
    assert one.moments.table.equals(other.moments.table)
    fired = fire(one.rules, one.features, one.moments.at)  # what the words say is what was learned
    assert all(fired[name].fires.tolist() == flags.tolist() for name, flags in one.fires.items())
    found = coverage(one.rules, one.fires, one.moments, one.passages)
    assert found.paths_covered == found.paths_decided == 1.0
    point = found.decision_points[0]
    assert (point["decision_point"], point["kind"], point["passages"]) == (POINT, "choice", len(planted.cases))
    assert found.paths_left == ()


def test_a_choice_that_nothing_tells_is_not_decided_and_says_why(tmp_path: Path) -> None:
    random = Random(5)
    planted = replace(no_rule(random), reviewed=[])
    planted = replace(planted, reviewed=[random.random() < 0.5 for _ in planted.cases])
    one = mined(planted, tmp_path)
    found = coverage(one.rules, one.fires, one.moments, one.passages)
    assert one.rules == ()
    assert found.decided_passages == found.paths_decided == 0.0
    assert "nothing that is known then tells them apart" in str(found.decision_points[0]["not_decided_because"])


def test_a_bad_outcome_is_foretold_at_the_start_from_what_is_known_then(tmp_path: Path) -> None:
    random = Random(3)
    planted = limit_rule(random)
    reviewed = [case["region"] in ("north", "isles") for case in planted.cases]
    config = ProcessConfig.model_validate({"outcome": {"bad": ["Review"]}})
    found = mined(replace(planted, reviewed=reviewed), tmp_path, config=config)
    (rule,) = (one for one in found.rules if one.kind == "outcome")
    assert (rule.at, rule.condition, rule.action.name) == ("start", "region in ('isles', 'north')", "notify")
    assert found.evidence[rule.rule_id].holdout_precision == 1.0
    asked = found.moments.at("start")
    assert asked["bad_outcome"].to_pylist() == [reviewed[int(one[1:])] for one in asked["case_id"].to_pylist()]
    assert asked["amount"].null_count == asked.num_rows  # it is written down with the next row only


def test_the_oracle_of_these_tests_refuses_a_rule_that_is_not_the_planted_one(tmp_path: Path) -> None:
    planted = planted_log("limits", 0.0, 0)
    found = mined(planted, tmp_path)
    assert is_recovered(planted, found)
    assert not is_recovered(planted_log("sets", 0.0, 0), replace(found, rules=()))
    assert not is_recovered(replace(planted, parts=planted_log("sets", 0.0, 0).parts), found)
