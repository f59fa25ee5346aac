"""Finding the attributes of a XES log in its bytes, compiled: where each key and value lies, and whose it is.

Add here what the fast reader should recognise in the XML. What is recognised is checked as strictly as the XML
standard asks; everything else (CDATA, processing instructions, prefixes, text, names beyond ASCII, lists, errors) ends
in `BAIL`, and the whole file is read again by `strict`, which is obviously right. So nothing here may accept what
that reader would refuse. What the values mean (times, dictionaries) is in `values`, Arrow and Parquet in
`columns`.

Bounds: the buffer has `PADDING` zero bytes after `end`, zero is no XML character, and every scan stops at one; reads
ahead stay within the padding. Compiled functions call only functions of this file (hence its length) and of
`compiled`, because Numba's cache does not notice when another file changes. They are longer than others, too: what
is a function of its own costs compile time, and a branch less is what makes them fast.
"""

# mypy: disable-error-code="assignment, arg-type, no-any-return"
# (Compiled, an int and an np.int64 are the same.)

import numpy as np
from numpy.typing import NDArray

from bpa_assets.event_log.compiled.kernel import allocating_kernel, inner, trailing_zeros, word

PADDING = 64
MAX_COLUMNS = 4096
MAX_KEY_BYTES = 1 << 20
MAX_KEY = 4096
MAX_CELLS = 1 << 23  # rows × columns of one call, so that a log with many sparse columns stays small in memory
MAX_DEPTH = 64
MAX_XML_ATTRIBUTES = 16
MAX_HABIT = 256
MAX_LEVELS = 8
MAX_NESTED = 500
MAX_ASIDE = 256

OK, MORE, BAIL = 0, -1, -2

STRING, DATE, INT, FLOAT, BOOLEAN, ID, TRACE, EVENT, LIST, CONTAINER, OTHER = range(11)
IN_LOG, IN_TRACE, IN_EVENT, IN_LOOSE_EVENT, AFTER_LOG = range(5)

# What a byte of an attribute value means: STOP ends the scan, the rest is looked at afterwards.
STOP, SPACE, AMPERSAND, HIGH = 1, 2, 4, 8
_VALUE_CLASS = np.zeros(256, np.uint8)
_VALUE_CLASS[:32] = STOP
_VALUE_CLASS[[9, 10, 13]] = SPACE
_VALUE_CLASS[ord("<")] = STOP
_VALUE_CLASS[ord("&")] = AMPERSAND

_ONES, _HIGHS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_AMPERSANDS, _LESS_THANS, _SPACES = _ONES * np.uint64(38), _ONES * np.uint64(60), _ONES * np.uint64(32)

# 1: may start a name, 2: may only follow. ASCII alone; a prefix is left to the strict reader.
_NAME_CLASS = np.zeros(256, np.uint8)
_NAME_CLASS[[c for c in range(128) if chr(c).isalpha() or chr(c) == "_"]] = 1
_NAME_CLASS[[c for c in range(128) if chr(c).isdigit() or chr(c) in ".-"]] = 2

_NAMES = np.zeros((OTHER, 10), np.uint8)
_ELEMENTS = (b"string", b"date", b"int", b"float", b"boolean", b"id", b"trace", b"event", b"list", b"container")
for _kind, _name in enumerate(_ELEMENTS):
    _NAMES[_kind, : len(_name)] = np.frombuffer(_name, np.uint8)


@inner
def _is_space(byte: int) -> bool:  # pragma: no cover - compiled
    return byte in (32, 10, 9, 13)


@inner
def _skip_space(buf: NDArray[np.uint8], p: int) -> int:  # pragma: no cover - compiled
    while _is_space(buf[p]):
        p += 1
    return p


@inner
def _fault(p: int, end: int) -> int:  # pragma: no cover - compiled
    """Return what an unexpected byte at `p` means: the end of the bytes read so far, or something not understood."""
    return MORE if p >= end else BAIL


@inner
def _scan_value(buf: NDArray[np.uint8], p: int, quote: int) -> tuple[int, int]:  # pragma: no cover - compiled
    """Position of the closing quote (or of a byte that may not be there), and the classes of the bytes before it.

    Of eight bytes, `(x - 0x01…) & ~x & 0x80…` has a bit for each zero byte of x, and the lowest one is exact.
    """
    quotes = np.uint64(quote) * _ONES
    classes = 0
    high = np.uint64(0)
    while True:
        w = word(buf, p)
        q, a, t = w ^ quotes, w ^ _AMPERSANDS, w ^ _LESS_THANS
        bits = (((q - _ONES) & ~q) | ((a - _ONES) & ~a) | ((t - _ONES) & ~t) | ((w - _SPACES) & ~w)) & _HIGHS
        if bits == 0:
            high |= w
            p += 8
            continue
        n = trailing_zeros(bits) >> 3
        high |= w & ((np.uint64(1) << np.uint64(8 * n)) - np.uint64(1))
        p += n
        c = buf[p]
        if c == quote or _VALUE_CLASS[c] == STOP:
            return p, classes | HIGH if high & _HIGHS else classes
        classes |= _VALUE_CLASS[c]
        p += 1


@inner
def _valid_utf8(buf: NDArray[np.uint8], p: int, end: int) -> bool:  # noqa: C901 # pragma: no cover - compiled
    """Whether the bytes are characters of XML in UTF-8; a read past `end` meets a quote, which is none."""
    while p < end:
        c = buf[p]
        if c < 0x80:
            p += 1
            continue
        b1, b2, b3 = buf[p + 1], buf[p + 2], buf[p + 3]
        if 0xC2 <= c <= 0xDF:
            if not 0x80 <= b1 <= 0xBF:
                return False
            p += 2
        elif 0xE0 <= c <= 0xEF:
            if not (0x80 <= b1 <= 0xBF and 0x80 <= b2 <= 0xBF):
                return False
            if (c == 0xE0 and b1 < 0xA0) or (c == 0xED and b1 > 0x9F) or (c == 0xEF and b1 == 0xBF and b2 > 0xBD):
                return False
            p += 3
        elif 0xF0 <= c <= 0xF4:
            if not (0x80 <= b1 <= 0xBF and 0x80 <= b2 <= 0xBF and 0x80 <= b3 <= 0xBF):
                return False
            if (c == 0xF0 and b1 < 0x90) or (c == 0xF4 and b1 > 0x8F):
                return False
            p += 4
        else:
            return False
    return True


@inner
def _reference(  # noqa: C901
    buf: NDArray[np.uint8], p: int, end: int
) -> tuple[int, int]:  # pragma: no cover - compiled
    """Read the reference whose `&` is at `p`: the position after its `;` and its character, or (-1, 0)."""
    q = p + 1
    while q < end and q - p < 12 and buf[q] != 59:
        q += 1
    if q >= end or buf[q] != 59:
        return -1, 0
    n = q - p - 1
    if n == 2 and buf[p + 2] == 116 and (buf[p + 1] == 108 or buf[p + 1] == 103):  # lt gt
        return q + 1, 60 if buf[p + 1] == 108 else 62
    if n == 3 and buf[p + 1] == 97 and buf[p + 2] == 109 and buf[p + 3] == 112:  # amp
        return q + 1, 38
    if n == 4 and buf[p + 3] == 111:
        if buf[p + 1] == 113 and buf[p + 2] == 117 and buf[p + 4] == 116:  # quot
            return q + 1, 34
        if buf[p + 1] == 97 and buf[p + 2] == 112 and buf[p + 4] == 115:  # apos
            return q + 1, 39
    if n < 2 or buf[p + 1] != 35:
        return -1, 0
    base = 10
    i = p + 2
    if buf[i] == 120:
        base = 16
        i += 1
    if i == q:
        return -1, 0
    code = 0
    while i < q:
        c = int(buf[i])
        digit = 99
        if 48 <= c <= 57:
            digit = c - 48
        elif 97 <= c <= 102:
            digit = c - 87
        elif 65 <= c <= 70:
            digit = c - 55
        if digit >= base:
            return -1, 0
        code = code * base + digit
        i += 1
    legal = (
        code == 9 or code == 10 or code == 13 or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )  # fmt: skip
    return (q + 1, code) if legal else (-1, 0)


@inner
def _valid_value(buf: NDArray[np.uint8], p: int, end: int, classes: int) -> bool:  # pragma: no cover - compiled
    if classes & HIGH and not _valid_utf8(buf, p, end):
        return False
    if classes & AMPERSAND:
        while p < end:
            if buf[p] == 38:
                p = _reference(buf, p, end)[0]
                if p < 0:
                    return False
            else:
                p += 1
    return True


@inner
def _decode(buf: NDArray[np.uint8], p: int, end: int) -> int:  # pragma: no cover - compiled
    """Resolve references and white space in place (nothing grows by it); the new end."""
    to = p
    while p < end:
        c = int(buf[p])
        if c == 38:
            p, c = _reference(buf, p, end)
            if c < 0x80:
                buf[to] = c
                to += 1
            elif c < 0x800:
                buf[to] = 0xC0 | c >> 6
                buf[to + 1] = 0x80 | c & 63
                to += 2
            elif c < 0x10000:
                buf[to] = 0xE0 | c >> 12
                buf[to + 1] = 0x80 | c >> 6 & 63
                buf[to + 2] = 0x80 | c & 63
                to += 3
            else:
                buf[to] = 0xF0 | c >> 18
                buf[to + 1] = 0x80 | c >> 12 & 63
                buf[to + 2] = 0x80 | c >> 6 & 63
                buf[to + 3] = 0x80 | c & 63
                to += 4
            continue
        if c == 13 and p + 1 < end and buf[p + 1] == 10:
            p += 1
        buf[to] = 32 if c == 9 or c == 10 or c == 13 else c
        to += 1
        p += 1
    return to


@inner
def _kind_of(buf: NDArray[np.uint8], start: int, end: int) -> int:  # pragma: no cover - compiled
    n = end - start
    if n > 9:
        return OTHER
    for kind in range(OTHER):
        i = 0
        while i < n and buf[start + i] == _NAMES[kind, i]:
            i += 1
        if i == n and _NAMES[kind, n] == 0:
            return kind
    return OTHER


@inner
def _same(buf: NDArray[np.uint8], a: int, b: int, n: int) -> bool:  # pragma: no cover - compiled
    i = 0
    while i < n and buf[a + i] == buf[b + i]:
        i += 1
    return i == n


@inner
def _tag(  # noqa: C901
    buf: NDArray[np.uint8], p: int, end: int, tag: NDArray[np.int64], seen: NDArray[np.int64]
) -> int:  # pragma: no cover - compiled
    """Read the start tag whose name begins at `p` into `tag`; the position after it, MORE or BAIL.

    tag: kind; start, end of the name; 1 if it closes itself; start, end, classes of the key, and of the value (start
    -1: absent); number of other XML attributes.
    """
    name = p
    while _NAME_CLASS[buf[p]] != 0:
        p += 1
    if p == name or _NAME_CLASS[buf[name]] != 1:
        return _fault(p, end)
    tag[0] = _kind_of(buf, name, p)
    tag[1] = name
    tag[2] = p
    tag[3] = 0
    tag[4] = -1
    tag[7] = -1
    tag[10] = 0
    others = 0
    while True:
        before = p
        p = _skip_space(buf, p)
        c = buf[p]
        if c == 62:
            return p + 1
        if c == 47:
            if buf[p + 1] != 62:
                return _fault(p + 1, end)
            tag[3] = 1
            return p + 2
        if p == before:
            return _fault(p, end)
        attribute = p
        while _NAME_CLASS[buf[p]] != 0:
            p += 1
        if p == attribute or _NAME_CLASS[buf[attribute]] != 1:
            return _fault(p, end)
        n = p - attribute
        p = _skip_space(buf, p)
        if buf[p] != 61:
            return _fault(p, end)
        p = _skip_space(buf, p + 1)
        quote = buf[p]
        if quote != 34 and quote != 39:
            return _fault(p, end)
        value = p + 1
        p, classes = _scan_value(buf, value, quote)
        if buf[p] != quote:
            return _fault(p, end)
        if classes & (AMPERSAND | HIGH) and not _valid_value(buf, value, p, classes):
            return BAIL
        is_key = n == 3 and buf[attribute] == 107 and buf[attribute + 1] == 101 and buf[attribute + 2] == 121
        is_value = (
            n == 5 and buf[attribute] == 118 and buf[attribute + 1] == 97 and buf[attribute + 2] == 108
            and buf[attribute + 3] == 117 and buf[attribute + 4] == 101
        )  # fmt: skip
        if is_key or is_value:
            at = 4 if is_key else 7
            if tag[at] >= 0:
                return BAIL
            tag[at] = value
            tag[at + 1] = p
            tag[at + 2] = classes
        else:
            if others == MAX_XML_ATTRIBUTES:
                return BAIL
            for i in range(others):
                if seen[2 * i + 1] == n and _same(buf, seen[2 * i], attribute, n):
                    return BAIL
            seen[2 * others] = attribute
            seen[2 * others + 1] = n
            others += 1
            tag[10] = others
        p += 1


@inner
def _end_tag(buf: NDArray[np.uint8], p: int, end: int, name: int, n: int) -> int:  # pragma: no cover - compiled
    """Read the end tag whose name begins at `p`, which must be the one at `name`; the position after it."""
    i = 0
    while i < n and buf[p + i] == buf[name + i]:
        i += 1
    if i < n:
        return _fault(p + i, end)
    p = _skip_space(buf, p + n)
    return p + 1 if buf[p] == 62 else _fault(p, end)


@inner
def _log_end(buf: NDArray[np.uint8], p: int, end: int) -> int:  # pragma: no cover - compiled
    if buf[p] != 108 or buf[p + 1] != 111 or buf[p + 2] != 103:
        return MORE if p + 3 > end else BAIL
    p = _skip_space(buf, p + 3)
    return p + 1 if buf[p] == 62 else _fault(p, end)


@inner
def _comment(buf: NDArray[np.uint8], p: int, end: int) -> int:  # pragma: no cover - compiled
    """Read the comment whose `!` is at `p`; the position after it."""
    if buf[p + 1] != 45:
        return _fault(p + 1, end)
    if buf[p + 2] != 45:
        return _fault(p + 2, end)
    p += 3
    while True:
        c = buf[p]
        if c == 45 and buf[p + 1] == 45:
            return p + 3 if buf[p + 2] == 62 else _fault(p + 2, end)
        if c >= 128 or (c < 32 and not _is_space(c)):
            return _fault(p, end)
        p += 1


@inner
def _skip_content(
    buf: NDArray[np.uint8], p: int, end: int, tag: NDArray[np.int64], seen: NDArray[np.int64], names: NDArray[np.int64]
) -> int:  # pragma: no cover - compiled
    """Read past everything up to the end tag of the element in `tag`; the position after it."""
    names[0] = tag[1]
    names[1] = tag[2] - tag[1]
    depth = 1
    while depth > 0:
        p = _skip_space(buf, p)
        if buf[p] != 60:
            return _fault(p, end)
        c = buf[p + 1]
        if c == 47:
            depth -= 1
            p = _end_tag(buf, p + 2, end, names[2 * depth], names[2 * depth + 1])
        elif c == 33:
            p = _comment(buf, p + 1, end)
        else:
            p = _tag(buf, p + 1, end, tag, seen)
            if p >= 0 and tag[3] == 0:
                if depth == MAX_DEPTH:
                    return BAIL
                names[2 * depth] = tag[1]
                names[2 * depth + 1] = tag[2] - tag[1]
                depth += 1
        if p < 0:
            return p
    return p


@inner
def _slot(
    keys: NDArray[np.uint8], key_at: NDArray[np.int32], table: NDArray[np.int32], level: NDArray[np.uint8],
    counts: NDArray[np.int64], of_event: int, buf: NDArray[np.uint8], start: int, n: int,
) -> int:  # fmt: skip # pragma: no cover - compiled
    """Find the number of the column, in order of first appearance; BAIL when there are too many."""
    h = np.uint64(of_event + 1)
    for i in range(n):
        h = (h ^ np.uint64(buf[start + i])) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    at = np.int64(h & np.uint64(table.size - 1))
    while table[at] >= 0:
        slot = table[at]
        if level[slot] == of_event and key_at[slot + 1] - key_at[slot] == n:
            i = 0
            while i < n and keys[key_at[slot] + i] == buf[start + i]:
                i += 1
            if i == n:
                return slot
        at = (at + 1) & (table.size - 1)
    slot = int(counts[0])
    if slot == MAX_COLUMNS or key_at[slot] + n > MAX_KEY_BYTES:
        return BAIL
    for i in range(n):
        keys[key_at[slot] + i] = buf[start + i]
    key_at[slot + 1] = key_at[slot] + n
    level[slot] = of_event
    table[at] = slot
    counts[0] = slot + 1
    return slot


@inner
def _child(
    keys: NDArray[np.uint8], key_at: NDArray[np.int32], table: NDArray[np.int32], level: NDArray[np.uint8],
    counts: NDArray[np.int64], of_event: int, parent: int, buf: NDArray[np.uint8], tag: NDArray[np.int64],
    scratch: NDArray[np.uint8],
) -> int:  # fmt: skip # pragma: no cover - compiled
    """Find the column of the attribute in `tag`, nested in one of the column `parent`: both keys, a zero between."""
    before = key_at[parent + 1] - key_at[parent]
    n = before + 1 + tag[5] - tag[4]
    if n > scratch.size:
        return BAIL
    for i in range(before):
        scratch[i] = keys[key_at[parent] + i]
    scratch[before] = 0
    for i in range(tag[5] - tag[4]):
        scratch[before + 1 + i] = buf[tag[4] + i]
    if tag[6] & (SPACE | AMPERSAND):
        n = _decode(scratch, np.int64(before + 1), np.int64(n))
    columns = counts[0]
    slot = _slot(keys, key_at, table, level, counts, of_event, scratch, np.int64(0), np.int64(n))
    counts[1] += counts[0] - columns
    return BAIL if counts[1] > MAX_NESTED else slot


@inner
def _nested(  # noqa: C901
    buf: NDArray[np.uint8], p: int, end: int, tag: NDArray[np.int64], seen: NDArray[np.int64],
    names: NDArray[np.int64], parents: NDArray[np.int64], skipped: NDArray[np.int64],
    keys: NDArray[np.uint8], key_at: NDArray[np.int32], table: NDArray[np.int32], level: NDArray[np.uint8],
    kinds: NDArray[np.uint8], counts: NDArray[np.int64], slot: int, row: int, scratch: NDArray[np.uint8],
    token_slot: NDArray[np.int32], token_row: NDArray[np.int32], token_start: NDArray[np.int32],
    token_end: NDArray[np.int32], token_classes: NDArray[np.uint8], tokens: int,
) -> tuple[int, int]:  # fmt: skip # pragma: no cover - compiled
    """Find the attributes in the attribute in `tag`, whose column is `slot`; the position after it, and the tokens."""
    names[0] = tag[1]
    names[1] = tag[2] - tag[1]
    parents[0] = slot
    depth = 1
    while depth > 0:
        p = _skip_space(buf, p)
        if buf[p] != 60:
            return _fault(p, end), tokens
        c = buf[p + 1]
        if c == 47:
            depth -= 1
            p = _end_tag(buf, p + 2, end, names[2 * depth], names[2 * depth + 1])
        elif c == 33:
            p = _comment(buf, p + 1, end)
        else:
            p = _tag(buf, p + 1, end, tag, seen)
            if p < 0:
                return p, tokens
            kind = tag[0]
            has_key = tag[4] >= 0 and tag[5] > tag[4]
            if has_key and tag[7] >= 0 and kind < TRACE:
                if depth == MAX_LEVELS:
                    return BAIL, tokens
                parent = parents[depth - 1]
                child = _child(keys, key_at, table, level, counts, level[slot], parent, buf, tag, scratch)
                if child < 0:
                    return BAIL, tokens
                kinds[child] |= np.uint8(1 << kind)
                token_slot[tokens] = child
                token_row[tokens] = row
                token_start[tokens] = tag[7]
                token_end[tokens] = tag[8]
                token_classes[tokens] = tag[9]
                tokens += 1
                if tag[3] == 0:
                    names[2 * depth] = tag[1]
                    names[2 * depth + 1] = tag[2] - tag[1]
                    parents[depth] = child
                    depth += 1
            elif has_key and kind in (LIST, CONTAINER):
                return BAIL, tokens
            elif tag[3] == 0:
                p = _skip_content(buf, p, end, tag, seen, skipped)
        if p < 0:
            return p, tokens
    return p, tokens


@allocating_kernel
def tokenize(  # noqa: C901
    buf: NDArray[np.uint8], p: int, end: int, state: int,
    keys: NDArray[np.uint8], key_at: NDArray[np.int32], table: NDArray[np.int32], level: NDArray[np.uint8],
    kinds: NDArray[np.uint8], counts: NDArray[np.int64],
    token_slot: NDArray[np.int32], token_row: NDArray[np.int32], token_start: NDArray[np.int32],
    token_end: NDArray[np.int32], token_classes: NDArray[np.uint8],
    trace_first: NDArray[np.int32], trace_end: NDArray[np.int32], aside: NDArray[np.int64],
) -> tuple[int, int, int, int, int, int, int]:  # fmt: skip # pragma: no cover - compiled
    """Find the attributes of the traces and loose events that are complete in `buf[p:end]`.

    `state` is IN_LOG or AFTER_LOG. `counts` is the number of columns, and of those of nested attributes; `kinds`
    collects a bit for each declared type of a column. A token is the column, the row (event of this call, or trace of
    this call for a case column) and where the value lies, its references resolved. Trace t has the events
    `trace_first[t]` to before `trace_end[t]`. Other elements of the log lie at `aside[2 * i]` to before
    `aside[2 * i + 1]`.

    Returns the status (OK: call again; MORE: all of the buffer was looked at; BAIL), the position after the last
    complete child of the log, the state there, and the numbers of tokens, events, traces and other elements up to
    there.

    Programs write logs by habit: after the value of one attribute follows the same markup up to the value of the
    next one, nearly always. This markup is kept for each column and compared first, eight bytes at a time.
    """
    tag = np.empty(11, np.int64)
    seen = np.empty(2 * MAX_XML_ATTRIBUTES, np.int64)
    names = np.empty(2 * MAX_DEPTH, np.int64)
    nested_names = np.empty(2 * MAX_LEVELS, np.int64)
    parents = np.empty(MAX_LEVELS, np.int64)
    scratch = np.empty(MAX_KEY, np.uint8)
    followers = np.full(MAX_COLUMNS + 2, -1, np.int32)
    habit_text = np.empty(MAX_COLUMNS * MAX_HABIT + 8, np.uint8)
    habits = np.zeros((MAX_COLUMNS, 5), np.int32)  # length, next column, its type, its `<`, events begun on the way
    done, done_state, done_tokens, done_events, done_traces = p, state, 0, 0, 0
    tokens, events, traces, asides = 0, 0, 0, 0
    previous = MAX_COLUMNS
    learn, learn_slot, learn_events = -1, 0, 0
    trace_name, event_name = 0, 0
    status = OK
    while True:
        if state in (IN_LOG, AFTER_LOG):
            done, done_state, done_tokens, done_events, done_traces = p, state, tokens, events, traces
            if events * int(counts[0]) > MAX_CELLS or 2 * asides == aside.size:
                break
        p = _skip_space(buf, p)
        if buf[p] != 60:
            status = _fault(p, end)
            if status == MORE and state == AFTER_LOG:
                done = p
            break
        c = buf[p + 1]
        if c == 47:
            if state == IN_LOG:
                p = _log_end(buf, p + 2, end)
                state = AFTER_LOG
            elif state == IN_TRACE:
                p = _end_tag(buf, p + 2, end, trace_name, 5)
                state = IN_LOG
                trace_end[traces] = events
                traces += 1
            elif state == AFTER_LOG:
                p = BAIL
            else:
                p = _end_tag(buf, p + 2, end, event_name, 5)
                state = IN_TRACE if state == IN_EVENT else IN_LOG
            if p < 0:
                status = p
                break
            continue
        if c == 33:
            p = _comment(buf, p + 1, end)
            if p < 0:
                status = p
                break
            continue
        if state == AFTER_LOG:
            status = _fault(p + 1, end)
            break
        element = p
        p = _tag(buf, p + 1, end, tag, seen)
        if p < 0:
            status = p
            break
        kind = tag[0]
        closed = tag[3] == 1
        if kind in (TRACE, EVENT):
            if kind == EVENT and state in (IN_LOG, IN_TRACE):
                event_name = tag[1]
                events += 1
                previous = MAX_COLUMNS
                if not closed:
                    state = IN_EVENT if state == IN_TRACE else IN_LOOSE_EVENT
            elif kind == TRACE and state == IN_LOG:
                previous = MAX_COLUMNS + 1
                learn = -1
                trace_name = tag[1]
                trace_first[traces] = events
                if closed:
                    trace_end[traces] = events
                    traces += 1
                else:
                    state = IN_TRACE
            else:
                status = BAIL
                break
            continue
        is_attribute = state != IN_LOG and kind < TRACE and tag[4] >= 0 and tag[7] >= 0 and tag[5] > tag[4]
        if is_attribute:
            n = tag[5] - tag[4]
            of_event = np.int64(0 if state == IN_TRACE else 1)
            slot = -1
            follower = followers[previous]
            plain = tag[6] & (SPACE | AMPERSAND) == 0
            if plain and follower >= 0 and level[follower] == of_event and key_at[follower + 1] - key_at[follower] == n:
                i = 0
                while i < n and keys[key_at[follower] + i] == buf[tag[4] + i]:
                    i += 1
                if i == n:
                    slot = int(follower)
            if slot < 0:
                if plain:
                    slot = _slot(keys, key_at, table, level, counts, of_event, buf, tag[4], n)
                elif n > MAX_KEY:
                    slot = BAIL
                else:
                    for i in range(n):
                        scratch[i] = buf[tag[4] + i]
                    n = _decode(scratch, np.int64(0), n)
                    slot = _slot(keys, key_at, table, level, counts, of_event, scratch, np.int64(0), n)
                if slot < 0:
                    status = BAIL
                    break
                followers[previous] = slot
            # Simple: key="…" value="…"/> within an event. A habit leads from after one simple tag into the next value.
            simple = tag[3] == 1 and tag[10] == 0 and tag[4] < tag[7] and p == tag[8] + 3 and state == IN_EVENT
            if simple and learn >= 0 and tag[7] - learn <= MAX_HABIT:
                habits[learn_slot, 0] = tag[7] - learn
                habits[learn_slot, 1] = slot
                habits[learn_slot, 2] = kind
                habits[learn_slot, 3] = tag[1] - 1 - learn
                habits[learn_slot, 4] = events - learn_events
                for i in range(tag[7] - learn):
                    habit_text[learn_slot * MAX_HABIT + i] = buf[learn + i]
            kinds[slot] |= np.uint8(1 << kind)
            token_slot[tokens] = slot
            token_row[tokens] = events - 1 if of_event else traces
            token_start[tokens] = tag[7]
            token_end[tokens] = tag[8]
            token_classes[tokens] = tag[9]
            tokens += 1
            learn = -1
            while simple:
                learn, learn_slot, learn_events = p, slot, events
                n = np.int64(habits[slot, 0])
                if n == 0 or p + n > end:
                    break
                i = 0
                h = slot * MAX_HABIT
                while i + 8 < n and word(buf, p + i) == word(habit_text, h + i):
                    i += 8
                if i + 8 < n or (word(buf, p + i) ^ word(habit_text, h + i)) << np.uint64(8 * (8 - n + i)) != 0:
                    break
                events += np.int64(habits[slot, 4])
                quote = buf[p + n - 1]
                q, classes = _scan_value(buf, p + n, quote)
                if buf[q] != quote:
                    status = _fault(q, end)
                    break
                if classes & (AMPERSAND | HIGH) and not _valid_value(buf, p + n, q, classes):
                    status = BAIL
                    break
                if buf[q + 1] != 47 or buf[q + 2] != 62:
                    learn = -1
                    p += np.int64(habits[slot, 3])
                    break
                kind = np.int64(habits[slot, 2])
                slot = np.int64(habits[slot, 1])
                kinds[slot] |= np.uint8(1 << kind)
                token_slot[tokens] = slot
                token_row[tokens] = events - 1
                token_start[tokens] = p + n
                token_end[tokens] = q
                token_classes[tokens] = classes
                tokens += 1
                p = q + 3
            if status != OK:
                break
            previous = slot
        if not closed and is_attribute:
            p, tokens = _nested(
                buf, p, end, tag, seen, nested_names, parents, names, keys, key_at, table, level, kinds, counts,
                previous, np.int64(events - 1 if level[previous] else traces), scratch, token_slot, token_row,
                token_start, token_end, token_classes, tokens,
            )  # fmt: skip
        elif state != IN_LOG and kind in (LIST, CONTAINER) and tag[4] >= 0 and tag[5] > tag[4]:
            p = BAIL
        elif not closed:
            p = _skip_content(buf, p, end, tag, seen, names)
        if p < 0:
            status = p
            break
        if state == IN_LOG:
            aside[2 * asides] = element
            aside[2 * asides + 1] = p
            asides += 1
    for i in range(done_tokens):
        if token_classes[i] & (SPACE | AMPERSAND):
            token_end[i] = _decode(buf, np.int64(token_start[i]), np.int64(token_end[i]))
    return status, done, done_state, done_tokens, done_events, done_traces, asides
