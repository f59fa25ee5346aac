"""Writes XES logs of any size that look like those that systems export.

Extensions, globals, typed attributes of cases and events, local times with their offset, escaped characters.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

_HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
\t<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
\t<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
\t<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
\t<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
\t<global scope="trace">
\t\t<string key="concept:name" value="UNKNOWN"/>
\t</global>
\t<global scope="event">
\t\t<string key="concept:name" value="UNKNOWN"/>
\t\t<date key="time:timestamp" value="1970-01-01T00:00:00.000+01:00"/>
\t</global>
\t<classifier name="Activity" keys="concept:name"/>
\t<string key="concept:name" value="loan applications"/>
"""
_TRACE = """\t<trace>
\t\t<string key="concept:name" value="{name}"/>
\t\t<date key="registered" value="{registered}"/>
\t\t<string key="customer" value="{customer}"/>
\t\t<int key="amount" value="{amount}"/>
"""
_EVENT = """\t\t<event>
\t\t\t<string key="org:resource" value="{resource}"/>
\t\t\t<string key="lifecycle:transition" value="complete"/>
\t\t\t<string key="concept:name" value="{activity}"/>
\t\t\t<date key="time:timestamp" value="{time}"/>
\t\t\t<float key="cost" value="{cost}"/>
\t\t</event>
"""
_STATES = ("Submitted", "Checked", "Accepted", "Called back", "Read &amp; signed", "Cancelled", "Declined", "Sent")
_ACTIVITIES = tuple(f"{kind}_{state}" for kind in ("A", "O", "W") for state in _STATES)
_CUSTOMERS = ("Jansen", "Smith &amp; Sons", "Müller", "O&apos;Brien", "García", "Nowak", "Dupont", "Rossi")
_EVENTS_A_CASE = 13
_CASES_A_BLOCK = 5_000
_DAY = 24 * 3600 * 1000


def write_xes_log(path: Path, *, events: int, seed: int = 7) -> None:
    """Write a log of exactly so many events, the same for the same arguments."""
    random = np.random.default_rng(seed)
    left, first = events, 1
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_HEAD)
        while left:
            lengths = random.poisson(_EVENTS_A_CASE - 1, _CASES_A_BLOCK) + 1
            lengths = lengths[: int(np.searchsorted(np.cumsum(lengths), left)) + 1]
            lengths[-1] -= max(0, int(lengths.sum()) - left)
            left -= int(lengths.sum())
            file.write(_block(first, lengths, random))
            first += len(lengths)
        file.write("</log>\n")


def _block(first: int, lengths: npt.NDArray[np.int64], random: np.random.Generator) -> str:
    """The XML of so many cases with so many events each."""
    rows = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    case = np.repeat(np.arange(len(lengths)), lengths)
    steps = np.cumsum(random.exponential(_DAY, rows).astype(np.int64))
    begin = np.datetime64("2025-01-06T08:00", "ms") + random.integers(0, 300 * _DAY, len(lengths))
    times = _local_times(begin[case] + (steps - steps[starts][case]))
    registered = _local_times(begin)
    activity = random.integers(0, len(_ACTIVITIES), rows)
    resource = random.integers(0, 150, rows)
    cost = np.round(random.lognormal(3, 1, rows), 2)
    customer = random.integers(0, len(_CUSTOMERS), len(lengths))
    amount = random.integers(1, 600, len(lengths)) * 100
    parts: list[str] = []
    for index, (start, length) in enumerate(zip(starts.tolist(), lengths.tolist(), strict=True)):
        trace = {"registered": registered[index], "customer": _CUSTOMERS[customer[index]], "amount": amount[index]}
        parts.append(_TRACE.format(name=170_000 + first + index, **trace))
        parts += [
            _EVENT.format(
                resource=10_000 + resource[row], activity=_ACTIVITIES[activity[row]], time=times[row], cost=cost[row]
            )
            for row in range(start, start + length)
        ]
        parts.append("\t</trace>\n")
    return "".join(parts)


def _local_times(moments: npt.NDArray[np.datetime64]) -> list[str]:
    """UTC milliseconds as a Central European system writes them; summer is April to September, near enough."""
    month = moments.astype("datetime64[M]").astype(np.int64) % 12
    hours = np.where((month >= 3) & (month <= 8), 2, 1)
    texts = np.datetime_as_string(moments + hours * 3600 * 1000, unit="ms").tolist()
    return [f"{text}+0{hour}:00" for text, hour in zip(texts, hours.tolist(), strict=True)]
