"""The suite and its data docs: verdicts by the limits of the catalog, a page that opens offline and runs nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from bpa_assets.event_log.quality.catalog import DUPLICATE_EVENTS, MISSING_VALUES, PATTERNS
from bpa_assets.event_log.quality.data_docs import data_docs
from bpa_assets.event_log.quality.patterns import Example, Issue
from bpa_assets.event_log.quality.suite import Judgement, judge

pytestmark = pytest.mark.filterwarnings("ignore", "error:::bpa_")

EXAMPLE = Example("log.csv", 7, "C-1", "Ask", "<script>alert(1)</script>")


def judged(*issues: Issue) -> Judgement:
    row: dict[str, float] = {}
    for pattern in PATTERNS:
        of_it = [issue for issue in issues if issue.pattern is pattern]
        row[f"{pattern.name}_rows"] = sum(issue.rows for issue in of_it)
        row[f"{pattern.name}_share"] = max((issue.share for issue in of_it), default=0.0)
    return judge(pa.Table.from_pylist([row]), issues)


def failed(judgement: Judgement) -> Sequence[tuple[str, bool]]:
    return [(verdict.pattern.name, verdict.stops) for verdict in judgement.verdicts if not verdict.passed]


def test_a_log_without_issues_passes_every_check() -> None:
    judgement = judged()
    assert failed(judgement) == []
    assert [verdict.pattern for verdict in judgement.verdicts] == list(PATTERNS)


@pytest.mark.parametrize(("rows", "verdict"), [(5, []), (6, [("missing_values", False)])])
def test_a_share_above_the_limit_fails(rows: int, verdict: object) -> None:
    assert failed(judged(Issue(MISSING_VALUES, "resource", rows, 100, "absent"))) == verdict


@pytest.mark.parametrize(("rows", "stops"), [(50, False), (51, True)])
def test_a_share_above_the_second_limit_stops(rows: int, stops: bool) -> None:
    assert failed(judged(Issue(DUPLICATE_EVENTS, "activity", rows, 100, "copies"))) == [("duplicate_events", stops)]


def test_a_verdict_says_what_was_found_how_much_and_where_to_look() -> None:
    judgement = judged(Issue(DUPLICATE_EVENTS, "activity", 3, 100, "3 events are copies", [EXAMPLE]))
    (verdict,) = [verdict for verdict in judgement.verdicts if not verdict.passed]
    assert verdict.told == "3 events are copies (3.0%); for example row 7 of log.csv: <script>alert(1)</script>"
    assert (verdict.rows, verdict.share) == (3, 0.03)


def test_judging_leaves_no_file_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    judged()
    assert list(tmp_path.rglob("*")) == []


def test_the_page_asks_for_nothing_and_shows_names_as_text() -> None:
    issue = Issue(DUPLICATE_EVENTS, "activity", 3, 100, "3 events are copies", [EXAMPLE])
    page = data_docs(judged(issue), [issue], title="Orders & more")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|<link|<img|src=[\"']|url\(|@import", page)
    assert "&lt;script&gt;alert(1)" in page
    assert "Orders &amp; more" in page
    assert "duplicate_events_share" in page  # the expectations themselves are on it
