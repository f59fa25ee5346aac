"""Times as people and programs write them, made plain before a format reads them: `5:05 p.m.`, `13. März 2021`.

Only a column that the plain formats leave partly unread comes here, as this costs several times as much. Add a way to
write the same moment that no strptime format tells apart; formats are in `times.py`.
"""

_MONTHS = {
    "Jan": "january januar jänner januari janvier janv enero ene gennaio gen janeiro",
    "Feb": "february februar feber februari février févr fév febrero febbraio fevereiro fev",
    "Mar": "march märz mär mrz maerz maart mrt mars marzo março",
    "Apr": "april avril avr abril abr aprile",
    "May": "mai mei mayo maggio mag maio",
    "Jun": "june juni juin junio giugno giu junho",
    "Jul": "july juli juillet juil julio luglio lug julho",
    "Aug": "august augustus août aout agosto ago",
    "Sep": "september sept septembre septiembre settembre setembro set",
    "Oct": "october oktober okt octobre octubre ottobre ott outubro out",
    "Nov": "november novembre noviembre novembro",
    "Dec": "december dezember dez décembre déc diciembre dic dicembre dezembro",
}
"""English as strptime reads it, then English, German, Dutch, French, Spanish, Italian and Portuguese."""
_ENGLISH = {name: short for short, names in _MONTHS.items() for name in (short.lower(), *names.split())}

_WEEKDAY = (
    "(?:mon|tues?|wed|wednes|thu|thurs?|fri|sat|satur|sun)(?:day)?|(?:mo|di|mi|do|fr|sa|so)|"
    "(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)"
)
_STEPS = (
    (rf"(?i)^\s*(?:{_WEEKDAY})[.,]*\s+", ""),
    (r"\s*\([^)]*\)$", ""),  # (Central European Summer Time)
    (r"([0-9])\s*([AaPp])\.?\s?[Mm]\b\.?", r"\1 \2M"),
    (r"(?i)\s+(?:uhr|um|at|om)(?:\s+|$)", " "),
    (r"(?i)\s+de\s+", " "),
    (r",\s+", " "),
    (r"([0-9])T([0-9])", r"\1 \2"),
    (r" ([0-9]{1,2})[.hH]([0-9]{2})[.m]([0-9]{2})", r" \1:\2:\3"),
    (r" ([0-9]{1,2})[.hH]([0-9]{2})([ +-]|$)", r" \1:\2\3"),
    (r"(:[0-9]{2})[.,]([0-9]{1,6})[0-9]*", r"\1.\2"),
    (r"\s*(?:UTC|GMT)([+-])", r"\1"),
    (r"\s*(?:Z|UTC|GMT)$", "+0000"),
    (r"\s+([+-][0-9]{2}:?[0-9]{0,2})$", r"\1"),
    (r"[-. ]*(\pL{3,})[-. ]+", r" \1 "),
    (r"\s+", " "),
)
_OFFSET = "([+-])([0-9]{2})(?::?([0-9]{2}))?$"


def plainly(column: str) -> str:
    """SQL: the text of a column (a generated name) as the formats of `times.LOOSE_WAYS` read it."""
    text = column
    for pattern, replacement in _STEPS:
        text = f"regexp_replace({text}, '{pattern}', '{replacement}', 'g')"
    # One month at most: it is looked up, not replaced twelve times.
    month = rf"regexp_extract({column}, '(?i)(?:^|\PL)({'|'.join(_ENGLISH)})(?:\PL|$)', 1)"
    english = ", ".join(f"'{name}': '{short}'" for name, short in [*_ENGLISH.items(), ("", "")])
    return f"trim(replace({text}, {month}, map{{{english}}}[lower({month})]))"


def has_offset(plain: str) -> str:
    """SQL: whether a text made plain ends with an offset from UTC."""
    return f"regexp_matches({plain}, '[ T][0-9:. ]+(?:[AaPp]M)?{_OFFSET}')"


def without_offset(plain: str) -> str:
    """SQL: a text made plain, its offset cut off."""
    return f"case when {has_offset(plain)} then regexp_replace({plain}, '{_OFFSET}', '') else {plain} end"


def offset_minutes(plain: str) -> str:
    """SQL: minutes that a text made plain says to be east of UTC; 0 without an offset, null for an impossible one."""
    hours, minutes = (
        f"coalesce(try_cast(regexp_extract({plain}, '{_OFFSET}', {group}) as int), 0)" for group in (2, 3)
    )
    sign = f"case regexp_extract({plain}, '{_OFFSET}', 1) when '-' then -1 else 1 end"
    east = f"case when {hours} <= 15 and {minutes} <= 59 then {sign} * ({hours} * 60 + {minutes}) end"
    return f"case when {has_offset(plain)} then {east} else 0 end"
