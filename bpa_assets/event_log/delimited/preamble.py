"""What stands before the header of a delimited file, and files that have no header.

Programs write a title, a date, comments above the table. Passed over is only what cannot be a header. Add here another
habit of exports; the header itself is read in `text`.
"""

import re
from collections.abc import Sequence
from io import StringIO
from itertools import islice

from bpa_assets.event_log.limits import shown
from bpa_resources.errors import InputError

_MOST_LINES = 50
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")
_ADD_HEADER = "add a first line with the names of the columns, such as case_id, activity, timestamp"
_TIME = re.compile(
    r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4})"
    r"(?:[ T,]+[0-9]{1,2}:[0-9]{2}.*)?"
)


def lines_before(sample: str, *, delimiters: str) -> Sequence[str]:
    """Return the lines above the header: comments (`# …`) and lines that hold none of the delimiters.

    None of them if no line follows that holds one, or if quotes make lines doubtful. A header may begin with `#`, too
    (a column of numbers): a comment has more or fewer delimiters than the line after it.
    """
    begun = islice(StringIO(sample[: 64 << 10], newline=""), _MOST_LINES)
    lines = [line for line in begun if line.endswith(("\r", "\n"))]
    header = next((place for place, line in enumerate(lines) if _is_record(lines, place, delimiters)), 0)
    above = lines[:header]
    if not any(line.strip() for line in above) or any('"' in line for line in above):
        return ()
    return above


def _is_record(lines: Sequence[str], place: int, delimiters: str) -> bool:
    line = lines[place]
    if not any(mark in line for mark in delimiters):
        return False
    if not line.startswith("#") or place + 1 == len(lines):
        return True
    following = next((one for one in lines[place + 1 :] if one.strip() and not one.startswith("#")), line)
    return any(line.count(mark) == following.count(mark) > 0 for mark in delimiters)


def check_is_header(names: Sequence[str], *, name: str) -> None:
    """Refuse a file whose first line holds values.

    Raises:
        InputError: one of the names is a time, or all are numbers or blank.

    """
    if not any(names):
        raise InputError(f"the header of {name} holds delimiters only; {_ADD_HEADER}")
    if all(not one or _NUMBER.fullmatch(one) for one in names):
        raise InputError(f"the first line of {name} holds numbers only, so it is no header; {_ADD_HEADER}")
    time = next((one for one in names if _TIME.fullmatch(one)), None)
    if time is not None:
        raise InputError(f"{name} has no header: its first line holds the value '{shown(time)}'; {_ADD_HEADER}")
