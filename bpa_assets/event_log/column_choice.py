"""What the columns of a source are: the source is looked at as far as its names leave questions.

Here meet what process.yaml says, names (`columns`), dates split from their clocks (`time_columns`) and content
(`column_content`). Add here another look at a source; what is decided from it belongs to those.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from bpa_assets.event_log.absent_texts import absent_texts, told_absent
from bpa_assets.event_log.classifiers import with_classifier
from bpa_assets.event_log.column_content import MOST_COLUMNS, case_and_activity, changes_within, codes_of
from bpa_assets.event_log.column_names import PEOPLE, TIMES, Role
from bpa_assets.event_log.columns import (
    ColumnMapping,
    Equal,
    IsEmpty,
    IsEventTime,
    map_columns,
    named_column,
)
from bpa_assets.event_log.lifecycle_column import with_lifecycle
from bpa_assets.event_log.milestones import WideFileError, seen_milestones, with_milestones
from bpa_assets.event_log.sources import Source
from bpa_assets.event_log.time_columns import split_times, start_and_end, times_in
from bpa_assets.settings import Source as SourceSettings

if TYPE_CHECKING:
    import duckdb

_HEAD = 10_000


def choose_columns(
    source: Source, settings: SourceSettings, *, connection: "duckdb.DuckDBPyConnection"
) -> tuple[Source, ColumnMapping]:
    """What the columns are, and the source as it is to be read: split times joined, numbers that are times as texts.

    Errors: InputError naming the columns and the key to set.
    """
    wanted: dict[str, str | None] = {role: getattr(settings, role, None) for role in get_args(Role)}
    if settings.milestones:
        return _wide(source, settings, wanted, connection)
    split = {} if any(wanted[role] for role in TIMES) else split_times(source, connection)
    whole = source.with_joined(list(split.values())) if split else source

    def by_content(roles: Mapping[Role, int], left: frozenset[int]) -> Mapping[Role, int]:
        return _by_content(whole, roles, sorted(left), connection)

    made = {role: len(source.columns) + place for place, role in enumerate(split)} | _states(source, settings)
    whole, activity, told = with_classifier(whole, settings.activity, connection)
    if activity is not None:
        made["activity"], wanted["activity"] = activity, told  # not told as found by its name
    columns = map_columns(
        whole,
        wanted=wanted,
        cost=settings.cost,
        equal=_equal(whole, connection),
        is_empty=_is_empty(whole, connection),
        is_event_time=_is_event_time(whole, connection),
        joined=made,
        parts=frozenset(index for pair in split.values() for index in pair),
        by_content=by_content,
    )
    if told:
        columns = replace(columns, findings=(*columns.findings, told))
    columns = with_lifecycle(whole, columns, connection)
    whole, columns = _people(whole, columns, connection)
    times = {columns.roles[role] for role in TIMES if role in columns.roles}
    numbers = {index for index in times if whole.columns[index].type not in ("VARCHAR", "TIMESTAMP")}
    return whole.as_texts(numbers) if numbers else whole, columns


def _people(
    source: Source, columns: ColumnMapping, connection: "duckdb.DuckDBPyConnection"
) -> tuple[Source, ColumnMapping]:
    """The source with nobody where the resource or the role is a text that stands for none, and that told."""
    people = [columns.roles[role] for role in PEOPLE if role in columns.roles]
    texts = [index for index in people if source.columns[index].type == "VARCHAR"]
    absent = absent_texts(lambda: source.scan(connection).limit(_HEAD), texts, "names")
    if not absent:
        return source, columns
    told = told_absent(source.name, [column.name for column in source.columns], absent)
    return source.without_absent(absent), replace(columns, findings=(*columns.findings, *told))


def _states(source: Source, settings: SourceSettings) -> dict[Role, int]:
    """The column of the lifecycle where the log declares a model whose records say the state that is reached."""
    if settings.lifecycle is not None or source.log_attributes.get("lifecycle:model", "").lower() != "bpaf":
        return {}
    names = [column.name for column in source.columns]
    return {"lifecycle": names.index("lifecycle:state")} if "lifecycle:state" in names else {}


def _is_empty(source: Source, connection: "duckdb.DuckDBPyConnection") -> IsEmpty:
    """Whether a column of the source has no value in any row."""

    def is_empty(index: int) -> bool:
        return not source.scan(connection).filter(f"c{index} is not null").limit(1).fetchall()

    return is_empty


def _is_event_time(source: Source, connection: "duckdb.DuckDBPyConnection") -> IsEventTime:
    """Whether a column of the source holds times, and not the same one in all rows of a case."""

    def is_event_time(index: int, case: int | None) -> bool:
        head = connection.from_arrow(source.scan(connection).limit(_HEAD).to_arrow_table())
        times = times_in(head, source, [index])
        if not times or case is None:
            return bool(times)
        cases = codes_of([head.to_arrow_table()[f"c{case}"]])[0]
        several = len(np.unique(cases)) < len(cases)
        return not several or changes_within(cases, times[index]) > 0

    return is_event_time


def _equal(source: Source, connection: "duckdb.DuckDBPyConnection") -> Equal:
    """Whether two columns of the source hold the same in every row."""

    def equal(one: int, other: int) -> bool:
        differ = f"c{one}::varchar is distinct from c{other}::varchar"
        return not source.scan(connection).filter(differ).limit(1).fetchall()

    return equal


def _wide(
    source: Source,
    settings: SourceSettings,
    wanted: Mapping[str, str | None],
    connection: "duckdb.DuckDBPyConnection",
) -> tuple[Source, ColumnMapping]:
    """The columns of a file with one column a milestone, as the settings say which these are."""
    places = [named_column(source, name, key="source.milestones") for name in settings.milestones]
    made = len(source.columns)
    numbers = {index for index in places if source.columns[index].type not in ("VARCHAR", "TIMESTAMP")}
    whole = with_milestones(source.as_texts(numbers) if numbers else source, places)
    columns = map_columns(
        whole,
        wanted={**wanted, **dict.fromkeys(("activity", "end_time"), "source.milestones")},
        cost=settings.cost,
        equal=_equal(source, connection),
        joined={"activity": made, "end_time": made + 1},
        parts=frozenset(places),
        never=frozenset({"start_time", "enabled_time", "lifecycle", "instance"}),
    )
    names = ", ".join(f"'{name}'" for name in settings.milestones)
    told = f"{source.name}: each date in {names} is an event with the name of its column"
    return whole, replace(columns, findings=(*columns.findings, told))


def _by_content(
    source: Source, roles: Mapping[Role, int], left: list[int], connection: "duckdb.DuckDBPyConnection"
) -> Mapping[Role, int]:
    """The roles that are missing, where the head of the file tells them."""
    if len(left) > MOST_COLUMNS:
        return {}
    head = connection.from_arrow(source.scan(connection).limit(_HEAD).to_arrow_table())
    if "activity" not in roles and (wide := seen_milestones(head, source, range(len(source.columns)))):
        case, milestones = wide
        raise WideFileError(source, roles.get("case_id", case), milestones)
    known_times = [roles[role] for role in TIMES if role in roles]
    times = times_in(head, source, known_times or left)
    if not times:
        return {}
    # A time is neither, and a number no activity: it would be a counter, a priority or an amount.
    plainly = known_times and not _numbers(head, source, known_times)  # else numbers would count as times as well
    other_times = times_in(head, source, [*known_times, *left]) if plainly else times
    texts = [i for i in left if i not in other_times and source.columns[i].type in ("VARCHAR", "BIGINT")]
    known = [roles[role] for role in ("case_id", "activity") if role in roles]  # type: ignore[index]
    values = head.to_arrow_table()
    codes = dict(zip(wanted := [*known, *texts], codes_of([values[f"c{index}"] for index in wanted]), strict=True))
    order = np.argsort(max(times.values(), key=lambda time: len(np.unique(time))), kind="stable")
    numbers = frozenset(_numbers(head, source, texts))
    pair = case_and_activity(
        codes, order, case=roles.get("case_id"), activity=roles.get("activity"), no_activities=numbers
    )
    if pair is None:
        return {}
    found: dict[Role, int] = {"case_id": pair[0], "activity": pair[1]}
    if not known_times:
        moving = {index: time for index, time in times.items() if changes_within(codes[pair[0]], time) > 0.2}
        found |= start_and_end(moving) or {}
    return {role: index for role, index in found.items() if role not in roles}


def _numbers(head: "duckdb.DuckDBPyRelation", source: Source, columns: list[int]) -> list[int]:
    """The columns that hold nothing but numbers."""
    from duckdb import SQLExpression

    texts = [index for index in columns if source.columns[index].type == "VARCHAR"]
    asked = [SQLExpression(f"coalesce(bool_and(try_cast(c{index} as double) is not null), false)") for index in texts]
    answers = head.aggregate(asked).fetchall()[0] if texts else ()
    whole = [index for index in columns if source.columns[index].type == "BIGINT"]
    return [*whole, *(index for index, is_number in zip(texts, answers, strict=True) if is_number)]
