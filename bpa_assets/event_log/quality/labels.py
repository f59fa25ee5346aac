"""Names of activities and resources that are several spellings of one, or carry what does not belong in them."""

import re
from collections.abc import Iterator

from bpa_assets.event_log.quality.catalog import DISTORTED_LABELS, DISTORTED_RESOURCES, POLLUTED_LABELS
from bpa_assets.event_log.quality.patterns import Issue
from bpa_assets.event_log.quality.stored_log import EXAMPLES, Row, StoredLog

_MOST_NAMES = 2_000
"""Names that are compared letter by letter: 2,000 take a second."""
_RARE = 0.1
_LONG_WORD = 4
_WORD = re.compile(r"[^\W_]+")

# The same letters and digits, whatever the case, accents, blanks and punctuation; of short names only case and blanks.
_SPELLINGS = """
create temp table spelling as
with keyed as (
    select activity_code, activity, n,
        regexp_replace(lower(strip_accents(nfc_normalize(activity))), '[^\\p{L}\\p{N}]+', '', 'g') as plain,
        regexp_replace(lower(nfc_normalize(activity)), '\\s+', '', 'g') as tight
    from activity
    where activity_code not in (select activity_code from polluted)
),
grouped as (
    select *, case when length(plain) >= 3 then plain else tight end as key,
        row_number() over (partition by key order by n desc, activity_code) as place,
        first_value(activity) over (partition by key order by n desc, activity_code) as usual
    from keyed
)
select activity_code, activity, n, usual from grouped where place > 1
"""

# An id of a case, or of anything a few cases share; the codes of a catalogue ("01_HOOFD_010") are in many cases each.
_POLLUTED = """
create temp table polluted as
with template as (
    select activity_code, activity, n, regexp_replace(activity, '[0-9]+', '#', 'g') as template,
        count(*) over (partition by template) as names
    from activity
    where regexp_matches(activity, '[0-9]')
    qualify names >= 5
),
occurrence as (
    select template, activity_code, case_code
    from event join template using (activity_code)
    group by all
),
spread as (
    select template, activity_code, count(*) as cases
    from occurrence
    group by all
),
few as (
    select template, least(5, count(distinct case_code) / 5) as most
    from occurrence
    group by template
)
select activity_code, activity, n, template, names
from template join spread using (template, activity_code) join few using (template)
qualify cases <= most and median(cases) over (partition by template) <= most
"""

_ONE_LETTER = """
select rare.activity_code, rare.activity, rare.n, frequent.activity as usual
from activity as rare
join activity as frequent
    on rare.n <= $rare * frequent.n and abs(length(rare.activity) - length(frequent.activity)) <= 1
where damerau_levenshtein(lower(rare.activity), lower(frequent.activity)) = 1
    and rare.activity_code not in (select activity_code from spelling union all select activity_code from polluted)
    and frequent.activity_code not in (select activity_code from spelling union all select activity_code from polluted)
order by frequent.n desc, frequent.activity_code, rare.activity_code
"""

_RESOURCES = """
with grouped as (
    select *, regexp_replace(lower(nfc_normalize(resource)), '\\s+', '', 'g') as key,
        row_number() over (partition by key order by n desc, resource) as place,
        first_value(resource) over (partition by key order by n desc, resource) as usual
    from resource_total
)
select resource, n, usual from grouped where place > 1 order by n desc, resource
"""


def labels(log: StoredLog) -> Iterator[Issue]:
    """Activities with numbers of their own (`polluted_labels`), and several spellings of one (`distorted_labels`)."""
    _ = log.activities
    log.connection.execute(_POLLUTED)
    log.connection.execute(_SPELLINGS)
    yield from _polluted(log)
    yield from _distorted(log)


def _polluted(log: StoredLog) -> Iterator[Issue]:
    templates = log.rows(
        "select template, min(activity) as activity, count(*) as names, sum(n)::bigint as n from polluted "
        "group by template order by n desc, template"
    )
    rows = sum(one["n"] for one in templates)
    if rows:
        most = templates[0]
        told = (
            f"{rows:,} events have an activity with a number of its own, such as '{most['activity']}': "
            f"{most['names']:,} names are '{most['template']}'"
        )
        yield Issue(
            POLLUTED_LABELS, "activity", rows, log.total["rows"], told, log.examples_at(_OF_POLLUTED, most=EXAMPLES)
        )


def _distorted(log: StoredLog) -> Iterator[Issue]:
    found = [*log.rows("from spelling order by n desc, activity_code"), *_misspelt(log)]
    rows = sum(one["n"] for one in found)
    if rows:
        pairs = ", ".join(f"'{one['activity']}' for '{one['usual']}'" for one in found[:3])
        told = f"{rows:,} events have an activity that is another spelling of one: {pairs}"
        codes = [one["activity_code"] for one in found]
        examples = log.examples(_OF_ACTIVITIES, codes=codes, most=EXAMPLES)
        yield Issue(DISTORTED_LABELS, "activity", rows, log.total["rows"], told, examples)


def _misspelt(log: StoredLog) -> list[Row]:
    """Names at most a tenth as frequent as one that differs by a letter within a word of at least four."""
    if log.total["activities"] > _MOST_NAMES:
        return []
    pairs = log.rows(_ONE_LETTER, rare=_RARE)
    seen: dict[int, Row] = {}
    for pair in pairs:
        if _differ_in_a_long_word(pair["activity"].lower(), pair["usual"].lower()):
            seen.setdefault(pair["activity_code"], pair)
    return list(seen.values())


def _differ_in_a_long_word(one: str, other: str) -> bool:
    """Whether the words are the same but for one of at least four letters: 'Step A' is no slip of 'Step B'."""
    words, others = _WORD.findall(one), _WORD.findall(other)
    if len(words) != len(others):
        return False
    differing = [pair for pair in zip(words, others, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and all(len(word) >= _LONG_WORD and word.isalpha() for word in differing[0])


_OF_POLLUTED = """
select case_code, event_index, polluted.activity as value
from event join polluted using (activity_code)
order by case_code, event_index
limit $most
"""
_OF_ACTIVITIES = """
select source_file, source_row, case_id, activity, activity as value
from event
where list_contains($codes::integer[], activity_code)
order by file_row_number, file_index
limit $most
"""
_OF_RESOURCES = """
select source_file, source_row, case_id, activity, resource as value
from event
where list_contains($names::varchar[], resource)
order by file_row_number, file_index
limit $most
"""


def distorted_resources(log: StoredLog) -> Iterator[Issue]:
    """Resources that differ only by case or blanks from a more frequent one."""
    log.need("resource_total")
    found = log.rows(_RESOURCES)
    rows = sum(one["n"] for one in found)
    if rows:
        pairs = ", ".join(f"'{one['resource']}' for '{one['usual']}'" for one in found[:3])
        told = f"{rows:,} events have a resource that is another spelling of one: {pairs}"
        examples = log.examples(_OF_RESOURCES, names=[one["resource"] for one in found], most=EXAMPLES)
        yield Issue(DISTORTED_RESOURCES, "resource", rows, log.total["rows"], told, examples)
