"""Logs as other programs and people save them: one log, written in many conventions.

A convention is names for the roles, a way to write times and numbers, and a kind of file. Add one to `CONVENTIONS`; it
has to say how exactly it can write a time.
"""

import csv
import gzip
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

Times = list[datetime | None]
Texts = list[str | None]
ROLES = ("case_id", "activity", "start_time", "end_time", "enabled_time", "resource", "role")
MICROSECOND, MILLISECOND, SECOND = timedelta(microseconds=1), timedelta(milliseconds=1), timedelta(seconds=1)
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class PlainLog:
    """The records of a log in their order: times in UTC, everything else as text."""

    texts: Mapping[str, Texts]
    times: Mapping[str, Times]
    attributes: Mapping[str, Texts]

    def to_the(self, unit: timedelta) -> "PlainLog":
        """The same with times as exact as the unit."""
        times = {role: [_floor(time, unit) for time in column] for role, column in self.times.items()}
        return PlainLog(self.texts, times, self.attributes)


def _floor(time: datetime | None, unit: timedelta) -> datetime | None:
    return None if time is None else time - (time - _EPOCH) % unit


@dataclass(frozen=True)
class Convention:
    """How a program saves a log; `names`: role → column; `time` may give several columns (a date and a clock)."""

    names: Mapping[str, str]
    time: Callable[[datetime, int], str | tuple[str, ...]] = lambda time, _: time.isoformat(" ")
    exact_to: timedelta = SECOND
    number: Callable[[str], str] = str
    save: Callable[[Path, list[list[str]]], None] = field(default=lambda path, table: save(path, table))
    date_format: str | None = None

    def write(self, log: PlainLog, folder: Path) -> Path:
        """Write the log into a file of its own."""
        path = folder / "log.csv"
        self.save(path, self.table(log))
        return next(folder.glob("log*"))

    def table(self, log: PlainLog) -> list[list[str]]:
        """Header and records as texts."""
        columns: list[list[str]] = []
        for role in ROLES:
            if role in log.texts:
                columns.append([self.names[role], *(text or "" for text in log.texts[role])])
            elif role in log.times:
                columns += self._time_columns(self.names[role], log.times[role])
        for name, values in log.attributes.items():
            written = self.number if all(_is_decimal(text) for text in values) else str
            columns.append([name, *("" if text is None else written(text) for text in values)])
        return [list(row) for row in zip(*columns, strict=True)]

    def _time_columns(self, names: str, times: Times) -> list[list[str]]:
        parts = names.split("+")
        written = [self.time(time, row) if time else ("",) * len(parts) for row, time in enumerate(times)]
        texts = [(one,) if isinstance(one, str) else one for one in written]
        return [[name, *(text[place] for text in texts)] for place, name in enumerate(parts)]


def _is_decimal(text: str | None) -> bool:
    return text is None or re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", text) is not None


# ---- kinds of files


def save(
    path: Path,
    table: list[list[str]],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    line_end: str = "\n",
    quoting: int = csv.QUOTE_MINIMAL,
    above: str = "",
    packed: bool = False,
) -> None:
    """Write a table as delimited text."""
    text = io.StringIO(newline="")
    text.write(above)
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)  # type: ignore[arg-type]
    data = text.getvalue().encode(encoding)
    if packed:
        path.with_suffix(".csv.gz").write_bytes(gzip.compress(data, 1))
    else:
        path.write_bytes(data)


def _saved(**how: Any) -> Callable[[Path, list[list[str]]], None]:
    return lambda path, table: save(path, table, **how)


def save_parquet(path: Path, table: list[list[str]]) -> None:
    """Write a table as typed Parquet: times and numbers as such."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    header, *rows = table
    columns = {
        name: [text or None for text in column] for name, column in zip(header, zip(*rows, strict=True), strict=True)
    }
    typed = {name: _typed(column, is_time=name in XES.values()) for name, column in columns.items()}
    pq.write_table(pa.table(typed), path.with_suffix(".parquet"))


def _typed(column: Sequence[str | None], *, is_time: bool) -> Any:
    import pyarrow as pa

    if is_time and all(text is None or re.match(r"\d{4}-\d\d-\d\d ", text) for text in column):
        return pa.array([None if text is None else datetime.fromisoformat(text) for text in column], pa.timestamp("us"))
    return pa.array(column, pa.string())


def save_xes(path: Path, table: list[list[str]]) -> None:
    """Write a table with XES names as XES; times have to be ISO with Z. A trace an event, as order must stay."""
    header, *rows = table
    with path.with_suffix(".xes").open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n')
        for row in rows:
            cells = [(name, text) for name, text in zip(header, row, strict=True) if text]
            file.write("<trace>")
            file.writelines(_xes_attribute(name[5:], text) for name, text in cells if name.startswith("case:"))
            file.write("<event>")
            file.writelines(_xes_attribute(name, text) for name, text in cells if not name.startswith("case:"))
            file.write("</event></trace>\n")
        file.write("</log>\n")


def _xes_attribute(name: str, text: str) -> str:
    kind = "date" if name in XES.values() and re.match(r"\d{4}-\d\d-\d\d[T ]", text) else "string"
    return f"<{kind} key={quoteattr(name)} value={quoteattr(text)}/>"


# ---- ways of writing a time


def _as(pattern: str) -> Callable[[datetime, int], str]:
    return lambda time, _: time.strftime(pattern)


def _unpadded(time: datetime, _: int) -> str:
    return f"{time.day}.{time.month}.{time:%y} {time.hour}:{time:%M:%S}"


def _twelve_hours(time: datetime, _: int) -> str:
    half = "AM" if time.hour < 12 else "PM"
    return f"{time.month}/{time.day}/{time.year} {(time.hour - 1) % 12 + 1}:{time:%M:%S} {half}"


def _mixed_offsets(time: datetime, row: int) -> str:
    zone = timezone(timedelta(hours=(row % 25) - 12, minutes=30 * (row % 2)))
    return time.replace(tzinfo=UTC).astimezone(zone).isoformat()


_GERMAN_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli"),
    *("August", "September", "Oktober", "November", "Dezember"),
)


def _german_words(time: datetime, _: int) -> str:
    return f"{time.day}. {_GERMAN_MONTHS[time.month - 1]} {time.year} {time:%H:%M:%S}"


def _excel_day(time: datetime, _: int) -> str:
    return f"{(time - datetime(1899, 12, 30)) / timedelta(days=1):.9f}".replace(".", ",")


def _thousandths(pattern: str, sign: str = ".") -> Callable[[datetime, int], str]:
    return lambda time, _: f"{time.strftime(pattern)}{sign}{time.microsecond // 1000:03}"


def _comma(text: str) -> str:
    """1234.5 as 1.234,5."""
    whole, point, fraction = text.partition(".")
    return re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole) + "," + fraction if point else text


# ---- names


def _names(*names: str) -> Mapping[str, str]:
    return dict(zip(ROLES, names, strict=True))


PLAIN = _names("case_id", "activity", "start_time", "end_time", "enabled_time", "resource", "role")
XES = _names(
    "case:concept:name", "concept:name", "start_timestamp", "time:timestamp", "enabled_time", "org:resource", "org:role"
)
CELONIS = _names("_CASE_KEY", "ACTIVITY_EN", "STARTTIME", "EVENTTIME", "ENABLED_TIME", "USER_NAME", "ROLE")
UIPATH = _names("Case ID", "Activity", "Event start", "Event end", "Enabled time", "Resource", "Role")
DISCO = _names("Case ID", "Activity", "Start Timestamp", "Complete Timestamp", "Enabled Timestamp", "Resource", "Role")
APROMORE = _names("caseID", "activity", "startTimestamp", "endTimestamp", "enabledTimestamp", "resource", "role")
GERMAN = _names("Vorgangsnummer", "Tätigkeit", "Beginn", "Ende", "Enabled at", "Bearbeiter", "Rolle")
SAP_GERMAN = _names(
    "Belegnummer",
    "Aktivität",
    "Startdatum+Startzeit",
    "Enddatum+Endzeit",
    "Enabled date+Enabled time",
    "Benutzer",
    "Rolle",
)
SAP_ENGLISH = _names("Document Number", "Event", "Start", "Completed", "Enabled at", "User", "Role")
SPANISH = _names("ID de caso", "Actividad", "Fecha inicio", "Fecha fin", "enabled_at", "Recurso", "Rol")
NAMELESS = _names("F1", "F2", "F3", "F4", "F5", "F6", "F7")

AS_IT_IS = Convention(PLAIN, exact_to=MICROSECOND)

CONVENTIONS: dict[str, Convention] = {
    "German: semicolons, decimal commas, Windows-1252, CRLF": Convention(
        GERMAN, _as("%d.%m.%Y %H:%M:%S"), number=_comma, save=_saved(delimiter=";", encoding="cp1252", line_end="\r\n")
    ),
    "tabs in UTF-16 with a mark": Convention(
        PLAIN, exact_to=MICROSECOND, save=_saved(delimiter="\t", encoding="utf-16")
    ),
    "tabs in UTF-16, big end first, without a mark": Convention(
        UIPATH, exact_to=MICROSECOND, save=_saved(delimiter="\t", encoding="utf-16-be")
    ),
    "bars, and CR at the ends of lines": Convention(
        PLAIN, exact_to=MICROSECOND, save=_saved(delimiter="|", line_end="\r")
    ),
    "Celonis": Convention(CELONIS, _thousandths("%Y-%m-%d %H:%M:%S"), MILLISECOND),
    "UiPath, everything quoted": Convention(UIPATH, _as("%Y-%m-%d %H:%M:%S"), save=_saved(quoting=csv.QUOTE_ALL)),
    "Disco": Convention(DISCO, _thousandths("%Y/%m/%d %H:%M:%S"), MILLISECOND),
    "Apromore, with a mark": Convention(
        APROMORE, lambda time, _: time.isoformat() + "Z", MICROSECOND, save=_saved(encoding="utf-8-sig")
    ),
    "SAP in German, dates and clocks apart": Convention(
        SAP_GERMAN,
        lambda time, _: (time.strftime("%d.%m.%Y"), time.strftime("%H:%M:%S")),
        save=_saved(delimiter=";", line_end="\r\n"),
    ),
    "SAP in English": Convention(SAP_ENGLISH, _as("%Y%m%d%H%M%S")),
    "Spanish": Convention(SPANISH, _as("%d/%m/%Y %H:%M:%S"), date_format="%d/%m/%Y"),
    "seconds since 1970": Convention(PLAIN, lambda time, _: str((time - _EPOCH) // SECOND)),
    "milliseconds since 1970": Convention(PLAIN, lambda time, _: str((time - _EPOCH) // MILLISECOND), MILLISECOND),
    "clocks of twelve hours": Convention(PLAIN, _twelve_hours, date_format="%m/%d/%Y"),
    "days and months without zeros, years of two digits": Convention(PLAIN, _unpadded),
    "mixed offsets": Convention(PLAIN, _mixed_offsets, MICROSECOND),
    "commas before fractions": Convention(
        PLAIN, _thousandths("%Y-%m-%d %H:%M:%S", ","), MILLISECOND, save=_saved(quoting=csv.QUOTE_ALL)
    ),
    "Excel: its first line, its days": Convention(
        PLAIN, _excel_day, MILLISECOND, number=_comma, save=_saved(delimiter=";", above="sep=;\r\n", line_end="\r\n")
    ),
    "months in German words": Convention(PLAIN, _german_words),
    "ISO, basic": Convention(PLAIN, lambda time, _: time.strftime("%Y%m%dT%H%M%SZ")),
    "a title and a comment above, packed": Convention(
        PLAIN, exact_to=MICROSECOND, save=_saved(above="Event log\n# exported, by a test\n\n", packed=True)
    ),
    "Parquet": Convention(XES, exact_to=MICROSECOND, save=save_parquet),
    "XES": Convention(XES, lambda time, _: time.isoformat() + "Z", MICROSECOND, save=save_xes),
}
