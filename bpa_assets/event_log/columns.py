"""Which column of a source is the case, the activity, a time…: as process.yaml says, by name, else by content.

What process.yaml says wins; two columns that could be the same thing and differ are a question to the user, never a
guess. Names are in `column_names.py`; how columns are looked at, in `column_choice.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, get_args

from bpa_assets.event_log.column_names import NAMES, TIMES, Role, is_guess, normalised
from bpa_assets.event_log.sources import Source
from bpa_resources.errors import InputError

Equal = Callable[[int, int], bool]
IsEmpty = Callable[[int], bool]
IsEventTime = Callable[[int, int | None], bool]
"""Whether a column holds times that change within the cases that another column tells apart (None: not known yet)."""
ByContent = Callable[[Mapping[Role, int], frozenset[int]], Mapping[Role, int]]
"""Given the roles that are known and the columns that are left: roles that the content of those tells."""


@dataclass(frozen=True)
class ColumnMapping:
    """What the columns of one source are, by their index: the roles, the costs and the attributes.

    Lifecycle and instance are attributes too, as no fixed column holds them.
    """

    roles: Mapping[Role, int]
    cost: tuple[int, ...]
    attributes: tuple[int, ...]
    findings: tuple[str, ...]


def map_columns(
    source: Source,
    *,
    wanted: Mapping[str, str | None],
    cost: tuple[str, ...],
    equal: Equal,
    is_empty: IsEmpty = lambda _: False,
    is_event_time: IsEventTime = lambda _, __: True,
    joined: Mapping[Role, int] | None = None,
    parts: frozenset[int] = frozenset(),
    by_content: ByContent | None = None,
    never: frozenset[Role] = frozenset(),
) -> ColumnMapping:
    """Map the columns of a source.

    `wanted` is what process.yaml names (role → column name or None); `equal(a, b)` says whether two columns hold the
    same in every row, `is_empty(a)` whether one has no value in any, `is_event_time(a, case)` whether one holds times
    of events; `joined` are roles of columns that are made of others, the `parts`; `never` are roles that no column has.
    Errors: InputError naming the columns and the key to set.
    """
    names = {role: wanted.get(role) for role in get_args(Role)}
    made, looks = joined or {}, _Looks(equal, is_empty, is_event_time)
    named = {role: name for role, name in names.items() if name is not None and role not in made}
    said = {role: named_column(source, name, key=f"source.{role}") for role, name in named.items()}
    said |= made
    roles: dict[Role, int] = {}
    dropped: dict[int, int] = {}
    for role in [role for role in get_args(Role) if role not in never]:
        taken = {*said.values(), *roles.values(), *parts}
        case = roles.get("case_id")
        found = said.get(role)
        if found is None:
            found = _inferred(source, role, taken=taken, looks=looks, dropped=dropped, case=case)
        if found is not None:
            roles[role] = found
    costs = tuple(named_column(source, name, key="source.cost") for name in cost)
    told: Mapping[Role, int] = {}
    if by_content is not None and _missing(roles):
        told = by_content(roles, frozenset(range(len(source.columns))) - {*roles.values(), *parts, *costs, *dropped})
        roles |= told
    _check_complete(source, roles)
    _drop_copies(source, roles, {*costs, *parts}, dropped, equal)
    used = {*dropped, *parts, *(index for role, index in roles.items() if role not in ("lifecycle", "instance"))}
    attributes = tuple(index for index in range(len(source.columns)) if index not in used)
    by_name = {role: index for role, index in roles.items() if names[role] is None and role not in told}
    findings = (_told(source, "name", by_name), _told(source, "content", told), *_copies(source, dropped))
    return ColumnMapping(roles, costs, attributes, tuple(filter(None, findings)))


def named_column(source: Source, name: str, *, key: str) -> int:
    """The column of that name. Errors: InputError if there is none, or more than one; `key`: who named it."""
    same = [index for index, column in enumerate(source.columns) if column.name == name]
    if not same:
        raise InputError(f"{source.name} has no column '{name}' ({key}); its columns are {source.names()}")
    if len(same) > 1:
        raise InputError(f"{source.name} has {len(same)} columns '{name}' ({key}); rename all but one")
    return same[0]


class _Looks(NamedTuple):
    """What can be asked of the content of columns."""

    equal: Equal
    is_empty: IsEmpty
    is_event_time: IsEventTime


def _inferred(
    source: Source, role: Role, *, taken: set[int], looks: _Looks, dropped: dict[int, int], case: int | None
) -> int | None:
    """The column of a role: the first of the first tier with any; its equals are dropped, a differing one is asked.

    Of several, those without any value are none. Where the name is no more than a guess, a time has to be one of
    events, of several times that differ none is taken, of several people the first.
    """
    for place, tier in enumerate(NAMES[role]):
        guess = is_guess(role, place)
        found = [
            index
            for name in tier
            for index, column in enumerate(source.columns)
            if normalised(column.name) == name and index not in taken
        ]
        if len(found) > 1:
            found = [index for index in found if not looks.is_empty(index)] or found[:1]
        if guess and role in TIMES:
            found = [index for index in found if looks.is_event_time(index, case)]
            found = found if all(looks.equal(found[0], other) for other in found[1:]) else []
        if not found:
            continue
        first, *others = found
        for other in others:
            if guess and not looks.equal(first, other):
                continue
            if not looks.equal(first, other):
                raise InputError(f"{source.name}: {_which(source, role, first, other)}")
            dropped[other] = first
        return first
    return None


def _which(source: Source, role: Role, first: int, other: int) -> str:
    """The question which of two columns it is."""
    one, two = source.columns[first].name, source.columns[other].name
    if one == two:
        return f"two columns are named '{one}' and they differ; rename the one that is not the {_THING[role]}"
    return (
        f"two columns could be the {_THING[role]}, '{one}' and '{two}', and they differ; "
        f"say which with source.{role} in process.yaml"
    )


_THING: dict[Role, str] = {
    "case_id": "case",
    "activity": "activity",
    "start_time": "start time",
    "end_time": "time",
    "enabled_time": "enabled time",
    "lifecycle": "lifecycle transition",
    "instance": "activity instance",
    "resource": "resource",
    "role": "role",
}


def _missing(roles: Mapping[Role, int]) -> Role | None:
    """The first of the roles that a log cannot do without that no column has."""
    if "start_time" not in roles and "end_time" not in roles:
        return "end_time"
    needed: tuple[Role, ...] = ("case_id", "activity")
    return next((role for role in needed if role not in roles), None)


def _check_complete(source: Source, roles: Mapping[Role, int]) -> None:
    if missing := _missing(roles):
        raise InputError(
            f"{source.name}: no column is known to be the {_THING[missing]}; say which with source.{missing} in "
            f"process.yaml (columns: {source.names()})"
        )


def _drop_copies(
    source: Source, roles: Mapping[Role, int], kept_anyway: set[int], dropped: dict[int, int], equal: Equal
) -> None:
    """A further column with the name of a mapped one and the same content is a copy (P2P's `Activity`)."""
    for role, kept in roles.items():
        known = {name for tier in NAMES[role] for name in tier}
        for index, column in enumerate(source.columns):
            if index in {*roles.values(), *kept_anyway, *dropped} or normalised(column.name) not in known:
                continue
            if equal(kept, index):
                dropped[index] = kept


def _told(source: Source, how: str, roles: Mapping[Role, int]) -> str:
    found = ", ".join(f"{role} = '{source.columns[index].name}'" for role, index in roles.items())
    return f"{source.name}: columns by {how}: {found}" if found else ""


def _copies(source: Source, dropped: Mapping[int, int]) -> list[str]:
    names = [column.name for column in source.columns]
    return [
        f"{source.name}: column '{names[index]}' is the same as '{names[kept]}' and left out"
        for index, kept in sorted(dropped.items())
    ]
